"""The guide, point 5: "Filter jobs by", with the statuses to choose from, several at once; point 8: the statuses."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

STATUSES = [
    "Running",
    "Pending",
    "Queued",
    "Waiting next schedule run",
    "Success",
    "Failed",
    "Killed",
    "Never launched",
]


def test_the_eight_statuses_can_be_chosen_several_at_once(desk: Manager) -> None:
    failed, fine, new = (
        desk.make_job(f"filter-{name}", command)
        for name, command in (("failed", "exit 3"), ("fine", "true"), ("new", "true"))
    )
    desk.finish(failed)
    desk.finish(fine)
    page = desk.go("/?q=filter-")
    page.get_by_role("button", name="Filter jobs by").click()
    menu = page.locator("#status-filter")
    assert [each.strip() for each in menu.locator(".status").all_inner_texts()] == STATUSES
    expect(menu.locator("#count-failed")).not_to_have_text("0")
    menu.get_by_label("Failed").check()
    expect(desk.row(fine)).to_have_count(0)
    menu.get_by_label("Never launched").check()
    expect(desk.row(failed)).to_be_visible()
    expect(desk.row(new)).to_be_visible()
    expect(desk.row(fine)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=filter-&status=failed&status=never$"))
    assert not find_barriers(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Failed: take this filter away").click()
    expect(desk.row(failed)).to_have_count(0)
    expect(desk.row(new)).to_be_visible()


def test_failed_jobs_are_one_click_away(desk: Manager) -> None:
    failed, fine = desk.make_job("one-click-failed", "exit 3"), desk.make_job("one-click-fine")
    desk.finish(failed)
    page = desk.go("/")
    page.get_by_role("navigation", name="Jobs by status").get_by_role("link", name="failed").click()
    expect(desk.row(failed)).to_be_visible()
    expect(desk.row(fine)).to_have_count(0)
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("favicon-failed"))


def test_a_job_that_changes_stays_where_one_looks_at_it(desk: Manager) -> None:
    job = desk.make_job("stays", "sleep 60")
    page = desk.go("/?q=stays&status=never")
    desk.row(job).get_by_role("button", name="Run stays").click()
    expect(desk.row(job).locator(".status-running")).to_be_visible()
    page.reload()
    expect(desk.row(job)).to_have_count(0)


def test_on_a_phone(pocket: Manager) -> None:
    job, other = pocket.make_job("phone-filter"), pocket.make_job("phone-filter-ran")
    pocket.finish(other)
    page = pocket.go("/?q=phone-filter")
    page.get_by_role("button", name="Filter jobs by").tap()
    page.locator("#status-filter").get_by_label("Never launched").tap()
    expect(pocket.row(other)).to_have_count(0)
    expect(pocket.row(job)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
