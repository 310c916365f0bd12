"""axe finds nothing on the pages of a job, its logs and the activity, in the light and in the dark, on a phone too."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

_COMMAND = r"""
for colour in 31 32 33 34 35 36 37 90 91 97; do printf '\033[%sm colour \033[0m\n' $colour; done
echo bad >&2
exit 1
"""


@pytest.fixture(scope="module")
def made() -> dict[str, int]:
    return {}


def pages(manager: Manager, made: dict[str, int]) -> list[str]:
    """Of one job that has failed after an upgrade, and has a schedule."""
    if not made:
        job = manager.make_job("barriers", "true", schedule={"cron": "0 8 * * *", "timezone": "Europe/Paris"})
        manager.finish(job)
        manager.upgrade_job(job, _COMMAND)
        made |= {"job": job["id"], "execution": manager.finish(job)["id"]}
    job_pages = ["", "/executions", "/versions", "/versions/1", "/versions/1/rollback", "/versions/compare", "/changes"]
    return [*(f"/jobs/{made['job']}{each}" for each in job_pages), f"/executions/{made['execution']}", "/activity"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_desk(desk: Manager, made: dict[str, int], scheme: str) -> None:
    assert barriers(desk, made, scheme) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(pocket: Manager, made: dict[str, int], scheme: str) -> None:
    assert barriers(pocket, made, scheme) == {}


def barriers(manager: Manager, made: dict[str, int], scheme: str) -> dict[str, list[str]]:
    manager.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    found = {}
    for address in pages(manager, made):
        page = manager.go(address)
        expect(page.locator("#content")).to_be_visible()
        page.wait_for_timeout(400)  # the log is drawn, the numbers are in
        if barriers := find_barriers(page):
            found[address] = barriers
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    return found
