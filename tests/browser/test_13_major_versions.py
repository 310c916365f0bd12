"""The guide, point 13: "Set Major Version"; a star then stands beside the version. And beyond it: unset."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_a_star_stands_beside_a_major_version_and_can_be_taken_away(desk: Manager) -> None:
    job = desk.make_job("starred", "echo one")
    desk.upgrade_job(job, "echo two")
    page = desk.choose(job, "Versions")
    first = page.locator("#version-1")
    first.get_by_role("button", name="Set Major Version").click()
    expect(first.get_by_title("Major version")).to_be_visible()
    expect(page.locator("#version-2").get_by_title("Major version")).to_have_count(0)
    assert not find_barriers(page)
    first.get_by_role("button", name="Unset Major Version").click()
    expect(first.get_by_role("button", name="Set Major Version")).to_be_visible()
    expect(page.get_by_title("Major version")).to_have_count(0)


def test_the_star_is_seen_wherever_the_version_is(desk: Manager) -> None:
    job = desk.make_job("star-everywhere")
    page = desk.go(f"/jobs/{job['id']}/versions/1")
    page.get_by_role("button", name="Set Major Version").click()
    for path in (f"/jobs/{job['id']}", f"/jobs/{job['id']}/versions", f"/jobs/{job['id']}/versions/1"):
        desk.go(path)
        expect(page.locator(".version-star").first).to_be_visible()
    expect(page.get_by_role("button", name="Unset Major Version")).to_be_visible()


def test_without_scripts_the_button_is_a_plain_form(desk: Manager) -> None:
    job = desk.make_job("star-without-scripts")
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go(f"/jobs/{job['id']}/versions")
    page.get_by_role("button", name="Set Major Version").click()
    expect(page.locator("#version-1").get_by_title("Major version")).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-star")
    pocket.upgrade_job(job, "echo two")
    page = pocket.go(f"/jobs/{job['id']}/versions")
    page.locator("#version-2").get_by_role("button", name="Set Major Version").tap()
    expect(page.locator("#version-2").get_by_title("Major version")).to_be_visible()
    assert not pocket.scrolls_sideways
    assert not find_barriers(page)
