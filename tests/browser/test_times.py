"""Times are shown in the zone of the browser, or in one that a person chose for themselves; the exact one on hover."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


@pytest.fixture
def zoneless(desk: Manager) -> Iterator[Manager]:
    """Whatever the test chose is taken back: the account is that of the whole folder."""
    yield desk
    choose_zone(desk, "")


def choose_zone(manager: Manager, zone: str) -> None:
    page = manager.go("/account")
    page.get_by_label("Time zone").fill(zone)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your account is saved.")).to_be_visible()


def test_the_browser_s_zone_until_one_is_chosen(zoneless: Manager) -> None:
    job = zoneless.make_job("told-in-zones", "echo now")
    execution = zoneless.finish(job)
    page = zoneless.go("/?q=told-in-zones")
    ended = zoneless.row(job).locator(".job-last time")
    expect(ended).to_have_attribute("title", re.compile(r"CES?T$"))  # Paris
    choose_zone(zoneless, "Asia/Kolkata")
    assert not find_barriers(page)
    zoneless.go("/?q=told-in-zones")
    expect(ended).to_have_attribute("title", re.compile(r"GMT\+5:30$"))
    zoneless.go("/activity?zoom=1h")
    expect(page.locator("svg[data-ticks] text").first).to_have_text(re.compile(r":\d0$"))
    zoneless.go(f"/executions/{execution['id']}")
    page.get_by_role("button", name="Times").click()
    expect(page.locator(".log-time").first).to_have_attribute("title", re.compile(r"GMT\+5:30$"))


def test_a_zone_that_there_is_not_is_refused_at_its_field(desk: Manager) -> None:
    page = desk.go("/account")
    expect(page.get_by_label("Time zone")).to_have_attribute("placeholder", "Europe/Paris")
    page.get_by_label("Time zone").fill("Mars/Olympus")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Mars/Olympus” is not a time zone.")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Mars/Olympus")
