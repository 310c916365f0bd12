"""The guide, point 1: "+" on the wanted capsule opens the form of a new job."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

DROP = """([element, name, text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], name));
    for (const kind of ["dragover", "drop"])
        element.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: files}));
}"""


def drop(page: Page, name: str, text: str) -> None:
    """Drop a file onto the package's box, as from a desktop."""
    page.evaluate(DROP, [page.locator("[data-upload]").element_handle(), name, text])


def test_plus_a_name_and_create_are_enough(desk: Manager) -> None:
    page = desk.go("/")
    page.get_by_role("region", name="Processing").get_by_role("link", name="New Bash job").click()
    expect(page.get_by_role("heading", name="New Bash job")).to_be_visible()
    expect(page.get_by_label("Command")).to_have_value('echo "Hello from Capsulier"')
    page.get_by_label("Name").fill("made by hand")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“made by hand” is created.")).to_be_visible()
    [job] = desk.find_jobs("made by hand")
    assert (job["capsule"], job["category"], job["schedule"]) == ("bash", "processing", None)


def test_everything_the_form_has(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=bash&category=extraction")
    page.get_by_label("Name").fill("everything")
    page.get_by_text("Description and release note").click()
    page.get_by_label("Description").fill("What it does")
    page.get_by_label("Release note").fill("The first one")
    page.get_by_text("Alerts", exact=True).click()
    page.get_by_label("Email addresses").fill("ana@example.org, bob@example.org")
    page.get_by_role("checkbox", name="Failure").check()
    page.get_by_role("checkbox", name="Kill").check()
    page.get_by_text("Retries after a failure").click()
    page.get_by_label("How often").fill("2")
    page.get_by_label("After", exact=True).fill("15")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“everything” is created.")).to_be_visible()
    job = desk.read_job(desk.find_jobs("everything")[0])
    assert (job["description"], job["version"]["note"]) == ("What it does", "The first one")
    assert (job["alert_emails"], job["alert_on"]) == (["ana@example.org", "bob@example.org"], ["failure", "kill"])
    assert (job["retries"], job["retry_delay_s"]) == (2, 900)


def test_a_package_is_dropped_runs_and_its_exit_code_is_seen(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=python&category=processing")
    page.get_by_label("Name").fill("dropped")
    drop(page, "load.py", "import sys\nprint('loaded', *sys.argv[1:])\nsys.exit(3)\n")
    expect(page.locator(".upload-row")).to_contain_text("load.py")
    page.get_by_label("Command").fill("python {file} --day today")
    page.get_by_role("button", name="Create and run").click()
    page.wait_for_url("**/logs")
    [job] = desk.find_jobs("dropped")
    desk.go("/?q=dropped")
    expect(desk.row(job).locator(".status-failed")).to_be_visible()
    assert desk.read_job(job)["last_execution"]["exit_code"] == 3


def test_an_upload_survives_an_error_elsewhere(desk: Manager, tmp_path: Path) -> None:
    package = tmp_path / "nightly.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("__main__.py", "print(1)")
    page = desk.go("/jobs/new?capsule=python&category=processing")
    page.get_by_label("Package").set_input_files(package)
    expect(page.locator(".upload-row")).to_contain_text("nightly.zip")
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("Give the job a name.")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.locator(".upload-row")).to_contain_text("nightly.zip")
    assert not find_barriers(page)
    page.get_by_label("Name").fill("survived")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_text("“survived” is created.")).to_be_visible()
    assert desk.read_job(desk.find_jobs("survived")[0])["version"]["package"]["name"] == "nightly.zip"


def test_an_upload_can_be_cancelled(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=bash")
    page.route("**/api/v2/packages*", lambda route: None)  # an upload that does not end
    page.get_by_label("Package").set_input_files(
        {"name": "slow.bin", "mimeType": "", "buffer": io.BytesIO(b"x").read()}
    )
    page.get_by_role("button", name="Cancel", exact=True).first.click()
    expect(page.locator(".upload-row")).to_be_empty()


def test_the_default_command_follows_the_package_until_somebody_changes_it(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=python&category=processing")
    command = page.get_by_label("Command")
    expect(command).to_have_value("python {file} arg1 arg2")
    drop(page, "tool-1.0-py3-none-any.whl", "x")
    expect(command).to_have_value("python -m module arg1 arg2")
    command.fill("python -m tool")
    drop(page, "load.py", "x")
    expect(page.locator(".upload-row")).to_contain_text("load.py")
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    expect(command).to_have_value("python -m tool")


def test_every_wrong_field_is_marked_and_keeps_what_was_typed(desk: Manager) -> None:
    page = desk.go("/jobs/new?capsule=bash")
    page.get_by_label("Command").fill("echo 'x")
    page.get_by_text("Alerts", exact=True).click()
    page.get_by_label("Email addresses").fill("nobody")
    page.get_by_role("button", name="Create job").click()
    for sentence in ("Give the job a name.", "add the closing '", "“nobody” is not an email address."):
        expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_label("Command")).to_have_value("echo 'x")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")


def test_on_a_phone(pocket: Manager) -> None:
    page = pocket.go("/")
    page.get_by_role("region", name="Extraction").get_by_role("link", name="New Bash job").tap()
    expect(page.get_by_label("Name")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert not find_barriers(page)
    page.get_by_label("Name").fill("made on a phone")
    page.get_by_role("button", name="Create job").tap()
    expect(page.get_by_text("“made on a phone” is created.")).to_be_visible()
