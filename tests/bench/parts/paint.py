"""How soon the board is there: the largest contentful paint with 500 jobs on it, beside that of the sign-in page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench.measure import Measure, ms, p50
from tests.servers import Server, serving, until

_JOBS = 500
_EXECUTIONS = 12
"""Of each job: so many stand in its chart."""
_VISITS = 11
_CAPSULES = 6
_SECTIONS = ("extraction", "processing", "smart-apps")
_FLAGS = ["--disable-gpu", "--no-sandbox", "--disable-background-networking"]
_LARGEST_PAINT = """() => new Promise((resolve) =>
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime / 1000))
        .observe({type: "largest-contentful-paint", buffered: true}))"""


def measure(directory: Path) -> Iterator[Measure]:
    write_capsules(directory / "capsules")
    with serving(directory, CAPSULIER_MAX_RUNNING="32") as server, sync_playwright() as playwright:
        fill(server)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        cookies = _signed_in(browser, server)
        board, sign_in = [], []
        for _ in range(_VISITS):  # by turns: whatever else the machine does is in both
            sign_in.append(_paint(browser, f"{server.url}/sign-in", []))
            board.append(_paint(browser, f"{server.url}/", cookies))
        browser.close()
    beside = f"sign-in page {ms(p50(sign_in))}"
    yield Measure(f"board of {_JOBS} jobs painted, p50", ms(p50(board)), beside, p50(sign_in) / p50(board), 1 / 2.5)


def write_capsules(directory: Path) -> None:
    """As many technologies as a data team has, all of them Bash in truth."""
    directory.mkdir(parents=True)
    for number in range(_CAPSULES):
        named = f'extends = "bash"\nid = "technology-{number}"\nlabel = "Technology {number}"\n'
        (directory / f"technology-{number}.toml").write_text(named)


def fill(server: Server) -> None:
    """Jobs in every capsule of every section, more than a card shows, each with a full chart."""
    with server.api() as api:
        for number in range(_JOBS):
            draft = {
                "name": f"nightly-load-{number:03}",
                "capsule": f"technology-{number % _CAPSULES}",
                "category": _SECTIONS[number // _CAPSULES % len(_SECTIONS)],
                "command": "exit 1" if number % 9 == 0 else "true",
            }
            job = api.post("/jobs", json=draft).raise_for_status().json()
            for _ in range(_EXECUTIONS):
                api.post(f"/jobs/{job['id']}/run").raise_for_status()
        live = {"status": ["queued", "pending", "running"], "size": 1}
        until(lambda: not api.get("/jobs", params=live).json()["items"], within_s=600, what="the last end")


def _signed_in(browser: Browser, server: Server) -> list[Any]:
    context = browser.new_context()
    context.new_page().goto(server.sign_in_link())
    cookies = list(context.cookies())
    context.close()
    return cookies


def _paint(browser: Browser, url: str, cookies: list[Any]) -> float:
    """Seconds from asking to the largest paint, with nothing in the cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(url)
    page.wait_for_timeout(300)
    painted_s: float = page.evaluate(_LARGEST_PAINT)
    context.close()
    return painted_s
