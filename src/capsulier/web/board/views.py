from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.capsules.capsule import CATEGORIES, Capsule
from capsulier.capsules.shelf import capsules
from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.states import Status
from capsulier.services.capsule_health import missing_of
from capsulier.services.waiting import waits_of_jobs
from capsulier.store.reads.board import Card, Row, changed_among, count_matching, read_board, read_page, read_rows
from capsulier.store.reads.jobs import count_by_status, jobs_query
from capsulier.web.base.actor import named_platform, platform_of_request
from capsulier.web.base.htmx import wants_part
from capsulier.web.board.asked import Asked
from capsulier.web.board.rows import ShownRow, show_rows, told_progress

_OVERLAP_US = 3_000_000
"""A change is stamped before it is committed: each look goes back behind the one before by so much."""
Shelf = Mapping[str, Capsule]
_ALWAYS_COUNTED = (Status.RUNNING, Status.FAILED, Status.WAITING)


@dataclass(frozen=True, slots=True)
class ShownCard:
    category: str
    capsule: str
    label: str
    icon: str
    colour: str
    total: int
    rows: list[ShownRow]
    all_url: str
    """The table of all its jobs, where the card does not show them all."""
    is_offered: bool
    """New jobs can be made in it."""
    missing: str
    """What its jobs need and this machine lacks, and what to install."""


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A category. The capsules without a job stand together, small."""

    label: str
    used: list[ShownCard]
    unused: list[ShownCard]


@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    """The board; for htmx only its content, with the address that says the same."""
    platform = platform_of_request(request)
    asked = Asked.read(request.GET, named_platform(request))
    context = _content(platform.id, asked)
    if not wants_part(request):
        return render(request, "board/page.html", context)
    response = render(request, "board/content.html", context)
    response.headers["HX-Replace-Url"] = asked.url
    return response


@require_safe
def show_changes(request: HttpRequest) -> HttpResponse:
    """What changed since the page was drawn: the rows concerned, or all where jobs came or went. `job` names the rows
    that it shows, `since` and `total` what it knew."""
    platform = platform_of_request(request)
    asked = Asked.read(request.GET, named_platform(request))
    since_us, total = _number(request.GET.get("since")), _number(request.GET.get("total"))
    at_us = now_us()
    rows = read_rows(platform.id, asked.keep)
    if len(rows) < len(asked.keep) or count_matching(platform.id, asked.filter, asked.keep) != total:
        return render(request, "board/changes.html", {**_content(platform.id, asked), "is_whole": True})
    changed = changed_among(asked.keep, since_us)
    # What a program tells of its progress is in a file: no event says that it changed, so the page looks every 5 s.
    shown = [row for row in rows if row.job.pk in changed or _has_told_since(row, since_us)]
    context = {
        **_counters(count_by_status(jobs_query(platform.id)), asked),
        "rows": show_rows(shown, at_us, waits_of_jobs(row.job for row in shown)),
        "asked": asked,
        "since": at_us - _OVERLAP_US,
        "total": total,
    }
    return render(request, "board/changes.html", context)


def _has_told_since(row: Row, since_us: int) -> bool:
    told = told_progress(row) if row.job.running else None
    return told is not None and told.at_us >= since_us


def _content(platform_id: int, asked: Asked) -> dict[str, Any]:
    at_us = now_us()
    shelf = capsules(config().data_dir / "capsules")
    named = shelf.get(asked.capsule)
    context: dict[str, Any] = {
        "asked": asked,
        "since": at_us - _OVERLAP_US,
        "chips": asked.chips(named.label if named else asked.capsule, CATEGORIES.get(asked.category, asked.category)),
        "blocks_url": asked.but(is_table=False, capsule="", category="", sort="name"),
        "table_url": asked.but(is_table=True),
    }
    if asked.is_table:
        page = read_page(platform_id, asked.filter, at_us, sort=asked.sort, number=asked.page, keep=asked.keep)
        context |= {
            "page": page,
            "rows": show_rows(page.rows, at_us, waits_of_jobs(row.job for row in page.rows)),
            "columns": _columns(asked),
            "previous_url": asked.but(page=page.number - 1) if page.number > 1 else "",
            "next_url": asked.but(page=page.number + 1) if page.number < page.pages else "",
            "total": page.total,
        }
        counts = page.counts
    else:
        board = read_board(platform_id, asked.filter, at_us, keep=asked.keep)
        waits = waits_of_jobs(row.job for card in board.cards.values() for row in card.rows)
        context |= {"sections": _sections(board.cards, shelf, asked, at_us, waits), "total": board.total}
        counts = board.counts
    has_jobs = bool(context["total"]) or jobs_query(platform_id).exists()
    return context | _counters(counts, asked) | {"is_empty": not has_jobs}


def _counters(counts: Mapping[Status, int], asked: Asked) -> dict[str, Any]:
    worst = next((each for each in (Status.FAILED, Status.RUNNING, Status.KILLED, Status.SUCCESS) if counts[each]), "")
    return {
        "counts": [(status, count, status in asked.statuses) for status, count in counts.items()],
        "counters": [
            (status, counts[status], asked.but(statuses=() if asked.statuses == (status,) else (status,)))
            for status in (*_ALWAYS_COUNTED, Status.QUEUED, Status.PENDING)
            if counts[status] or status in _ALWAYS_COUNTED
        ],
        "page_status": worst,
        "is_running": counts[Status.RUNNING] > 0,
    }


def _sections(
    cards: Mapping[tuple[str, str], Card], shelf: Shelf, asked: Asked, at_us: int, waits: Mapping[int, str]
) -> list[ShownSection]:
    """Each category with its capsules; where something is searched for, only those with a match."""
    sections = []
    for category, label in CATEGORIES.items():
        offered = [each.id for each in shelf.values() if asked.filter.is_empty and category in each.categories]
        used = [capsule for of_category, capsule in cards if of_category == category]
        by_label = sorted({*offered, *used}, key=lambda each: shelf[each].label.lower() if each in shelf else each)
        shown = [
            _card(cards.get((category, each)) or Card(category, each), shelf.get(each), asked, at_us, waits)
            for each in by_label
        ]
        if shown:
            sections.append(
                ShownSection(label, [each for each in shown if each.total], [each for each in shown if not each.total])
            )
    return sections


def _card(card: Card, capsule: Capsule | None, asked: Asked, at_us: int, waits: Mapping[int, str]) -> ShownCard:
    return ShownCard(
        category=card.category,
        capsule=card.capsule,
        label=capsule.label if capsule else card.capsule,
        icon=capsule.icon if capsule else "package",
        colour=capsule.colour if capsule else "secondary",
        total=card.total,
        rows=show_rows(card.rows, at_us, waits),
        all_url=asked.but(is_table=True, capsule=card.capsule, category=card.category),
        is_offered=capsule is not None and card.category in capsule.categories,
        missing=" ".join(missing_of(capsule)) if capsule else "",
    )


def _columns(asked: Asked) -> list[dict[str, str]]:
    """The sortable columns: their label, how they are sorted now, and the address that sorts by them."""
    columns = []
    for key, label, descends_first in (
        ("status", "Status", False),
        ("name", "Name", False),
        ("capsule", "Capsule", False),
        ("last", "Last execution", True),
        ("next", "Next run", False),
    ):
        up, down = key, f"-{key}"
        now = {up: "ascending", down: "descending"}.get(asked.sort, "")
        other = {up: down, down: up}.get(asked.sort, down if descends_first else up)
        columns.append({"key": key, "label": label, "sorted": now, "url": asked.but(sort=other)})
    return columns


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
