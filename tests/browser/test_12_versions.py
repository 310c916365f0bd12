"""The guide, points 12 and 13: versions, their details and differences, rollback, major versions."""

import pytest
from playwright.sync_api import expect

from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_a_job_is_rolled_back_to_an_earlier_version(desk: Manager) -> None:
    job = desk.make_job("rolled-back", "echo one")
    desk.upgrade_job(job, "echo two")
    page = desk.go(f"/jobs/{job['id']}/versions")
    page.get_by_role("link", name="Rollback to this version").click()
    expect(page.get_by_role("heading", name="Rollback to version 1?")).to_be_visible()
    page.get_by_role("button", name="Rollback to this version").click()
    expect(page.get_by_text("Version 1 is current again.")).to_be_visible()
    expect(page.locator("#version-1")).to_contain_text("current")
    assert desk.read_job(job)["current_version"] == 1


def test_a_star_stands_beside_a_major_version_and_can_be_taken_away(desk: Manager) -> None:
    job = desk.make_job("starred", "echo one")
    page = desk.go(f"/jobs/{job['id']}/versions")
    page.wait_for_timeout(300)  # the event stream opens after the page
    page.get_by_role("button", name="Set Major Version").click()
    expect(page.locator("#version-1").get_by_title("Major version")).to_be_visible()
    page.get_by_role("button", name="Unset major version").click()
    expect(page.get_by_role("button", name="Set Major Version")).to_be_visible()


def test_two_versions_are_compared(desk: Manager) -> None:
    job = desk.make_job("compared", "echo one")
    desk.upgrade_job(job, "echo two")
    desk.upgrade_job(job, "echo three")
    page = desk.go(f"/jobs/{job['id']}/versions")
    page.get_by_label("Compare from version 1").check()
    page.get_by_role("button", name="Compare two versions").click()
    expect(page.locator(".diff del")).to_have_text("one")
    expect(page.locator(".diff ins")).to_have_text("three")


def test_a_new_version_of_somebody_else_shows_by_itself(desk: Manager) -> None:
    job = desk.make_job("upgraded-elsewhere", "echo one")
    page = desk.go(f"/jobs/{job['id']}/versions")
    expect(page.locator("#version-1")).to_be_visible()
    page.wait_for_timeout(300)  # the event stream opens after the page
    desk.upgrade_job(job, "echo two")
    expect(page.locator("#version-2")).to_contain_text("current", timeout=2000)
