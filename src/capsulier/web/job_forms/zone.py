"""In which time zone a form begins: that of the browser, which tells it in a cookie."""

from urllib.parse import unquote
from zoneinfo import available_timezones

from django.http import HttpRequest

from capsulier.core.errors import CapsulierError
from capsulier.core.zones import check_zone


def zone_of_request(request: HttpRequest) -> str:
    try:
        return check_zone(unquote(request.COOKIES.get("timezone", "")))
    except CapsulierError:
        return "UTC"


def zone_names() -> list[str]:
    """To choose from: the places, and UTC."""
    return ["UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))]
