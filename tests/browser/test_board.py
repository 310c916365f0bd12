"""What holds for the board beyond single points: it lives, it begins well, anybody can use it."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", ["/", "/?view=table", "/jobs/new", "/trash", "/account", "/nowhere"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier(desk: Manager, pocket: Manager, address: str, scheme: Any) -> None:
    desk.make_job(f"barrier {scheme} {address} 🚀 <b>تقرير</b> " + "long " * 30)
    for manager in (desk, pocket):
        manager.page.emulate_media(color_scheme=scheme)
        page = manager.go(address)
        assert not find_barriers(page)
    assert pocket.page.evaluate("document.documentElement.scrollWidth") == 360


def test_new_jobs_appear_and_deleted_ones_go_by_themselves(desk: Manager) -> None:
    page = desk.go("/?q=appearing")
    expect(page.get_by_text("No job matches “appearing”.")).to_be_visible()
    job = desk.make_job("appearing")
    expect(desk.row(job)).to_be_visible()
    with desk.server.api() as client:
        client.delete(f"/jobs/{job['id']}").raise_for_status()
    expect(desk.row(job)).to_have_count(0)


def test_what_changes_while_news_are_on_their_way_is_asked_for_after_them(desk: Manager) -> None:
    page = desk.go("/?q=on-the-way")
    expect(page.get_by_text("No job matches “on-the-way”.")).to_be_visible()
    held = desk.hold_answer("**/board/changes*")
    first = desk.make_job("on-the-way-1")
    desk.wait_until_held(held)
    second = desk.make_job("on-the-way-2")
    page.wait_for_timeout(1500)  # its event comes, and nothing can be asked meanwhile
    [(route, answer)] = held
    route.fulfill(response=answer)
    expect(desk.row(second)).to_be_visible()
    expect(desk.row(first)).to_be_visible()


def test_a_live_change_leaves_focus_and_open_menus_alone(desk: Manager) -> None:
    job = desk.make_job("undisturbed", "sleep 60")
    desk.go("/?q=undisturbed")
    desk.row(job).get_by_role("button", name="More for undisturbed").click()
    expect(desk.row(job).locator(".dropdown-menu")).to_be_visible()
    desk.run_job(job)
    expect(desk.row(job).locator(".status-running")).to_be_visible()
    expect(desk.row(job).locator(".dropdown-menu")).to_be_visible()
    expect(desk.row(job).get_by_role("button", name="More for undisturbed")).to_be_focused()


def test_the_chart_leads_to_the_executions(desk: Manager) -> None:
    job = desk.make_job("charted", "exit 3")
    execution = desk.finish(job)
    page = desk.go("/?q=charted")
    bar = desk.row(job).locator(".bars a")
    expect(bar).to_have_attribute("title", re.compile(r"^#1 Failed, "))
    expect(bar).to_have_attribute("href", f"/executions/{execution['id']}")
    assert page.title() == "“charted” · Capsulier"


def test_the_table_sorts_and_the_address_says_how(desk: Manager) -> None:
    desk.make_job("sorted-a")
    desk.make_job("sorted-b")
    page = desk.go("/?q=sorted-&view=table")
    page.get_by_role("link", name="Name").click()
    expect(page).to_have_url(re.compile("sort=-name"))
    assert [name.strip() for name in page.locator("tbody .job-name").all_inner_texts()] == ["sorted-b", "sorted-a"]
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")


def test_the_palette_goes_to_a_job_and_runs_one(desk: Manager) -> None:
    job = desk.make_job("palette-job")
    page = desk.go("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("run palette-job")
    expect(page.get_by_role("option", name="Run palette-job")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Execution 1 of “palette-job” is queued.")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("palette-job")
    expect(page.get_by_role("option", name="palette-job").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/jobs/{job['id']}")


def test_the_whole_board_by_keyboard(desk: Manager) -> None:
    job = desk.make_job("by-keyboard", "sleep 60")
    page = desk.go("/?q=by-keyboard")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    run = desk.row(job).get_by_role("button", name="Run by-keyboard")
    for _ in range(12):
        page.keyboard.press("Tab")
        if run.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(desk.row(job).locator(".status-running")).to_be_visible()
    expect(desk.row(job).get_by_role("button", name="Stop by-keyboard")).to_be_focused()
