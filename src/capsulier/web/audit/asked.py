"""What the address of the audit trail asks for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict

from capsulier.core.trail import Subject
from capsulier.store.reads.trail import TrailFilter


@dataclass(frozen=True, slots=True)
class Asked:
    who: str
    subject: str
    name: str
    since: str
    """A day, as a browser's field sends it."""
    until: str
    """The last day, included."""
    is_of_all: bool
    """Of the whole installation."""
    zone: str

    @classmethod
    def read(cls, query: QueryDict, zone: str) -> Self:
        subject = query.get("subject", "")
        return cls(
            who=query.get("who", "").replace("\0", "").strip()[:255],
            subject=subject if subject in set(Subject) else "",
            name=query.get("name", "").replace("\0", "").strip()[:255],
            since=query.get("since", ""),
            until=query.get("until", ""),
            is_of_all="all" in query,
            zone=zone,
        )

    @property
    def filter(self) -> TrailFilter:
        return TrailFilter(
            who=self.who,
            subjects=(Subject(self.subject),) if self.subject else (),
            name=self.name,
            since=self._day(self.since),
            until=self._day(self.until, timedelta(days=1)),
        )

    @property
    def is_filtered(self) -> bool:
        return self.filter != TrailFilter()

    def query(self, **more: Any) -> str:
        """For a link to another page of the same."""
        facts = {name: getattr(self, name) for name in ("who", "subject", "name", "since", "until")}
        return urlencode({name: value for name, value in {**facts, "all": self._all, **more}.items() if value})

    def export_query(self, platform: str) -> str:
        """For the API, which takes instants."""
        asked = self.filter
        facts = {
            "who": asked.who,
            "subject": self.subject,
            "name": asked.name,
            "since": asked.since and asked.since.isoformat(),
            "until": asked.until and asked.until.isoformat(),
            "platform": "" if self.is_of_all else platform,
        }
        return urlencode({name: value for name, value in facts.items() if value})

    @property
    def _all(self) -> str:
        return "yes" if self.is_of_all else ""

    def _day(self, text: str, later: timedelta = timedelta()) -> datetime | None:
        try:
            return datetime.combine(date.fromisoformat(text) + later, time(), ZoneInfo(self.zone))
        except (OverflowError, ValueError):
            return None
