"""The guide, point 2: first run, how many times, the delay between runs; and beyond it cron, zones, and the preview."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def open_editor(manager: Manager, name: str) -> Page:
    page = manager.go("/jobs/new?capsule=bash&category=processing")
    page.get_by_label("Name").fill(name)
    page.get_by_text("On a schedule").click()
    return page


def test_a_schedule_is_said_while_it_is_typed(desk: Manager) -> None:
    page = open_editor(desk, "every other day")
    page.get_by_label("First run", exact=True).fill("2031-11-24")
    page.get_by_label("Time of the first run").fill("08:00")
    page.get_by_label("Delay between runs").fill("2")
    page.get_by_label("How many times").fill("5")
    preview = page.locator("#schedule-preview")
    expect(preview).to_contain_text("Every 2 days at 08:00, 5 times, from 24 November 2031, Europe/Paris")
    expect(preview.get_by_role("listitem")).to_have_count(5)
    expect(preview.get_by_role("listitem").first).to_contain_text("Mon 24 Nov 2031")
    expect(preview.get_by_role("listitem").first).to_contain_text("08:00")
    page.get_by_label("How many times").fill("")
    expect(preview.get_by_role("listitem")).to_have_count(10)
    assert not find_barriers(page)
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“every other day” is created.")).to_be_visible()
    schedule = desk.read_job(desk.find_jobs("every other day")[0])["schedule"]
    assert (schedule["repeat"], schedule["timezone"]) == ("R/2031-11-24T08:00:00/P2D", "Europe/Paris")


def test_errors_show_while_typing(desk: Manager) -> None:
    page = open_editor(desk, "wrong")
    page.get_by_label("Delay between runs").fill("")
    expect(page.locator("#schedule-preview")).to_contain_text("A delay between runs is required.")
    page.get_by_label("Delay between runs").fill("3")
    page.get_by_label("Time zone").fill("Europe/Pariss")
    expect(page.locator("#schedule-preview")).to_contain_text("Did you mean Europe/Paris?")


def test_a_change_of_clocks_is_marked(desk: Manager) -> None:
    page = open_editor(desk, "clocks")
    page.get_by_label("First run", exact=True).fill("2031-03-29")
    page.get_by_label("Time of the first run").fill("02:30")
    expect(page.locator("#schedule-preview")).to_contain_text("clocks go forward: 02:30 does not exist")


def test_cron_is_the_second_tab(desk: Manager) -> None:
    page = open_editor(desk, "cron job")
    page.get_by_text("Cron", exact=True).first.click()
    expect(page.get_by_label("Delay between runs")).to_be_hidden()
    page.get_by_label("Cron", exact=True).last.fill("0 8 * * 1-5")
    expect(page.locator("#schedule-preview")).to_contain_text("Monday to Friday")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“cron job” is created.")).to_be_visible()
    assert desk.read_job(desk.find_jobs("cron job")[0])["schedule"]["cron"] == "0 8 * * 1-5"


def test_a_run_by_hand_has_no_editor(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=bash")
    expect(page.get_by_label("Delay between runs")).to_be_hidden()


def test_it_fires(desk: Manager) -> None:
    page = open_editor(desk, "fires soon")
    page.get_by_label("Delay between runs").fill("1")
    page.get_by_label("Unit of the delay").select_option("seconds")
    page.get_by_label("First run", exact=True).fill("2026-01-01")
    page.get_by_label("How many times").fill("2")
    page.get_by_role("button", name="Create job").click()
    [job] = desk.find_jobs("fires soon")
    desk.go("/?q=fires soon")
    expect(desk.row(job).locator(".bars a")).to_have_count(2)
    expect(desk.row(job).locator(".status-success")).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    page = pocket.go("/jobs/new?capsule=bash")
    page.get_by_text("On a schedule").tap()
    expect(page.locator("#schedule-preview")).to_contain_text("Every day at")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert not find_barriers(page)


def test_a_pause_is_seen_on_the_board_and_resuming_asks_about_what_was_missed(desk: Manager) -> None:
    job = desk.make_job("on-hold", schedule={"cron": "0 8 * * *", "timezone": "Europe/Paris"})
    page = desk.go(f"/jobs/{job['id']}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("The schedule is paused", exact=True)).to_be_visible()
    desk.go("/?q=on-hold")
    desk.row(job).get_by_role("link", name="Schedule paused. Resume on-hold…").click()
    dialog = page.get_by_role("dialog", name="Resume the schedule of “on-hold”?")
    expect(dialog).to_contain_text("No run was missed while it was paused.")
    assert not find_barriers(page)
    dialog.get_by_role("button", name="Resume").click()
    expect(dialog).to_be_hidden()
    expect(desk.row(job).locator(".job-next")).to_contain_text("in ")
    assert desk.read_job(job)["schedule"]["paused"] is False


def test_many_are_paused_and_resumed_on_a_phone(pocket: Manager) -> None:
    jobs = [pocket.make_job(f"rested-{n}", schedule={"cron": "0 8 * * *", "timezone": "UTC"}) for n in range(2)]
    page = pocket.go("/?q=rested-&view=table")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Pause", exact=True).tap()
    expect(page.get_by_text("2 jobs are paused.")).to_be_visible()
    expect(pocket.row(jobs[0]).locator(".paused")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Resume…").tap()
    expect(page.get_by_role("heading", name="Resume 2 schedules?")).to_be_visible()
    assert not find_barriers(page)
    page.get_by_role("button", name="Resume").tap()
    expect(page.get_by_text("2 jobs are resumed.")).to_be_visible()
    expect(pocket.row(jobs[1]).locator(".job-next")).to_contain_text("in ")
