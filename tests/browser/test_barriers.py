"""axe finds nothing on any page that there is a picture of, in the light and in the dark, on a desk and on a phone, and
none of them can be moved sideways."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager
from tests.browser.scene.pages import SHOWN, WITHOUT_SESSION, Shown
from tests.browser.scene.report import report_package
from tests.servers import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.long]

_FAILS = r"""
for colour in 31 32 33 34 35 36 37 90 91 97; do printf '\033[%sm colour \033[0m\n' $colour; done
echo bad >&2
exit 1
"""
_SCHEDULE = {"cron": "30 6 * * *", "timezone": "Europe/Paris"}


@pytest.fixture(scope="module")
def places(server: Server) -> Iterator[dict[str, int]]:
    """What the paths of `scene.pages` leave open, made with the first test. The second platform goes afterwards: where
    there are two, every address says which."""
    yield {}
    with server.api() as api:
        api.post("/platforms/marketing/archive").raise_for_status()


@pytest.mark.parametrize("half", [0, 1])
def test_on_a_desk_in_the_light(desk: Manager, places: dict[str, int], half: int) -> None:
    assert barriers(desk, places, "light", half) == {}


@pytest.mark.parametrize("half", [0, 1])
def test_on_a_phone_in_the_dark(pocket: Manager, places: dict[str, int], half: int) -> None:
    assert barriers(pocket, places, "dark", half) == {}


@pytest.mark.parametrize("half", [0, 1])
def test_on_a_desk_in_the_dark(desk: Manager, places: dict[str, int], half: int) -> None:
    assert barriers(desk, places, "dark", half) == {}


@pytest.mark.parametrize("half", [0, 1])
def test_on_a_phone_in_the_light(pocket: Manager, places: dict[str, int], half: int) -> None:
    assert barriers(pocket, places, "light", half) == {}


def barriers(manager: Manager, places: dict[str, int], scheme: Any, half: int) -> dict[str, list[str]]:
    if not places:
        places |= make_places(manager)
    manager.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for shown in sorted(SHOWN[half::2], key=lambda each: each.view in WITHOUT_SESSION):
        if shown.view in WITHOUT_SESSION:
            manager.page.context.clear_cookies()
        page = show(manager, places, shown)
        found[shown.name] = find_barriers(page) + (["scrolls sideways"] if manager.scrolls_sideways else [])
    return {name: lines for name, lines in found.items() if lines}


def show(manager: Manager, places: dict[str, int], shown: Shown) -> Page:
    page = manager.go(shown.path.format(**places))
    expect(page.locator("#content")).to_be_visible()
    for viewer in page.locator("[data-log-viewer]").all():
        expect(viewer).to_have_class(re.compile("is-ready"))  # the lines of a log come after the page
    if shown.keys:
        page.keyboard.press(shown.keys[0])
        page.keyboard.type(shown.keys[1])
    if shown.press and (wanted := page.locator(shown.press.format(**places)).first).is_visible():
        wanted.click()
    if shown.keys or shown.press:
        page.wait_for_timeout(300)
    return page


def make_places(manager: Manager) -> dict[str, int]:
    """A job of each kind that the pages tell of; the one of the report has all that a job can have."""
    failed = make_report(manager)
    running, held = manager.make_job("a11y-running", "sleep 600"), manager.make_job("a11y-held", max_running=1)
    with manager.server.api() as api:
        started = manager.run_job(running)
        until(lambda: api.get(f"/executions/{started['id']}").json()["state"] == "running")
        deleted, paused = manager.make_job("a11y-deleted"), manager.make_job("a11y-paused", schedule=_SCHEDULE)
        api.delete(f"/jobs/{deleted['id']}").raise_for_status()
        api.post(f"/jobs/{paused['id']}/schedule/pause").raise_for_status()
        api.put("/variables/WAREHOUSE_PASSWORD", json={"value": "kept to itself", "secret": True}).raise_for_status()
        api.post("/platforms", json={"name": "marketing", "label": "Marketing"})
    return {
        "report": failed["job_id"],
        "failed": failed["id"],
        "running": running["id"],
        "pending": held["id"],
        "preparing": started["id"],
        "healthy": manager.finish(manager.make_job("a11y-healthy"))["job_id"],
        "never": held["id"],
        "paused": paused["id"],
        "deleted": deleted["id"],
        "long_name": manager.make_job("a11y-" + "long-" * 50)["id"],
    }


def make_report(manager: Manager) -> dict[str, Any]:
    """Four versions with packages, of which the last fails; the failed execution."""
    with manager.server.api() as api:

        def version(number: int, command: str) -> dict[str, Any]:
            file = {"file": ("report.zip", report_package(number))}
            package = api.post("/packages", files=file).raise_for_status().json()
            return {"command": command, "package": package["id"], "note": f"Note {number}"}

        first = version(1, "test -f {file}")
        settings = {"capsule": "python", "schedule": _SCHEDULE, "description": "Sales of yesterday"}
        job = manager.make_job("a11y-report", **first | settings)
        manager.finish(job)
        for number in (2, 3, 4):
            made = version(number, _FAILS if number == 4 else "test -f {file}")
            api.post(f"/jobs/{job['id']}/versions", json=made).raise_for_status()
        api.put(f"/jobs/{job['id']}/versions/3/major").raise_for_status()
        api.put(f"/jobs/{job['id']}/variables/REPORT_DAY", json={"value": "yesterday"}).raise_for_status()
    return manager.finish(job)
