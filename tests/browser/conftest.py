"""Debian's Chromium, driven by Playwright: a page as on a desk, and one as on a phone."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.manager import Manager
from tests.servers import Server, serving

PATIENCE_MS = 20_000
"""For what has to come: a machine may be busy with other tests. How fast it comes is for `make bench`."""
expect.set_options(timeout=PATIENCE_MS)
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser with a new profile for this folder.

    Playwright's loop runs in this thread until the folder's last test: async tests belong elsewhere, and Django, which
    takes the running loop for async code, is told not to mind.
    """
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "The Debian package chromium is not installed."
        )
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Page]:
    yield from open_page(chromium, viewport={"width": 1440, "height": 900})


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    yield from open_page(chromium, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)


def open_page(browser: Browser, **kind: Any) -> Iterator[Page]:
    """A page without cookies or storage. The test fails if a script on it throws or breaks the content policy."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Paris", **kind)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    troubles: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            troubles.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert not troubles


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running product for this folder; each test makes jobs of its own."""
    with serving(tmp_path_factory.mktemp("manager")) as started:
        yield started


@pytest.fixture(scope="package")
def cookies(server: Server, chromium: Browser) -> list[Any]:
    """Of the administrator, who has come by a one-time link."""
    context = chromium.new_context(timezone_id="Europe/Paris")
    context.new_page().goto(server.sign_in_link())
    found = context.cookies()
    context.close()
    return list(found)


@pytest.fixture
def desk(server: Server, desktop: Page, cookies: list[Any]) -> Manager:
    """The Manager on a desk, signed in."""
    desktop.context.add_cookies(cookies)
    return Manager(server, desktop)


@pytest.fixture
def pocket(server: Server, phone: Page, cookies: list[Any]) -> Manager:
    """The Manager on a phone, signed in."""
    phone.context.add_cookies(cookies)
    return Manager(server, phone)
