"""Which job a person means."""

import os
from difflib import get_close_matches
from itertools import islice
from typing import Any

from capsulier.cli.connection import Connection
from capsulier.cli.refusals import Unclear
from capsulier.core.names import name_key

_MOST_NAMES = 1000
"""So many jobs are looked at for a name that is nearly the one that was typed."""


def find_job(connection: Connection, named: str, *, deleted: bool | None = None) -> dict[str, Any]:
    """The job of this name, whatever its case, in the platform that CAPSULIER_PLATFORM names or in any; or the one of
    this id; or `platform/name`. `deleted`: in the trash. Raises Unclear."""
    usual = os.environ.get("CAPSULIER_PLATFORM") or None
    found = _called(connection, named, usual, deleted)
    if not found and named.isascii() and named.isdigit():
        by_id: dict[str, Any] = connection.get(f"jobs/{named}")
        return by_id
    platform, slash, name = named.partition("/")
    if not found and slash and platform in {each["name"] for each in connection.items("platforms")}:
        found = _called(connection, name, platform, deleted)
    if len(found) == 1:
        return found[0]
    if found:
        which = ", ".join(f"{job['platform']}/{job['name']} ({job['id']})" for job in found)
        raise Unclear(f"More than one job is called “{named}”: {which}. Name it with its platform or by its id.")
    hint = _hint(connection, name_key(named.strip()), deleted)
    raise Unclear(f"No job is called “{named}”{' in the trash' if deleted else ''}.{hint}")


def _called(connection: Connection, named: str, platform: str | None, deleted: bool | None) -> list[dict[str, Any]]:
    key = name_key(named.strip())
    jobs = connection.items("jobs", search=named.strip(), platform=platform, deleted=deleted)
    return [job for job in jobs if name_key(job["name"]) == key]


def _hint(connection: Connection, key: str, deleted: bool | None) -> str:
    jobs = islice(connection.items("jobs", deleted=deleted, size=200), _MOST_NAMES)
    names = {name_key(job["name"]): job["name"] for job in jobs}
    near = [f"“{names[each]}”" for each in get_close_matches(key, names, n=3)]
    return f" Did you mean {' or '.join(near)}?" if near else " `capsulier jobs` lists them."
