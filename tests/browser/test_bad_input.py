"""Names of every kind, a session that ends, scripts that do not load: nothing breaks, nothing typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

NAMES = {
    "markup": "<img src=x onerror=document.title='owned'> & \"quoted\" <b>bold</b>",
    "right to left": "تقرير المبيعات اليومي \u202ereversed",
    "255 characters": "extract-" + "orders-" * 35 + "x2",
    "one word of 255": "w" * 255,
    "emoji": "🚀 launch 👩🏽\u200d💻 日本語",
}


EVERYTHING = "all at once"
NAMES[EVERYTHING] = (NAMES["markup"] + NAMES["right to left"] + NAMES["emoji"] + "w" * 255)[:255]


@pytest.mark.parametrize(
    "kind", [pytest.param(each, marks=() if each is EVERYTHING else pytest.mark.long) for each in NAMES]
)
def test_a_job_of_any_name_is_made_and_shown_on_every_page(desk: Manager, pocket: Manager, kind: str) -> None:
    name = NAMES[kind]
    page = desk.go("/jobs/new?capsule=bash&category=processing")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("is created.")).to_be_visible()
    job = next(each for each in desk.find_jobs(name[:40]) if each["name"] == name)
    desk.finish(job)
    here = f"/jobs/{job['id']}"
    panels = ("", "/executions", "/logs", "/versions", "/upgrade", "/settings", "/changes", "/delete")
    for address in ("/", "/?view=table", *(here + each for each in panels), f"/jobs/new?from={job['id']}", "/activity"):
        for manager in (desk, pocket):
            shown = manager.go(address)
            expect(shown.locator("#content")).to_be_visible()
            assert "owned" not in shown.title() or name in shown.title()
            assert shown.locator("img[src=x]").count() == 0, address
            assert not manager.scrolls_sideways, address
        if address in {"/", here}:
            assert not find_barriers(pocket.page), address
    expect(desk.go(here).locator("h1")).to_have_text(name)


def test_a_session_that_ends_while_typing_loses_nothing(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=bash")
    page.get_by_label("Name").fill("typed for an hour")
    page.get_by_label("Command").fill("echo long work")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert not find_barriers(page)
    sign_in_elsewhere(desk)
    send_again(page)
    expect(page.get_by_text("“typed for an hour” is created.")).to_be_visible()


def test_settings_typed_while_the_session_ended_are_saved_after_signing_in(desk: Manager) -> None:
    job = desk.make_job("settings-without-a-session")
    page = desk.go(f"/jobs/{job['id']}/settings")
    page.get_by_label("Description").fill("typed for an hour")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    sign_in_elsewhere(desk)
    send_again(page)
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    assert desk.read_job(job)["description"] == "typed for an hour"


def sign_in_elsewhere(manager: Manager) -> None:
    other = manager.page.context.new_page()
    other.goto(manager.server.sign_in_link())
    other.close()


def send_again(page: Page) -> None:
    page.get_by_role("button", name="I am signed in, send it").click()
    again = page.get_by_role("button", name="Send it again")
    if again.is_visible():
        again.click()


def test_without_scripts_a_job_is_made_changed_read_and_run(desk: Manager) -> None:
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go("/jobs/new?capsule=python&category=processing")
    page.get_by_label("Name").fill("plain-forms")
    page.get_by_label("Package").set_input_files({"name": "load.py", "mimeType": "", "buffer": b"print('loaded')"})
    page.get_by_label("On a schedule").check(force=True)
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“plain-forms” is created.")).to_be_visible()
    [job] = desk.find_jobs("plain-forms")
    assert desk.read_job(job)["version"]["package"]["name"] == "load.py"
    page.get_by_role("button", name="Run", exact=True).first.click()
    expect(page.get_by_text("Execution 1 of “plain-forms” is queued.")).to_be_visible()
    page.get_by_role("navigation", name="Panels of the job").get_by_role("link", name="Upgrade").click()
    page.get_by_label("Release note").fill("Second")
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
    desk.finish(job)
    desk.go(f"/jobs/{job['id']}/logs")
    expect(page.locator(".log-box")).to_contain_text("loaded")
    page.get_by_role("navigation", name="Panels of the job").get_by_role("link", name="Settings").click()
    page.get_by_text("Manually").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    assert desk.read_job(job)["schedule"] is None


def test_without_scripts_the_board_is_searched_filtered_and_sorted(desk: Manager) -> None:
    job = desk.make_job("plain-search")
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go("/")
    page.get_by_role("searchbox").fill("plain-search")
    page.keyboard.press("Enter")
    expect(desk.row(job)).to_be_visible()
    expect(page.locator(".job")).to_have_count(1)
    page.get_by_role("link", name="Table").click()
    page.get_by_role("link", name="Name").click()
    expect(desk.row(job)).to_be_visible()
    page.get_by_role("navigation", name="Jobs by status").get_by_role("link", name="failed").click()
    expect(desk.row(job)).to_have_count(0)
