"""The executions of a job: filtered, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.core.states import State, Status
from capsulier.services.trigger_words import TRIGGERS
from capsulier.services.waiting import waits_of
from capsulier.store.reads.executions import ExecutionFilter, read_executions
from capsulier.web.base.zone import zone_of_request
from capsulier.web.job.execution_words import show_executions
from capsulier.web.job.shell import shell


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; whatever cannot be read is left out."""

    states: tuple[str, ...]
    triggers: tuple[str, ...]
    since: str
    until: str
    before: int | None
    zone: str
    """The days are those of a clock in it."""

    @classmethod
    def read(cls, query: QueryDict, zone: str) -> "Asked":
        before = query.get("before", "")
        return cls(
            states=tuple(each for each in State if each in query.getlist("state")),
            triggers=tuple(each for each in TRIGGERS if each in query.getlist("trigger")),
            since=query.get("since", "") if _day(query.get("since", ""), zone) else "",
            until=query.get("until", "") if _day(query.get("until", ""), zone) else "",
            before=int(before) if before.isdecimal() and len(before) < 10 else None,
            zone=zone,
        )

    @property
    def filter(self) -> ExecutionFilter:
        return ExecutionFilter(
            states=self.states,
            triggers=self.triggers,
            since=_day(self.since, self.zone),
            until=_day(self.until, self.zone, timedelta(days=1)),
        )

    def query(self, **changes: Any) -> str:
        """These filters as the query of an address."""
        facts: Mapping[str, Any] = {
            "state": self.states,
            "trigger": self.triggers,
            "since": self.since,
            "until": self.until,
            "before": self.before,
            **changes,
        }
        return urlencode({name: value for name, value in facts.items() if value}, doseq=True)


@require_safe
def show_executions_of_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The whole page, or with `part` only its table."""
    context = shell(request, job_id, "executions")
    asked = Asked.read(request.GET, zone_of_request(request))
    page = read_executions(context["job"], asked.filter, asked.before)
    context |= {
        "asked": asked,
        "rows": show_executions(page.items, waits_of(page.items)),
        "next_query": asked.query(before=page.next) if page.next else "",
        "first_query": asked.query(before=None),
        "this_query": asked.query(),
        "states": [(state.value, Status(state.value).label, state in asked.states) for state in State],
        "triggers": [(each, label, each in asked.triggers) for each, label in TRIGGERS.items()],
        "is_filtered": not asked.filter.is_empty,
    }
    return render(request, "job/executions_table.html" if "part" in request.GET else "job/executions.html", context)


def _day(text: str, zone: str, later: timedelta = timedelta()) -> datetime | None:
    """The beginning of that day, or of a later one, in this zone."""
    try:
        return datetime.combine(date.fromisoformat(text) + later, time(), ZoneInfo(zone))
    except (OverflowError, ValueError):
        return None
