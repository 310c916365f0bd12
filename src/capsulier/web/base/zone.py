"""In which time zone a person reads and writes times: the one they chose for themselves, else their browser's."""

from urllib.parse import unquote
from zoneinfo import available_timezones

from django.http import HttpRequest

from capsulier.core.errors import CapsulierError
from capsulier.core.zones import check_zone


def zone_of_request(request: HttpRequest) -> str:
    own = getattr(request.user, "timezone", "")
    return _known(own) or zone_of_browser(request) or "UTC"


def zone_of_browser(request: HttpRequest) -> str:
    """As it tells in a cookie; empty where it does not."""
    return _known(unquote(request.COOKIES.get("timezone", "")))


def zone_names() -> list[str]:
    """To choose from: the places, and UTC."""
    return ["UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))]


def _known(name: str) -> str:
    """The name, if it is (still) one of a zone."""
    try:
        return check_zone(name)
    except CapsulierError:
        return ""
