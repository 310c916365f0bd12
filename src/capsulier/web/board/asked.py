"""What a board's address asks for: search, filters, view, order, page. The address holds the whole state."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.http import QueryDict

from capsulier.core.states import Status
from capsulier.store.reads.board import SORTS
from capsulier.store.reads.jobs import JobFilter


class Chip(NamedTuple):
    """A filter that is on, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Asked:
    search: str = ""
    statuses: tuple[Status, ...] = ()
    capsule: str = ""
    category: str = ""
    is_table: bool = False
    sort: str = "name"
    page: int = 1
    platform: str = ""
    """Its name, where the address has to say which."""
    keep: frozenset[int] = field(default=frozenset())
    """Jobs on the page already: they stay, even where they match no longer."""

    @classmethod
    def read(cls, query: QueryDict, platform: str = "") -> Self:
        """Whatever cannot be read is left out: an address typed by hand still shows a board."""
        statuses = set(query.getlist("status"))
        page = query.get("page", "")
        return cls(
            search=query.get("q", "")[:255].replace("\0", ""),
            statuses=tuple(status for status in Status if status in statuses),
            capsule=query.get("capsule", "")[:63],
            category=query.get("category", "")[:63],
            is_table=query.get("view") == "table",
            sort=query.get("sort", "") if query.get("sort") in SORTS else "name",
            page=int(page) if page.isdecimal() and len(page) < 7 else 1,
            platform=platform,
            keep=frozenset(int(each) for each in query.getlist("job")[:1000] if each.isdecimal() and len(each) < 19),
        )

    @property
    def filter(self) -> JobFilter:
        return JobFilter(self.search, self.statuses, self.capsule, self.category)

    @property
    def url(self) -> str:
        pairs = [
            ("platform", self.platform),
            ("q", self.search.strip()),
            *(("status", status.value) for status in self.statuses),
            ("category", self.category),
            ("capsule", self.capsule),
            ("view", "table" if self.is_table else ""),
            ("sort", "" if self.sort == "name" else self.sort),
            ("page", "" if self.page == 1 else str(self.page)),
        ]
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"/?{query}" if query else "/"

    @property
    def clear_url(self) -> str:
        """The same view of all jobs."""
        return type(self)(is_table=self.is_table, platform=self.platform).url

    def but(self, **changes: Any) -> str:
        """The address with these changes, on its first page unless the page is what changes."""
        return replace(self, **{"page": 1, **changes}).url

    def chips(self, capsule_label: str, category_label: str) -> list[Chip]:
        chips = [
            Chip(status.label, self.but(statuses=tuple(each for each in self.statuses if each is not status)))
            for status in self.statuses
        ]
        if self.capsule:
            words = f"{capsule_label}, {category_label}" if self.category else capsule_label
            chips.append(Chip(words, self.but(capsule="", category="")))
        elif self.category:
            chips.append(Chip(category_label, self.but(category="")))
        return chips
