"""The guide, point 12: the versions of a job, their details and differences; rollback; the package to download."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
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
    desk.upgrade_job(job, "echo two")
    expect(page.locator("#version-2")).to_contain_text("current")


def test_the_details_of_a_version_and_its_package(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=python&category=processing")
    page.get_by_label("Name").fill("detailed")
    page.get_by_label("Package").set_input_files({"name": "load.py", "mimeType": "", "buffer": b"print('loaded')"})
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“detailed” is created.")).to_be_visible()
    [job] = desk.find_jobs("detailed")
    desk.choose(job, "Versions")
    page.locator("#version-1").get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    expect(page.locator(".version-details .command")).to_contain_text("python {file}")
    with page.expect_download() as started:
        page.locator(".version-details").get_by_role("link", name="load.py").click()
    assert started.value.suggested_filename == "load.py"
    assert started.value.path().read_bytes() == b"print('loaded')"


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-versions", "echo one")
    pocket.upgrade_job(job, "echo two")
    page = pocket.choose(job, "Versions")
    assert not pocket.scrolls_sideways
    assert not find_barriers(page)
    page.locator("#version-1").get_by_role("link", name="Rollback to this version").tap()
    page.get_by_role("button", name="Rollback to this version").tap()
    expect(page.get_by_text("Version 1 is current again.")).to_be_visible()
    assert pocket.read_job(job)["current_version"] == 1
