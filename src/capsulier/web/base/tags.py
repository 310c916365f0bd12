"""Template tags that every page may use without loading them: icons, statuses, names, times, durations, sizes."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from unicodedata import bidirectional

from django.forms import BoundField, Select
from django.template import Context, Engine, Library, Node, NodeList
from django.template.base import Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from capsulier.capsules.shelf import capsules
from capsulier.clock import as_datetime
from capsulier.config import config
from capsulier.core import wording
from capsulier.core.states import Status
from capsulier.web.base.addresses import in_platform
from capsulier.web.base.assets import asset_url

register = Library()

_STATUS_ICONS = {
    Status.SUCCESS: "circle-check",
    Status.FAILED: "circle-x",
    Status.KILLED: "ban",
    Status.QUEUED: "hourglass",
    Status.PENDING: "loader-2",
    Status.RUNNING: "player-play-filled",
    Status.WAITING: "clock-play",
    Status.NEVER: "circle-dashed",
}
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Marks of a User-Agent → what it is called; the first that is there, for most call themselves several."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_TAIL = 8
"""How many characters of a name stay at its end when its middle is cut out."""
_SHORT = 16
_FROM_THE_RIGHT = frozenset({"R", "AL"})
_DATE_AFTER = timedelta(days=60)

Instant = datetime | int | None
"""An aware datetime, or microseconds as the ledger writes them."""


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file of the front end: `{% asset "app.js" %}`."""
    return asset_url(name)


class _Part(Node):
    def __init__(self, nodes: NodeList) -> None:
        self._nodes = nodes

    def render(self, context: Context) -> SafeString:
        return self._nodes.render(context)


@register.tag
def part(parser: Parser, token: Token) -> Node:
    """The nodes of another template, as if they were written here: `{% part "board/last.html" %}`. For what stands in
    hundreds of rows: `include` looks its template up and makes a context of its own every time."""
    _, name = token.split_contents()
    return _Part(Engine.get_default().get_template(name.strip('"')).nodelist)


@register.simple_tag(takes_context=True)
def here(context: Context, path: str) -> str:
    """The address of a page in the platform that is shown: `{% here "/trash" %}`."""
    return in_platform(path, str(context.get("named_platform", "")))


@register.simple_tag
@lru_cache(maxsize=1000)
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing from the sprite, silent to a screen reader: `{% icon "trash" %}`. A word or label belongs beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {classes}" if classes else "",
        asset_url("icons.svg"),
        name,
    )


@register.simple_tag
@lru_cache(maxsize=1000)
def status(value: str, last_outcome: str = "", *, word: str = "shown") -> SafeString:
    """Icon, word and colour of a job's status or an execution's state; `word="hidden"` leaves the word to hover and to
    screen readers. A job that waits shows its last outcome first: `{% status job.status job.last_outcome %}`."""
    kind = Status(value)
    last = mark_safe("")
    if kind is Status.WAITING and last_outcome:
        outcome = Status(last_outcome)
        last = format_html(
            '{}<span class="visually-hidden">{}, </span>',
            icon(_STATUS_ICONS[outcome], f"icon-last status-{outcome.value}"),
            outcome.label,
        )
    title = f"{Status(last_outcome).label}, {kind.label.lower()}" if last else kind.label
    return format_html(
        '<span class="status status-{}"{}>{}{}<span{}>{}</span></span>',
        kind.value,
        format_html(' title="{}"', title) if word == "hidden" else "",
        last,
        icon(_STATUS_ICONS[kind]),
        mark_safe(' class="visually-hidden"') if word == "hidden" else "",
        kind.label,
    )


@register.filter
def status_icon(value: str) -> str:
    return _STATUS_ICONS[Status(value)]


@register.filter
def status_label(value: str) -> str:
    return Status(value).label


@register.filter
def middle_cut(name: str) -> SafeString:
    """A name that loses its middle where there is no room for it, whole on hover: `{{ job.name|middle_cut }}`. One that
    is read from the right loses its end: two parts of it would stand in the wrong order."""
    if len(name) <= _SHORT or any(bidirectional(letter) in _FROM_THE_RIGHT for letter in name):
        return format_html('<span class="name" title="{}"><bdi>{}</bdi></span>', name, name)
    return format_html(
        '<span class="name" title="{}"><bdi>{}</bdi><bdi>{}</bdi></span>', name, name[:-_TAIL], name[-_TAIL:]
    )


@register.filter
def relative(instant: Instant) -> SafeString:
    """ "12 min ago" or "in 2 h", kept true by the page, the exact time on hover: `{{ job.last_ended_us|relative }}`."""
    at = _aware(instant)
    if at is None:
        return mark_safe("")
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        _iso(at),
        f"{at:%-d %b %Y, %H:%M:%S} UTC",
        _distance(at),
    )


@register.filter
def ticking(instant: Instant) -> SafeString:
    """The time since then, counting up: `{{ execution.started_us|ticking }}`."""
    at = _aware(instant)
    if at is None:
        return mark_safe("")
    elapsed_s = max(0, int((datetime.now(UTC) - at).total_seconds()))
    words = wording.duration_in_words(elapsed_s) if elapsed_s else "0 s"
    return format_html('<time data-since="{}">{}</time>', _iso(at), words)


@register.filter
def duration(seconds: float | None) -> str:
    """ "48 s", "1 h 04 min"."""
    return "" if seconds is None else wording.duration_in_words(seconds)


@register.filter
def duration_us(microseconds: int | None) -> str:
    return "" if microseconds is None else wording.duration_in_words(microseconds / 1_000_000)


@register.filter
def roughly(seconds: float) -> str:
    """ "8 min", "2 h"."""
    return wording.roughly(seconds)


@register.filter
def size(size_bytes: int | None) -> str:
    """ "840 kB"."""
    return "" if size_bytes is None else wording.size_in_words(size_bytes)


@register.filter
def capsule_label(capsule_id: str) -> str:
    capsule = capsules(config().data_dir / "capsules").get(capsule_id)
    return capsule.label if capsule else capsule_id


@register.filter
def as_time(instant: Instant) -> datetime | None:
    """An instant of the ledger as a datetime, for `date` and the like."""
    return _aware(instant)


@register.filter
def wall(at: datetime) -> datetime:
    """What the clock shows in its own zone: `date` would show an aware time in the server's. `{{ at|wall|date }}`."""
    return at.replace(tzinfo=None)


@register.filter
def device(user_agent: str) -> str:
    """ "Firefox on Linux", of what a browser calls itself; what is neither known is told as it is."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " on ".join(filter(None, (browser, system))) or user_agent[:60] or "Unknown"


@register.filter
def initials(name: object) -> str:
    """ "AB" for "Ana Bell", "A" for "admin"."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter
def control(field: BoundField) -> SafeString:
    """The control of a form's field, in Tabler's clothes."""
    widget = field.field.widget
    kind = "form-select" if isinstance(widget, Select) else "form-control"
    invalid = " is-invalid" if field.errors else ""
    attrs: dict[str, Any] = {"class": f"{widget.attrs.get('class', '')} {kind}{invalid}".strip()}
    if getattr(field.form, "first_invalid", "") == field.name:
        attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)


@register.filter
def check(field: BoundField) -> SafeString:
    """A box to tick."""
    return field.as_widget(attrs={"class": "form-check-input"})


def _aware(instant: Instant) -> datetime | None:
    return as_datetime(instant) if isinstance(instant, int) else instant


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _distance(at: datetime) -> str:
    away = at - datetime.now(UTC)
    if abs(away) >= _DATE_AFTER:
        return f"{at:%-d %b %Y}"
    seconds = away.total_seconds()
    return wording.until(seconds) if seconds > 0 else wording.ago(-seconds)
