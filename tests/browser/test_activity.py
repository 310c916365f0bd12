"""The activity page: what runs appears by itself, each bar leads to its log."""

import pytest
from playwright.sync_api import expect

from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_an_execution_appears_on_the_timeline_and_leads_to_its_log(desk: Manager) -> None:
    job = desk.make_job("on-the-timeline", "echo seen from afar; sleep 2")
    page = desk.go("/activity?zoom=1h")
    desk.run_job(job)
    bar = page.get_by_role("link", name="on-the-timeline #1: Running", exact=False)
    expect(bar).to_be_visible()
    expect(page.get_by_role("link", name="on-the-timeline #1: Success", exact=False)).to_be_visible()
    page.get_by_role("link", name="on-the-timeline #1: Success", exact=False).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".log-box")).to_contain_text("seen from afar")


def test_what_comes_and_what_became_of_it(desk: Manager) -> None:
    desk.make_job("every-second", "true", schedule={"repeat": "R3/2026-01-01T00:00:00/PT1S", "timezone": "UTC"})
    page = desk.go("/activity")
    expect(page.locator("#fires").get_by_text("Ran as execution 1.").first).to_be_visible()


def test_on_a_phone_nothing_scrolls_sideways(pocket: Manager) -> None:
    pocket.finish(pocket.make_job("a name that is much longer than a phone is wide and goes on and on and on"))
    page = pocket.go("/activity")
    expect(page.locator(".lane").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
