"""What a page weighs on its way: all of a first visit, and a later one of each page, as the browser counts it."""

import pytest
from playwright.sync_api import Page

from tests.browser.manager import Manager

pytestmark = pytest.mark.browser

FIRST_BYTES, LATER_BYTES = 300_000, 60_000
WEIGHT = """() => [performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")]
    .reduce((sum, each) => sum + each.transferSize, 0)"""


def weight(page: Page) -> int:
    page.wait_for_timeout(400)  # what scripts ask for when the page stands
    return int(page.evaluate(WEIGHT))


def test_the_first_page_and_the_later_ones_are_light(desk: Manager) -> None:
    job = desk.make_job("weighed", "seq 1 5000")
    execution = desk.finish(job)
    first = weight(desk.go("/"))
    assert 50_000 < first < FIRST_BYTES  # less would mean that styles or scripts did not come
    panels = ("", "/executions", "/logs", "/versions", "/versions/1", "/upgrade", "/settings", "/changes")
    later = ("/", "/?view=table", *(f"/jobs/{job['id']}{each}" for each in panels), f"/executions/{execution['id']}")
    for path in (
        *later,
        "/jobs/new",
        "/jobs/new?capsule=python&category=processing",
        "/activity",
        "/trash",
        "/account",
    ):
        assert weight(desk.go(path)) < LATER_BYTES, path
