"""The time zone of this machine, for schedules whose zone nobody named."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def machine_zone(environment: Mapping[str, str], localtime: Path = Path("/etc/localtime")) -> str:
    """Its IANA name: from TZ, else from where /etc/localtime leads. UTC where neither tells."""
    named = environment.get("TZ", "").removeprefix(":")
    if _is_zone(named):
        return named
    try:
        _, _, linked = str(localtime.readlink()).rpartition("zoneinfo/")
    except OSError:
        return "UTC"
    return linked if _is_zone(linked) else "UTC"


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
