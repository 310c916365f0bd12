"""The fire ledger of a job: what became of every instant that its schedule was due at, and why at a given one."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.clock import as_us
from capsulier.core.why import stretch_of
from capsulier.services.why_fire import why_at, zone_of
from capsulier.store.reads.fires import read_fires
from capsulier.web.activity.fires import show_fire
from capsulier.web.job.shell import shell

_RAN = {"ran": True, "not": False}
_YEARS = range(1971, 9000)


@require_safe
def show_fires(request: HttpRequest, job_id: int) -> HttpResponse:
    """The whole page, or with `part` only its list. With `at`, a wall-clock time in the zone of the schedule, it begins
    with the answer for that moment, and the list goes back from there."""
    context = shell(request, job_id, "fires")
    job, zone = context["job"], zone_of(context["head"].schedule)
    ran, before = request.GET.get("ran", ""), request.GET.get("before", "")
    asked, at = request.GET.get("at", ""), _moment(request.GET.get("at", ""), zone)
    page = read_fires(
        job.platform_id,
        ran=_RAN.get(ran),
        job_id=job.pk,
        until_us=as_us(stretch_of(at)[1]) if at else None,
        before=before,
    )
    choices = (("", "All"), ("ran", "Ran"), ("not", "Did not run"))
    query = {"ran": ran, "at": asked if at else ""}
    context |= {
        "zone": zone.key,
        "asked": asked,
        "at": at,
        "is_unclear": bool(asked) and at is None,
        "why": why_at(job, at) if at else None,
        "fires": [show_fire(each, zone) for each in page.items],
        "choices": [(label, key == ran, _url(job_id, query | {"ran": key})) for key, label in choices],
        "older": _url(job_id, query | {"before": page.next}) if page.next else "",
        "newest": _url(job_id, {"ran": ran}) if before or at else "",
        "is_live": not (before or at),
        "is_all": not ran,
    }
    return render(request, "job/fires_list.html" if "part" in request.GET else "job/fires.html", context)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """As a browser sends it: 2026-11-24T03:00. None where it cannot be read."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)) if at.year in _YEARS else None


def _url(job_id: int, query: dict[str, Any]) -> str:
    given = urlencode({key: value for key, value in query.items() if value})
    return f"/jobs/{job_id}/fires?{given}" if given else f"/jobs/{job_id}/fires"
