"""The guide, point 11: from the arrow, Upgrade: edit the command, then "Upgrade to new version" makes it current."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_the_command_and_its_note_become_the_current_version(desk: Manager) -> None:
    job = desk.make_job("upgraded", "echo 1")
    page = desk.choose(job, "Upgrade")
    expect(page.get_by_label("Command")).to_have_value("echo 1")
    page.get_by_label("Command").fill("echo 2")
    page.get_by_label("Release note").fill("Says two")
    assert not find_barriers(page)
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
    version = desk.read_job(job)["version"]
    assert (version["number"], version["command"], version["note"]) == (2, "echo 2", "Says two")


def test_a_new_package_takes_the_place_of_the_old_one(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=python&category=processing")
    page.get_by_label("Name").fill("with-new-code")
    page.get_by_label("Package").set_input_files({"name": "one.py", "mimeType": "", "buffer": b"print(1)"})
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“with-new-code” is created.")).to_be_visible()
    [job] = desk.find_jobs("with-new-code")
    desk.choose(job, "Upgrade")
    expect(page.locator(".upload-row")).to_contain_text("one.py")
    page.get_by_role("button", name="Remove").click()
    page.get_by_label("Package").set_input_files({"name": "two.py", "mimeType": "", "buffer": b"print(2)"})
    expect(page.locator(".upload-row")).to_contain_text("two.py")
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
    assert desk.read_job(job)["version"]["package"]["name"] == "two.py"


def test_the_next_run_is_of_the_new_version_and_what_runs_keeps_its_own(desk: Manager) -> None:
    job = desk.make_job("upgraded-while-it-runs", "sleep 60")
    desk.run_job(job)
    page = desk.choose(job, "Upgrade")
    page.get_by_label("Command").fill("echo new")
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
    desk.run_job(job)
    desk.go(f"/jobs/{job['id']}/executions")
    expect(page.locator(".executions td[data-label=Version]")).to_have_text(["2", "1"])


def test_what_is_wrong_is_said_and_nothing_is_upgraded(desk: Manager) -> None:
    job = desk.make_job("kept-as-it-was", "echo 1")
    page = desk.choose(job, "Upgrade")
    page.get_by_label("Command").fill("echo 'open")
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("add the closing '")).to_be_visible()
    expect(page.get_by_label("Command")).to_have_value("echo 'open")
    expect(page.get_by_label("Command")).to_be_focused()
    assert desk.read_job(job)["current_version"] == 1


def test_two_who_upgrade_at_once_lose_nothing(desk: Manager) -> None:
    job = desk.make_job("upgraded-by-two", "echo 1")
    page = desk.choose(job, "Upgrade")
    desk.upgrade_job(job, "echo theirs")
    page.get_by_label("Command").fill("echo mine")
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("was changed while you were here")).to_be_visible()
    expect(page.get_by_label("Command")).to_have_value("echo mine")
    assert desk.read_job(job)["version"]["command"] == "echo theirs"
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("Version 3 is current now.")).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-upgrade")
    page = pocket.choose(job, "Upgrade")
    assert not pocket.scrolls_sideways
    assert not find_barriers(page)
    page.get_by_label("Command").fill("echo phone")
    page.get_by_role("button", name="Upgrade to new version").tap()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
    assert pocket.read_job(job)["version"]["command"] == "echo phone"
