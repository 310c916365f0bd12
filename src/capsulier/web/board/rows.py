"""A job as a line of the board or of its table, ready to be drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from capsulier.core.states import ENDED, State
from capsulier.core.wording import roughly
from capsulier.services.progress import Progress, read_progress
from capsulier.store.models import Job
from capsulier.store.reads.board import Row
from capsulier.store.reads.latest import Recent
from capsulier.web.board.bars import draw_bars


@dataclass(frozen=True, slots=True)
class ShownRow:
    job: Job
    id: str
    """Of the job, as text: a template would put each number into the forms of its language."""
    bars: SafeString
    last: Recent | None
    last_at_us: int | None
    """When its last execution ended, or, while it lives, began or was queued."""
    lasted_us: int | None
    """Of an ended one."""
    is_paused: bool
    waits: str
    """What its queue waits for; empty where it has none."""
    part_done: int | None
    """In percent, where its program tells."""
    progress_words: str


def told_progress(row: Row) -> Progress | None:
    """How far the newest execution of it that runs says it is."""
    running = _running(row)
    return read_progress(running.as_model()) if running else None


def _running(row: Row) -> Recent | None:
    return next((each for each in reversed(row.recent) if each.state == State.RUNNING), None)


def _progress(row: Row) -> dict[str, Any]:
    running, told = _running(row), told_progress(row)
    if running is None or told is None or told.value is None:
        return {"part_done": None, "progress_words": ""}
    left_us = told.left_us(running.started_us) if running.started_us else None
    left = f"about {roughly(left_us / 1_000_000)} left" if left_us else ""
    return {"part_done": round(told.value * 100), "progress_words": ", ".join(filter(None, (told.note, left)))}


def show_row(row: Row, now_us: int, waits: str) -> ShownRow:
    last = row.last
    has_ended = last is not None and State(last.state) in ENDED
    return ShownRow(
        job=row.job,
        id=str(row.job.pk),
        bars=draw_bars(row.recent, now_us),
        last=last,
        last_at_us=(last.ended_us or last.started_us or last.queued_us) if last else None,
        lasted_us=last.ended_us - last.started_us if last and has_ended and last.ended_us and last.started_us else None,
        is_paused=row.is_paused,
        waits=waits,
        **_progress(row),
    )


def show_rows(rows: Iterable[Row], now_us: int, waits: Mapping[int, str]) -> list[ShownRow]:
    """`waits` are the answers of `services.waiting`, by job."""
    return [show_row(row, now_us, waits.get(row.job.pk, "")) for row in rows]
