"""The guide, point 10: from the arrow, Settings: alerts, run type, and the rest that is no part of a version."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_the_arrow_offers_what_the_guide_says(desk: Manager) -> None:
    job = desk.make_job("arrow")
    desk.go("/?q=arrow")
    desk.row(job).get_by_role("button", name="More for arrow").click()
    expect(desk.row(job).locator(".dropdown-menu")).to_be_in_viewport()
    items = desk.row(job).locator(".dropdown-menu a").all_inner_texts()
    assert [item.strip() for item in items] == ["Logs", "Settings", "Upgrade", "Versions", "Create from…"]


def test_settings_change_the_alerts_and_the_run_type(desk: Manager) -> None:
    job = desk.make_job("settled")
    page = desk.choose(job, "Settings")
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


def test_the_run_type_is_changed_back_to_manual(desk: Manager) -> None:
    job = desk.make_job("manual-again", schedule={"cron": "0 8 * * *", "timezone": "UTC"})
    page = desk.choose(job, "Settings")
    expect(page.get_by_label("On a schedule")).to_be_checked()
    page.get_by_text("Manually").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    read = desk.read_job(job)
    assert (read["schedule"], read["status"]) == (None, "never")


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-settings")
    page = pocket.choose(job, "Settings")
    page.get_by_label("Email addresses").fill("night@example.org")
    page.get_by_role("checkbox", name="Failure").check()
    page.get_by_text("On a schedule").tap()
    expect(page.locator("#schedule-preview")).to_contain_text("Every day at")
    assert not pocket.scrolls_sideways
    assert not find_barriers(page)
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    read = pocket.read_job(job)
    assert (read["alert_emails"], read["status"]) == (["night@example.org"], "waiting")
