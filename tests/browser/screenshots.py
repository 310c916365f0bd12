"""Takes pictures of every page, on a desk, on a phone and in the dark: `python -m tests.browser.screenshots`.

They land in screenshots/. Words on the command line choose pages by the beginnings of their names. With --docs the
pictures of the documentation are taken instead, into docs/images/.
"""

import argparse
import os
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.scene.pages import SHOWN, WITHOUT_SESSION, Shown
from tests.browser.scene.programs import write_capsules, write_home
from tests.servers import serving

ROOT = Path(__file__).parents[2]
FLAGS = ["--disable-gpu", "--no-sandbox", "--hide-scrollbars", "--disable-background-networking"]

Kind = Mapping[str, Any]
DESK: Kind = {"viewport": {"width": 1440, "height": 900}}
PHONE: Kind = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DEVICES: Mapping[str, Kind] = {"desk": DESK, "phone": PHONE, "dark": {**DESK, "color_scheme": "dark"}}
TALLEST = 1500
"""Longer pages are cut here."""

SMALL: Kind = {"viewport": {"width": 1200, "height": 760}}
BOARD: Kind = {**DESK, "device_scale_factor": 0.75}
DOCS: Mapping[str, tuple[str, Kind]] = {
    "board": ("board", BOARD),
    "board-phone": ("board", PHONE),
    "job": ("job", SMALL),
    "log": ("log", SMALL),
    "new-job": ("new-schedule", {"viewport": {"width": 1200, "height": 1310}, "device_scale_factor": 0.8}),
    "activity": ("activity-short", SMALL),
    "dark": ("board", {**BOARD, "color_scheme": "dark"}),
}
"""Name of the file → name of the page, and on what."""
LARGEST_BYTES = 150_000


@dataclass(frozen=True)
class Camera:
    """A browser before a platform that was made for pictures."""

    browser: Browser
    url: str
    cookies: list[Any]
    places: Mapping[str, int]

    def page(self, kind: Kind, *, signed_in: bool = True) -> Page:
        context = self.browser.new_context(locale="en-GB", timezone_id="Europe/Paris", reduced_motion="reduce", **kind)
        if signed_in:
            context.add_cookies(self.cookies)
        page = context.new_page()
        page.on("pageerror", lambda error: print(f"{page.url}: {error}"))
        page.goto(self.url)  # which tells the server the time zone
        return page

    def show(self, page: Page, shown: Shown) -> None:
        page.goto(self.url + shown.path.format(**self.places))
        page.wait_for_timeout(400)  # live parts and the lines of a log come after the page
        if shown.keys:
            page.keyboard.press(shown.keys[0])
            page.keyboard.type(shown.keys[1])
        if shown.press and (wanted := page.locator(shown.press.format(**self.places)).first).is_visible():
            wanted.click()
        if shown.keys or shown.press:
            page.wait_for_timeout(700)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--docs", action="store_true")
    asked.add_argument("pages", nargs="*")
    options = asked.parse_args()
    with camera() as taker:
        if options.docs:
            take_for_docs(taker)
        else:
            take_all(taker, tuple(options.pages) or ("",))


@contextmanager
def camera() -> Iterator[Camera]:
    with tempfile.TemporaryDirectory(prefix="capsulier-") as directory:  # a short name: it is to be seen in the logs
        os.environ["CAPSULIER_DATA_DIR"] = directory
        home = Path(directory) / "home"
        write_home(home)
        write_capsules(Path(directory) / "capsules")
        with serving(Path(directory), HOME=str(home), PATH=f"{home}/bin:{os.environ['PATH']}") as server:
            from capsulier.operations.setup import open_installation  # noqa: PLC0415

            open_installation()
            from tests.browser.scene.platform import make_platform, places, sign_in_path  # noqa: PLC0415

            path, found = sign_in_path(make_platform()), places()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                context = browser.new_context()
                context.new_page().goto(server.url + path)
                yield Camera(browser, server.url, list(context.cookies()), found)


def take_all(taker: Camera, beginnings: tuple[str, ...]) -> None:
    for device, kind in DEVICES.items():
        page, stranger = taker.page(kind), taker.page(kind, signed_in=False)
        for shown in SHOWN:
            if shown.name.startswith(beginnings):
                one = stranger if shown.view in WITHOUT_SESSION else page
                taker.show(one, shown)
                take(one, ROOT / "screenshots" / device / f"{shown.name}.png", is_whole=not shown.press)


def take(page: Page, target: Path, *, is_whole: bool) -> None:
    """The whole page, or what is seen of it; and say if it can be moved sideways."""
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollHeight]")
    window = page.viewport_size or {"width": 0}
    if width > window["width"]:
        print(f"{target.relative_to(ROOT)}: scrolls sideways, {width} px wide")
    clip: Any = {"x": 0, "y": 0, "width": window["width"], "height": min(height, TALLEST)}
    page.screenshot(path=target, **({"full_page": True, "clip": clip} if is_whole else {}))


def take_for_docs(taker: Camera) -> None:
    by_name = {shown.name: shown for shown in SHOWN}
    too_large = []
    for name, (shown, kind) in DOCS.items():
        page = taker.page(kind)
        taker.show(page, by_name[shown])
        target = ROOT / "docs" / "images" / f"{name}.png"
        target.parent.mkdir(exist_ok=True)
        size = target.write_bytes(packed(page.screenshot()))
        print(f"{name}.png: {size / 1000:.0f} kB")
        too_large += [name] if size > LARGEST_BYTES else []
    if too_large:
        sys.exit(f"Too large for the documentation: {', '.join(too_large)}")


def packed(png: bytes) -> bytes:
    """The same picture, deflated as well as zlib can: Chromium is quick about it."""
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        chunks[kind] = chunks.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += length + 12
    chunks[b"IDAT"] = zlib.compress(zlib.decompress(chunks[b"IDAT"]), 9)
    return png[:8] + b"".join(
        struct.pack(">I", len(chunks[kind])) + kind + chunks[kind] + struct.pack(">I", zlib.crc32(kind + chunks[kind]))
        for kind in (b"IHDR", b"IDAT", b"IEND")
    )


if __name__ == "__main__":
    main()
