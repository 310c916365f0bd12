"""The guide, points 10, 11 and 14: Settings, Upgrade and Create from…, from the arrow beside a job."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def open_menu(manager: Manager, job: dict[str, Any], choice: str) -> Page:
    page = manager.go(f"/?q={job['name']}")
    manager.row(job).get_by_role("button", name=f"More for {job['name']}").click()
    manager.row(job).locator(".dropdown-menu").get_by_role("link", name=choice).click()
    return page


def test_the_arrow_offers_what_the_guide_says(desk: Manager) -> None:
    job = desk.make_job("arrow")
    desk.go("/?q=arrow")
    desk.row(job).get_by_role("button", name="More for arrow").click()
    items = desk.row(job).locator(".dropdown-menu a").all_inner_texts()
    assert [item.strip() for item in items] == ["Logs", "Settings", "Upgrade", "Versions", "Create from…"]


def test_settings_change_the_alerts_and_the_run_type(desk: Manager) -> None:
    job = desk.make_job("settled")
    page = open_menu(desk, job, "Settings")
    page.get_by_label("Email addresses").fill("ana@example.org")
    page.get_by_role("checkbox", name="Every end").check()
    page.get_by_text("On a schedule").click()
    expect(page.locator("#schedule-preview")).to_contain_text("Every day at")
    assert not find_barriers(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    read = desk.read_job(job)
    assert (read["alert_emails"], read["alert_on"], read["status"]) == (["ana@example.org"], ["end"], "waiting")


def test_two_people_at_one_job_overwrite_nothing(desk: Manager) -> None:
    job = desk.make_job("two-people", description="before")
    page = desk.go(f"/jobs/{job['id']}/settings")
    with desk.server.api() as client:
        client.patch(f"/jobs/{job['id']}", json={"retries": 7}).raise_for_status()
    page.get_by_label("Description").fill("mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was changed while you were here")).to_be_visible()
    assert desk.read_job(job)["description"] == "before"
    expect(page.get_by_label("Description")).to_have_value("mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    read = desk.read_job(job)
    assert (read["description"], read["retries"]) == ("mine", 7)


def test_upgrade_to_new_version(desk: Manager) -> None:
    job = desk.make_job("upgraded", "echo 1")
    page = open_menu(desk, job, "Upgrade")
    expect(page.get_by_label("Command")).to_have_value("echo 1")
    page.get_by_label("Command").fill("echo 2")
    page.get_by_label("Release note").fill("Says two")
    assert not find_barriers(page)
    page.get_by_role("button", name="Upgrade to new version").click()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
    version = desk.read_job(job)["version"]
    assert (version["number"], version["command"], version["note"]) == (2, "echo 2", "Says two")


def test_create_from(desk: Manager) -> None:
    job = desk.make_job("template", "echo templated", description="Of all", retries=3)
    page = open_menu(desk, job, "Create from…")
    expect(page.get_by_label("Name")).to_have_value("template (2)")
    expect(page.get_by_label("Command")).to_have_value("echo templated")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“template (2)” is created.")).to_be_visible()
    copy = desk.read_job(next(each for each in desk.find_jobs("template") if each["id"] != job["id"]))
    assert (copy["description"], copy["retries"]) == ("Of all", 3)


def test_a_session_that_ends_while_typing_loses_nothing(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=bash")
    page.get_by_label("Name").fill("typed for an hour")
    page.get_by_label("Command").fill("echo long work")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert not find_barriers(page)
    other = page.context.new_page()
    other.goto(desk.server.sign_in_link())
    other.close()
    page.get_by_role("button", name="I am signed in, send it").click()
    again = page.get_by_role("button", name="Send it again")
    if again.is_visible():
        again.click()
    expect(page.get_by_text("“typed for an hour” is created.")).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-settings")
    for panel in ("settings", "upgrade"):
        page = pocket.go(f"/jobs/{job['id']}/{panel}")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert not find_barriers(page)
    page.get_by_label("Command").fill("echo phone")
    page.get_by_role("button", name="Upgrade to new version").tap()
    expect(page.get_by_text("Version 2 is current now.")).to_be_visible()
