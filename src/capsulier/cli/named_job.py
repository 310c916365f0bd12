"""Which job a person means."""

from difflib import get_close_matches
from itertools import islice
from typing import Any

from capsulier.cli.connection import Connection
from capsulier.cli.refusals import Unclear
from capsulier.core.names import name_key

_MOST_NAMES = 1000
"""So many jobs are looked at for a name that is nearly the one that was typed."""


def find_job(connection: Connection, named: str, *, deleted: bool | None = None) -> dict[str, Any]:
    """The job of this name, whatever its case, or else of this id. `deleted`: in the trash. Raises Unclear."""
    key = name_key(named.strip())
    found = [
        job for job in connection.items("jobs", search=named.strip(), deleted=deleted) if name_key(job["name"]) == key
    ]
    if len(found) == 1:
        return found[0]
    if found:
        which = ", ".join(f"{job['id']} ({job['platform']})" for job in found)
        raise Unclear(f"More than one job is called “{named}”: {which}. Name it by its id.")
    if named.isascii() and named.isdigit():
        by_id: dict[str, Any] = connection.get(f"jobs/{named}")
        return by_id
    raise Unclear(f"No job is called “{named}”{' in the trash' if deleted else ''}.{_hint(connection, key, deleted)}")


def _hint(connection: Connection, key: str, deleted: bool | None) -> str:
    jobs = islice(connection.items("jobs", deleted=deleted, size=200), _MOST_NAMES)
    names = {name_key(job["name"]): job["name"] for job in jobs}
    near = [f"“{names[each]}”" for each in get_close_matches(key, names, n=3)]
    return f" Did you mean {' or '.join(near)}?" if near else " `capsulier jobs` lists them."
