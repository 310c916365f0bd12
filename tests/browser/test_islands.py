"""The scripts of the front end, each on a page of a few lines, under the policy `default-src 'self'`."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import find_barriers
from tests.browser.site import FILES, Answer, Site, serve_site
from tests.servers import until

pytestmark = pytest.mark.browser


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_site() as site:
        yield site


def ago(**distance: float) -> str:
    return (datetime.now(UTC) - timedelta(**distance)).isoformat()


# Theme


def test_the_theme_follows_the_system_until_a_person_chooses(site: Site, desktop: Page) -> None:
    desktop.emulate_media(color_scheme="dark")
    desktop.goto(site.page("<button data-theme-switch>Dark mode</button>"))
    html, button = desktop.locator("html"), desktop.get_by_role("button")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    button.click()
    expect(html).to_have_attribute("data-bs-theme", "light")
    expect(button).to_have_attribute("aria-pressed", "false")
    desktop.reload()
    expect(html).to_have_attribute("data-bs-theme", "light")
    button.click()
    desktop.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-bs-theme", "light")  # back with the system


# Times


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        ({"minutes": 12, "seconds": 30}, "12 min ago"),
        ({"hours": 3, "minutes": 59}, "3 h ago"),
        ({"hours": 47, "minutes": 30}, "1 day ago"),
        ({"days": 3}, "3 days ago"),
        ({"hours": -2, "seconds": -30}, "in 2 h"),
    ],
)
def test_a_time_is_told_relative_to_now(site: Site, desktop: Page, distance: dict[str, float], words: str) -> None:
    desktop.goto(site.page(f'<time datetime="{ago(**distance)}" data-relative>then</time>'))
    expect(desktop.locator("time")).to_have_text(words)
    expect(desktop.locator("time")).to_have_attribute("title", re.compile(r"\d{4}.*\d\d:\d\d:\d\d"))


def test_a_running_time_counts(site: Site, desktop: Page) -> None:
    desktop.goto(site.page(f'<time data-since="{ago(seconds=58.5)}"></time>'))
    time = desktop.locator("time")
    expect(time).to_have_text(re.compile("^5[89] s$"))
    expect(time).to_have_text(re.compile("^1 min( 0. s)?$"))


# Live


LIVE_PART = '<p id="part" hx-get="/part" hx-trigger="job:12 from:body, healed from:body">old</p>'
AWAY = '<div id="away" class="away" role="status" hidden>The server is away. Trying again…</div>'


def test_a_hint_refreshes_only_the_part_it_is_about(site: Site, desktop: Page) -> None:
    site.answers["/part"] = Answer("new")
    site.answers["/other"] = Answer("new")
    other = '<p id="other" hx-get="/other" hx-trigger="job:13 from:body">old</p>'
    desktop.goto(site.page(LIVE_PART + other, attributes='data-events="/events"'))
    expect(desktop.locator("#part")).to_have_text("new")  # the stream has opened
    site.answers["/part"] = Answer("newer")
    site.events.put(json.dumps({"jobs": [12], "executions": [81]}))
    expect(desktop.locator("#part")).to_have_text("newer")
    expect(desktop.locator("#other")).to_have_text("old")


def test_a_burst_of_hints_is_few_requests_and_the_last_one_counts(site: Site, desktop: Page) -> None:
    site.answers["/part"] = Answer("new")
    desktop.goto(site.page(LIVE_PART, attributes='data-events="/events"'))
    expect(desktop.locator("#part")).to_have_text("new")
    before = len(site.asked("/part"))
    for _ in range(50):
        site.events.put('{"jobs": [12]}')
    site.answers["/part"] = Answer("last")
    site.events.put('{"jobs": [12]}')
    expect(desktop.locator("#part")).to_have_text("last")
    assert len(site.asked("/part")) - before <= 3


@pytest.mark.parametrize("away", ["answers 502", "hangs up"])
def test_a_cut_stream_heals_by_itself_and_the_page_asks_anew(
    site: Site, desktop: Page, away: Literal["answers 502", "hangs up"]
) -> None:
    site.answers["/part"] = Answer("new")
    desktop.goto(site.page(AWAY + LIVE_PART, attributes='data-events="/events"'))
    expect(desktop.locator("#part")).to_have_text("new")
    site.away = away
    site.events.put(None)
    expect(desktop.locator("#away")).to_be_visible()
    site.answers["/part"] = Answer("after")
    site.away = ""
    expect(desktop.locator("#away")).to_be_hidden()
    expect(desktop.locator("#part")).to_have_text("after")


# Requests and toasts


def test_a_post_carries_the_csrf_token_and_its_answer_may_say_a_toast_with_undo(site: Site, desktop: Page) -> None:
    toast = {"toast": {"text": "Deleted crm-export.", "undo": "/restore"}}
    site.answers["/delete"] = Answer("", headers={"HX-Trigger": json.dumps(toast)})
    site.answers["/restore"] = Answer("", 204)
    desktop.goto(site.page('<button hx-post="/delete" hx-swap="none">Delete</button>'))
    desktop.get_by_role("button", name="Delete").click()
    expect(desktop.locator("#toasts-polite")).to_contain_text("Deleted crm-export.")
    assert site.asked("/delete")[0].headers["X-CSRFToken"] == "t0ken"
    assert not find_barriers(desktop)
    desktop.get_by_role("button", name="Undo").click()
    expect(desktop.locator(".toast")).to_have_count(0)
    assert until(lambda: site.asked("/restore"))[0].headers["X-CSRFToken"] == "t0ken"


@pytest.mark.parametrize(("status", "words"), [(500, "failed"), (403, "role"), (404, "not here")])
def test_a_refusal_leaves_the_page_as_it_was_and_says_why(site: Site, desktop: Page, status: int, words: str) -> None:
    site.answers["/run"] = Answer("<h1>A page for another occasion</h1>", status)
    desktop.goto(site.page('<button hx-post="/run">Run</button>'))
    desktop.get_by_role("button", name="Run").click()
    expect(desktop.locator("#toasts-assertive")).to_contain_text(words)
    expect(desktop.get_by_role("button", name="Run")).to_have_text("Run")


def test_a_message_in_the_page_becomes_a_toast(site: Site, desktop: Page) -> None:
    desktop.goto(site.page('<div data-toast data-level="danger">The name is taken.</div>'))
    toast = desktop.locator("#toasts-assertive .toast")
    expect(toast).to_have_text("The name is taken.")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


# Search and palette


def test_the_slash_goes_to_the_search_box_unless_one_is_typing(site: Site, desktop: Page) -> None:
    desktop.goto(site.page('<input data-search aria-label="Search"><textarea aria-label="Notes"></textarea>'))
    desktop.keyboard.press("/")
    expect(desktop.get_by_label("Search")).to_be_focused()
    desktop.get_by_label("Notes").focus()
    desktop.keyboard.press("/")
    expect(desktop.get_by_label("Notes")).to_have_value("/")


def test_the_palette_is_worked_by_keyboard_alone(site: Site, desktop: Page) -> None:
    entries = [
        {"label": "crm-export", "hint": "job", "href": "/jobs/12"},
        {"label": "Run crm-export", "post": "/run/12"},
    ]
    site.answers["/palette"] = Answer(json.dumps(entries), kind="application/json")
    site.page("Ran", path="/run/12")
    desktop.goto(site.page("<p>Board</p>"))
    desktop.keyboard.press("Control+k")
    options = desktop.get_by_role("option")
    expect(options).to_have_count(2)
    assert not find_barriers(desktop)
    desktop.keyboard.type("crm")
    desktop.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("main")).to_contain_text("Ran")
    assert b"csrfmiddlewaretoken=t0ken" in site.asked("/run/12")[0].body


def test_enter_waits_for_the_answer_to_what_was_typed(site: Site, desktop: Page) -> None:
    site.answers["/palette"] = Answer('[{"label": "Everything", "href": "/everything"}]', kind="application/json")
    site.page("Prices", path="/jobs/13")
    desktop.goto(site.page("<p>Board</p>"))
    desktop.keyboard.press("Control+k")
    expect(desktop.get_by_role("option")).to_have_text("Everything")
    site.answers["/palette"] = Answer('[{"label": "prices", "href": "/jobs/13"}]', kind="application/json")
    desktop.keyboard.type("pri")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("main")).to_contain_text("Prices")


def test_escape_closes_the_palette(site: Site, desktop: Page) -> None:
    site.answers["/palette"] = Answer("[]", kind="application/json")
    desktop.goto(site.page("<button data-palette>Go to…</button>"))
    desktop.get_by_role("button").click()
    expect(desktop.get_by_role("dialog")).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.get_by_role("dialog")).to_have_count(0)


# Upload


FORM = """<form method="post" action="/create" enctype="multipart/form-data">
  <label for="file">Package</label>
  <div data-upload data-url="/packages">
    <input type="hidden" name="package" {hidden}><input type="file" id="file" name="package_file">
  </div><button>Create</button></form>"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "nightly.zip"
    path.write_bytes(b"PK" + bytes(12_345))
    return path


def test_a_chosen_package_goes_up_at_once_and_the_form_carries_its_id(site: Site, desktop: Page, package: Path) -> None:
    site.answers["/packages"] = Answer('{"id": 17}', 201, "application/json")
    site.page("Created", path="/create")
    desktop.goto(site.page(FORM.format(hidden="")))
    desktop.get_by_label("Package").set_input_files(package)
    expect(desktop.locator(".upload-row")).to_contain_text("nightly.zip12 kB")
    # The row is there before the server has been asked.
    upload = until(lambda: site.asked("/packages"))[0]
    assert upload.headers["X-CSRFToken"] == "t0ken"
    assert b'name="file"; filename="nightly.zip"' in upload.body
    desktop.get_by_role("button", name="Create").click()
    expect(desktop.locator("main")).to_contain_text("Created")
    body = site.asked("/create")[0].body
    assert b"17" in body
    assert b"PK" not in body


def test_a_dropped_package_goes_up_like_a_chosen_one(site: Site, desktop: Page) -> None:
    site.answers["/packages"] = Answer('{"id": 17}', 201, "application/json")
    desktop.goto(site.page(FORM.format(hidden="")))
    desktop.locator("[data-upload]").evaluate(
        """zone => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["PK"], "nightly.zip"));
            for (const name of ["dragover", "drop"])
                zone.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
        }"""
    )
    expect(desktop.locator("input[name=package]")).to_have_value("17")


def test_a_refused_package_says_why_and_can_be_sent_again(site: Site, desktop: Page, package: Path) -> None:
    problem = {"title": "Too large", "detail": "The package is larger than 5 GB."}
    site.answers["/packages"] = Answer(json.dumps(problem), 413, "application/problem+json")
    desktop.goto(site.page(FORM.format(hidden="")))
    desktop.get_by_label("Package").set_input_files(package)
    expect(desktop.locator(".upload-row")).to_contain_text("larger than 5 GB")
    site.answers["/packages"] = Answer('{"id": 18}', 201, "application/json")
    desktop.get_by_role("button", name="Try again").click()
    expect(desktop.locator("input[name=package]")).to_have_value("18")
    assert not find_barriers(desktop)


def test_a_form_that_failed_its_check_keeps_the_package(site: Site, desktop: Page) -> None:
    desktop.goto(site.page(FORM.format(hidden='value="17" data-name="nightly.zip" data-size="12347"')))
    row = desktop.locator(".upload-row")
    expect(row).to_contain_text("nightly.zip12 kB")
    row.get_by_role("button", name="Remove").click()
    expect(desktop.locator("input[name=package]")).to_have_value("")
    expect(desktop.get_by_label("Package")).to_be_visible()


# Favicon and icons


def test_the_favicon_carries_the_worst_status_also_after_a_change(site: Site, desktop: Page) -> None:
    site.answers["/part"] = Answer('<i data-page-status="running"></i>')
    body = '<button hx-get="/part" hx-target="#part">More</button><div id="part"></div>'
    desktop.goto(site.page(body, head='<meta name="page-status" content="failed">'))
    icon = desktop.locator("link[rel=icon]")
    expect(icon).to_have_attribute("href", re.compile(re.escape(FILES["favicon-failed.svg"])))
    desktop.get_by_role("button").click()
    expect(icon).to_have_attribute("href", re.compile(re.escape(FILES["favicon-running.svg"])))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_status_can_be_read_in_both_themes(site: Site, desktop: Page, theme: str) -> None:
    desktop.emulate_media(color_scheme=theme)
    statuses = ["success", "failed", "killed", "queued", "pending", "running", "waiting", "never"]
    rows = "".join(f'<p class="card"><span class="status status-{status}">{status}</span></p>' for status in statuses)
    desktop.goto(site.page(rows))
    assert not find_barriers(desktop)
    colours = desktop.locator(".status").evaluate_all("spans => spans.map(span => getComputedStyle(span).color)")
    assert len(set(colours)) == len(statuses)
