"""The guide, point 14: from the arrow, Create from…: a new job, prefilled with everything of the chosen one."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

EVERYTHING: dict[str, Any] = {
    "description": "Of all",
    "retries": 3,
    "retry_delay_s": 120,
    "overlap": "skip",
    "catch_up": "none",
    "alert_emails": ["ana@example.org"],
    "alert_on": ["failure"],
    "schedule": {"repeat": "R3/2031-12-01T08:00:00/P2D", "timezone": "Asia/Tokyo"},
}


def test_everything_of_the_chosen_job_is_in_the_new_one(desk: Manager) -> None:
    job = desk.make_job("template", "echo templated", **EVERYTHING)
    page = desk.choose(job, "Create from…")
    expect(page.get_by_label("Name")).to_have_value("template (2)")
    expect(page.get_by_label("Command")).to_have_value("echo templated")
    assert not find_barriers(page)
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“template (2)” is created.")).to_be_visible()
    copy = desk.read_job(next(each for each in desk.find_jobs("template") if each["id"] != job["id"]))
    source = desk.read_job(job)
    for name in (*EVERYTHING, "capsule", "category"):
        assert copy[name] == source[name], name
    assert (copy["version"]["number"], copy["version"]["command"]) == (1, "echo templated")


def test_the_package_comes_along(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=python&category=processing")
    page.get_by_label("Name").fill("with-a-package")
    page.get_by_label("Package").set_input_files({"name": "load.py", "mimeType": "", "buffer": b"print(1)"})
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“with-a-package” is created.")).to_be_visible()
    [job] = desk.find_jobs("with-a-package")
    desk.choose(job, "Create from…")
    expect(page.locator(".upload-row")).to_contain_text("load.py")
    page.get_by_label("Name").fill("with-the-same-package")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“with-the-same-package” is created.")).to_be_visible()
    [copy] = desk.find_jobs("with-the-same-package")
    assert desk.read_job(copy)["version"]["package"]["name"] == "load.py"


def test_a_name_that_was_taken_meanwhile_is_said_and_the_rest_stays(desk: Manager) -> None:
    job = desk.make_job("copied-by-two", "echo copied")
    page = desk.choose(job, "Create from…")
    desk.make_job("copied-by-two (2)")
    page.get_by_label("Command").fill("echo mine")
    page.get_by_role("button", name="Create job").click()
    expect(page.locator("#id_name_error")).to_contain_text("copied-by-two (2)")
    expect(page.get_by_label("Command")).to_have_value("echo mine")
    page.get_by_label("Name").fill("copied-by-two (3)")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“copied-by-two (3)” is created.")).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-template", "echo templated")
    page = pocket.go(f"/jobs/{job['id']}")
    page.get_by_role("button", name="Actions").tap()
    page.locator("#actions").get_by_role("link", name="Create from…").tap()
    expect(page.get_by_label("Name")).to_have_value("phone-template (2)")
    assert not pocket.scrolls_sideways
    assert not find_barriers(page)
    page.get_by_role("button", name="Create job").tap()
    expect(page.get_by_text("“phone-template (2)” is created.")).to_be_visible()
