"""Giving a job its schedule, changing it, pausing it, taking it away."""

from typing import Any

from capsulier.clock import as_datetime, as_us, now_us
from capsulier.core.catch_up import CatchUp
from capsulier.core.schedule import next_fire
from capsulier.ledger.firing import show_next_fires
from capsulier.ledger.wake import CONDUCTOR, PAGES, wake
from capsulier.services.drafts import ScheduleDraft
from capsulier.services.resume_schedule import let_go_on
from capsulier.services.settle_fires import settle_fires
from capsulier.store.models import Job, Schedule


def set_schedule(job: Job, draft: ScheduleDraft | None) -> None:
    """Make this the schedule of a locked job, from now on; None takes it away. Part of the caller's transaction.

    A schedule that says what it said before goes on as it was: its count of starts, its place in time. One that says
    something new begins anew.
    """
    settle_fires(job)
    at_us = now_us()
    current = Schedule.objects.filter(job=job).first()
    if draft is None:
        if current:
            current.delete()
        show_next_fires({job.id: None}, at_us)
    elif current is None or schedule_facts(current) | {"paused": draft.paused} != _draft_facts(draft):
        first = next_fire(draft.parsed(), as_datetime(at_us))
        next_us = as_us(first) if first else None
        Schedule.objects.update_or_create(
            job=job,
            defaults={**_draft_facts(draft), "started": 0, "accounted_us": at_us, "next_fire_us": next_us},
        )
        show_next_fires({job.id: None if draft.paused else next_us}, at_us)
    elif current.paused and not draft.paused:
        let_go_on(job, CatchUp(job.catch_up))
    elif draft.paused and not current.paused:
        Schedule.objects.filter(job=job).update(paused=True)
        show_next_fires({job.id: None}, at_us)
    wake(CONDUCTOR, PAGES)


def schedule_facts(schedule: Schedule | None) -> dict[str, Any]:
    """What the schedule says, for comparing, copying and the audit trail."""
    if schedule is None:
        return {}
    return {name: getattr(schedule, name) for name in ("repeat", "cron", "timezone", "until", "paused")}


def schedule_draft(schedule: Schedule | None) -> ScheduleDraft | None:
    return ScheduleDraft(**schedule_facts(schedule)) if schedule else None


def _draft_facts(draft: ScheduleDraft) -> dict[str, Any]:
    """With the text as the parser writes it, so that equal schedules compare equal."""
    facts = {name: getattr(draft, name) for name in ("repeat", "cron", "timezone", "until", "paused")}
    return facts | {"repeat" if draft.repeat else "cron": draft.parsed().text}
