"""The guide, point 3: choosing a job opens it; its panels are one click away; on a phone behind "Actions"."""

import pytest
from playwright.sync_api import expect

from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

PANELS = ["Executions", "Logs", "Versions", "Upgrade", "Settings", "Variables", "Changes", "Overview"]


def test_choosing_a_job_shows_its_log_and_leads_to_each_panel(desk: Manager) -> None:
    job = desk.make_job("overview", "echo hello from the log")
    desk.finish(job)
    page = desk.go("/?q=overview")
    desk.row(job).get_by_role("link", name="overview", exact=True).click()
    expect(page.get_by_role("heading", name="overview", exact=True)).to_be_visible()
    expect(page.locator(".log-box")).to_contain_text("hello from the log")
    expect(page.locator(".log-box")).to_be_in_viewport()
    for panel in PANELS:
        page.get_by_role("navigation", name="Panels of the job").get_by_role("link", name=panel).click()
        tab = page.get_by_role("navigation", name="Panels of the job").get_by_role("link", name=panel)
        expect(tab).to_have_attribute("aria-current", "page")


def test_run_and_stop_are_the_one_filled_button(desk: Manager) -> None:
    job = desk.make_job("run-from-its-page", "echo begun; sleep 60")
    page = desk.go(f"/jobs/{job['id']}")
    page.locator("#job-head").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#job-head .status-running")).to_be_visible()
    expect(page.locator(".log-box")).to_contain_text("begun")
    page.locator("#job-head").get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#job-head .status-killed")).to_be_visible()
    expect(page.locator("#job-head")).to_contain_text("stopped by")


def test_the_button_changes_before_the_server_has_answered(desk: Manager) -> None:
    job = desk.make_job("at-once-on-its-page", "true")
    page = desk.go(f"/jobs/{job['id']}")
    page.route("**/run", lambda route: None)  # the answer never comes
    page.locator("#job-head .job-run").click()
    expect(page.locator("#job-head").get_by_text("Starting")).to_be_visible()


def test_what_happens_elsewhere_shows_by_itself(desk: Manager) -> None:
    job = desk.make_job("live-page", "for i in 1 2 3; do echo step $i; sleep 0.5; done; exit 3")
    page = desk.go(f"/jobs/{job['id']}")
    expect(page.locator("#job-head .status-never")).to_be_visible()
    desk.run_job(job)
    expect(page.locator("#job-head .status-running")).to_be_visible()
    expect(page.locator(".log-box")).to_contain_text("step 1")
    expect(page.locator(".log-box")).to_contain_text("step 3")
    expect(page.locator("#job-head .status-failed")).to_be_visible()
    expect(page.locator("#job-head")).to_contain_text("exit 3")
    expect(page.locator("#overview-first")).to_contain_text("It has never worked")
    expect(page.locator("#overview-chart")).to_contain_text("0 % succeeded")


def test_a_failed_job_is_rolled_back_and_run_again_in_one_press(desk: Manager) -> None:
    job = desk.make_job("broken-by-an-upgrade", "echo fine")
    desk.finish(job)
    desk.upgrade_job(job, "echo broken >&2; exit 1")
    desk.finish(job)
    page = desk.go(f"/jobs/{job['id']}")
    expect(page.locator("#overview-first")).to_contain_text("What changed since it last worked?")
    expect(page.locator(".error-lines")).to_contain_text("broken")
    page.get_by_role("button", name="Roll back to version 1 and run again").click()
    expect(page.get_by_text("Version 1 is current again. Execution 3 of it is queued.")).to_be_visible()
    expect(page.locator("#job-head .status-success")).to_be_visible()


def test_a_deleted_job_can_be_restored_from_its_page(desk: Manager) -> None:
    job = desk.make_job("deleted-and-back")
    page = desk.go(f"/jobs/{job['id']}")
    page.locator("#job-head").get_by_role("link", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"{desk.server.url}/")
    desk.go(f"/jobs/{job['id']}")
    expect(page.get_by_text("This job is in the trash")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#job-head").get_by_role("button", name="Run", exact=True)).to_be_visible()


def test_on_a_phone_actions_opens_everything_from_below(pocket: Manager) -> None:
    job = pocket.make_job("in-the-hand", "echo begun; sleep 60")
    page = pocket.go(f"/jobs/{job['id']}")
    page.get_by_role("button", name="Actions").tap()
    sheet = page.locator("#actions")
    expect(sheet).to_be_in_viewport()
    expect(sheet.get_by_role("link")).to_have_text([*_on_a_phone()])
    sheet.get_by_role("button", name="Run", exact=True).tap()
    expect(sheet.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    sheet.get_by_role("link", name="Logs").tap()
    expect(page.locator(".log-box")).to_contain_text("begun")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def _on_a_phone() -> list[str]:
    return [
        "Overview",
        "Executions",
        "Logs",
        "Versions",
        "Upgrade",
        "Settings",
        "Variables",
        "Changes",
        "Create from…",
        "Delete",
    ]


def test_filters_of_executions_stand_in_the_address(desk: Manager) -> None:
    job = desk.make_job("filtered", "exit 1")
    desk.finish(job)
    page = desk.go(f"/jobs/{job['id']}/executions")
    page.get_by_role("group", name="Outcome").get_by_text("Success").click()
    expect(page.get_by_text("No execution is like this.")).to_be_visible()
    assert "state=success" in page.url
    page.get_by_role("group", name="Outcome").get_by_text("Failed").click()
    expect(page.get_by_role("link", name="Log of execution 1")).to_be_visible()
    page.reload()
    expect(page.get_by_role("checkbox", name="Failed")).to_be_checked()


def test_the_word_of_a_press_stays_until_the_server_has_answered_whatever_is_drawn_meanwhile(desk: Manager) -> None:
    job = desk.make_job("pressed-on-its-page", "true")
    page = desk.go(f"/jobs/{job['id']}")
    held = desk.hold("**/run")
    page.locator("#job-head .job-run").click()
    with page.expect_response("**/head?*"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('healed'))")
    expect(page.locator("#job-head .htmx-request")).to_have_count(0)  # it was drawn
    expect(page.locator("#job-head").get_by_text("Starting")).to_be_visible()
    held.pop().continue_()
    expect(page.locator("#job-head .status-success")).to_be_visible()
    expect(page.locator("#job-head").get_by_role("button", name="Run")).to_be_visible()


def test_news_asked_for_before_a_filter_are_not_drawn_over_it(desk: Manager) -> None:
    job = desk.make_job("filtered-late", "exit 1")
    desk.finish(job)
    held = desk.hold("**/executions?*part*")
    page = desk.go(f"/jobs/{job['id']}/executions")
    desk.wait_until_held(held)
    page.get_by_role("group", name="Outcome").get_by_text("Success").click()
    expect(page.get_by_text("No execution is like this.")).to_be_visible()
    with page.expect_response(lambda response: "part" in response.url and "state=success" in response.url):
        held.pop().continue_()
    expect(page.get_by_text("No execution is like this.")).to_be_visible()


def test_news_that_had_begun_to_arrive_before_a_filter_are_not_drawn_over_it(desk: Manager) -> None:
    job = desk.make_job("filtered-halfway", "exit 1")
    desk.finish(job)
    page = desk.page
    page.add_init_script(
        """const { text } = Response.prototype;
        Response.prototype.text = function () {
          if (!this.url.includes("part") || window.arrive) return text.call(this);
          return new Promise((go) => (window.arrive = () => go(text.call(this))));
        };"""
    )
    page.route("**/api/v2/events*", lambda route: route.abort())  # these news and no others
    desk.go(f"/jobs/{job['id']}/executions")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('healed'))")
    page.wait_for_function("() => window.arrive")
    page.get_by_role("group", name="Outcome").get_by_text("Success").click()
    expect(page.get_by_text("No execution is like this.")).to_be_visible()
    with page.expect_response(lambda response: "part" in response.url and "state=success" in response.url):
        page.evaluate("window.arrive()")
    expect(page.get_by_text("No execution is like this.")).to_be_visible()
