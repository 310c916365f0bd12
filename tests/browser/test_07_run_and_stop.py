"""The guide, point 7: a play icon; while the job runs the icon is stop."""

import pytest
from playwright.sync_api import expect

from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_play_becomes_stop_and_stop_becomes_play(desk: Manager) -> None:
    job = desk.make_job("play-and-stop", "sleep 60")
    page = desk.go("/?q=play-and-stop")
    desk.row(job).get_by_role("button", name="Run play-and-stop").click()
    expect(desk.row(job).locator(".status-running")).to_be_visible()
    desk.row(job).get_by_role("button", name="Stop play-and-stop").click()
    expect(desk.row(job).locator(".status-killed")).to_be_visible()
    expect(desk.row(job).get_by_role("button", name="Run play-and-stop")).to_be_visible()
    expect(page.locator("#counters")).to_contain_text("running")


def test_the_icon_changes_before_the_server_has_answered(desk: Manager) -> None:
    job = desk.make_job("at-once", "sleep 60")
    page = desk.go("/?q=at-once")
    page.route("**/run*", lambda route: None)  # the answer never comes
    button = desk.row(job).locator(".run-or-stop")
    expect(button.locator(".when-play")).to_be_visible()
    button.click()
    expect(button.locator(".when-stop")).to_be_visible()
    expect(button.locator(".when-play")).to_be_hidden()


def test_the_icon_of_a_press_stays_until_the_server_has_answered_whatever_is_drawn_meanwhile(desk: Manager) -> None:
    job = desk.make_job("pressed", "sleep 60")
    page = desk.go("/?q=pressed")
    held = desk.hold("**/run*")
    button = desk.row(job).locator(".run-or-stop")
    button.click()
    with page.expect_response("**/board/changes*"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('healed'))")
    expect(page.locator("#board-live.htmx-request")).to_have_count(0)  # it was drawn
    expect(button.locator(".when-stop")).to_be_visible()
    held.pop().continue_()
    expect(desk.row(job).locator(".status-running")).to_be_visible()
    expect(button.locator(".when-stop")).to_be_visible()
    button.click()
    expect(desk.row(job).locator(".status-killed")).to_be_visible()
    expect(button.locator(".when-play")).to_be_visible()


def test_a_refusal_changes_the_icon_back_and_says_why(desk: Manager) -> None:
    job = desk.make_job("refused-stop", "sleep 60")
    execution = desk.run_job(job)
    page = desk.go("/?q=refused-stop")
    page.route("**/api/v2/events*", lambda route: route.abort())
    page.reload()
    with desk.server.api() as client:
        client.post(f"/executions/{execution['id']}/stop").raise_for_status()
        desk.server.wait_for_end(client, execution["id"])
    desk.row(job).get_by_role("button", name="Stop refused-stop").click()
    expect(desk.row(job).get_by_role("alert")).to_have_text("Nothing of “refused-stop” is running or waiting.")
    expect(desk.row(job).locator(".when-stop")).to_be_visible()
    page.keyboard.press("Shift")
    expect(desk.row(job).get_by_role("alert")).to_be_hidden()


def test_what_others_start_shows_by_itself(desk: Manager) -> None:
    job = desk.make_job("started-elsewhere", "sleep 60")
    desk.go("/?q=started-elsewhere")
    expect(desk.row(job).locator(".status-never")).to_be_visible()
    desk.run_job(job)
    expect(desk.row(job).locator(".status-running")).to_be_visible()


def test_without_scripts_the_buttons_are_plain_forms(desk: Manager) -> None:
    job = desk.make_job("no-scripts", "true")
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go("/?q=no-scripts")
    desk.row(job).get_by_role("button", name="Run no-scripts").click()
    expect(page.get_by_text("Execution 1 of “no-scripts” is queued.")).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("in-the-pocket", "sleep 60")
    pocket.go("/?q=in-the-pocket")
    pocket.row(job).get_by_role("button", name="Run in-the-pocket").tap()
    expect(pocket.row(job).locator(".status-running")).to_be_visible()
    pocket.row(job).get_by_role("button", name="Stop in-the-pocket").tap()
    expect(pocket.row(job).locator(".status-killed")).to_be_visible()
