"""The guide, point 6: a bin beside the job, then a dialog with "Delete"; and beyond it undo and the trash."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_the_bin_asks_deletes_and_takes_it_back(desk: Manager) -> None:
    job = desk.make_job("to-the-bin", "sleep 60")
    desk.run_job(job)
    page = desk.go("/?q=to-the-bin")
    expect(desk.row(job).locator(".status-running")).to_be_visible()
    desk.row(job).get_by_role("link", name="Delete to-the-bin").click()
    dialog = page.get_by_role("dialog", name="Delete “to-the-bin”?")
    expect(dialog).to_contain_text("1 execution running or waiting, which will be stopped")
    assert not find_barriers(page)
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    expect(desk.row(job)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(desk.row(job)).to_be_visible()
    assert desk.read_job(job)["deleted_at"] is None


def test_cancel_and_escape_delete_nothing(desk: Manager) -> None:
    job = desk.make_job("kept")
    page = desk.go("/?q=kept")
    for leave in ("click", "key"):
        desk.row(job).get_by_role("link", name="Delete kept").click()
        dialog = page.get_by_role("dialog", name="Delete “kept”?")
        expect(dialog).to_be_visible()
        dialog.get_by_role("link", name="Cancel").click() if leave == "click" else page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    expect(desk.row(job)).to_be_visible()
    expect(desk.row(job).get_by_role("link", name="Delete kept")).to_be_focused()


def test_the_trash_restores(desk: Manager) -> None:
    job = desk.make_job("out-of-the-trash")
    with desk.server.api() as client:
        client.delete(f"/jobs/{job['id']}").raise_for_status()
    page = desk.go("/trash")
    assert not find_barriers(page)
    row = page.locator(f"#trash-{job['id']}")
    expect(row).to_contain_text("30 days left")
    row.get_by_role("button", name="Restore out-of-the-trash").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("“out-of-the-trash” is back.")).to_be_visible()
    assert desk.read_job(job)["deleted_at"] is None


def test_without_scripts_the_bin_leads_to_a_page_that_asks(desk: Manager) -> None:
    job = desk.make_job("plain-bin")
    desk.page.route("**/*.js", lambda route: route.abort())
    page = desk.go("/?q=plain-bin")
    desk.row(job).get_by_role("link", name="Delete plain-bin").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("“plain-bin” is in the trash.")).to_be_visible()


def test_many_at_once(desk: Manager) -> None:
    jobs = [desk.make_job(f"bulk-{number}") for number in range(3)]
    page = desk.go("/?q=bulk-&view=table")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("3 jobs are queued.")).to_be_visible()
    for job in jobs:
        expect(desk.row(job).locator(".status-success")).to_be_visible()
    page.get_by_label("Choose bulk-1").check()
    page.locator("#bulk").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(desk.row(jobs[1])).to_have_count(0)
    expect(desk.row(jobs[0])).to_be_visible()


def test_on_a_phone(pocket: Manager) -> None:
    job = pocket.make_job("phone-bin")
    page = pocket.go("/?q=phone-bin")
    pocket.row(job).get_by_role("link", name="Delete phone-bin").tap()
    page.get_by_role("dialog").get_by_role("button", name="Delete").tap()
    expect(pocket.row(job)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
