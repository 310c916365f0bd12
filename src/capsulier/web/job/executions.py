"""The executions of a job: filtered, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.core.states import State, Status
from capsulier.services.waiting import waits_of
from capsulier.store.reads.executions import ExecutionFilter, read_executions
from capsulier.web.job.execution_words import TRIGGERS, show_executions
from capsulier.web.job.shell import shell


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; whatever cannot be read is left out."""

    states: tuple[str, ...]
    triggers: tuple[str, ...]
    since: str
    until: str
    before: int | None

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        before = query.get("before", "")
        return cls(
            states=tuple(each for each in State if each in query.getlist("state")),
            triggers=tuple(each for each in TRIGGERS if each in query.getlist("trigger")),
            since=query.get("since", "") if _day(query.get("since", "")) else "",
            until=query.get("until", "") if _day(query.get("until", "")) else "",
            before=int(before) if before.isdecimal() and len(before) < 10 else None,
        )

    @property
    def filter(self) -> ExecutionFilter:
        since, until = _day(self.since), _day(self.until)
        return ExecutionFilter(
            states=self.states,
            triggers=self.triggers,
            since=since,
            until=until + timedelta(days=1) if until else None,
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
    asked = Asked.read(request.GET)
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


def _day(text: str) -> datetime | None:
    """The beginning of that day, UTC."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None
