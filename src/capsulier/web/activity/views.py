from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.capsules.shelf import capsules
from capsulier.clock import as_datetime, now_us
from capsulier.config import config
from capsulier.services.finding import find_job
from capsulier.store.models import Platform
from capsulier.store.reads.activity import is_busy, read_timeline
from capsulier.store.reads.busy_timeline import Stretch, read_busy_timeline
from capsulier.store.reads.fires import read_fires
from capsulier.web.activity.coming import show_coming
from capsulier.web.activity.fires import show_fire
from capsulier.web.activity.scale import ZOOMS, Zoom
from capsulier.web.activity.timeline import Drawing, draw_busy_timeline, draw_timeline
from capsulier.web.base.actor import actor_of_request, named_platform, platform_of_request
from capsulier.web.base.zone import zone_of_request

_RAN = {"ran": True, "not": False}


@require_safe
def show_activity(request: HttpRequest) -> HttpResponse:
    """The whole page, or the part of it that `part` names: timeline, coming, fires."""
    platform = platform_of_request(request)
    parts = {"timeline": _timeline, "coming": _coming, "fires": _fires}
    part = request.GET.get("part", "")
    if part in parts:
        return render(request, f"activity/{part}.html", parts[part](request, platform))
    context: dict[str, Any] = {}
    for make in parts.values():
        context |= make(request, platform)
    return render(request, "activity/page.html", context)


def _timeline(request: HttpRequest, platform: Platform) -> dict[str, Any]:
    zoom = ZOOMS.get(request.GET.get("zoom", ""), ZOOMS["24h"])
    by_capsule = request.GET.get("by") == "capsule"
    at_us = now_us()
    until_us = _until_us(request, at_us)
    span_us = zoom.span_us
    is_now = until_us >= at_us
    return {
        "zoom": zoom,
        "by_capsule": by_capsule,
        "drawing": _draw(request, platform, zoom, until_us, at_us, by_capsule=by_capsule),
        "zooms": [(each, _url(request, zoom=each.key)) for each in ZOOMS.values()],
        "lane_choices": [
            ("Jobs", not by_capsule, _url(request, by="")),
            ("Capsules", by_capsule, _url(request, by="capsule")),
        ],
        "since": as_datetime(until_us - span_us),
        "until": as_datetime(until_us),
        "earlier_url": _url(request, until=as_datetime(until_us - span_us).isoformat(timespec="seconds")),
        "later_url": "" if is_now else _later(request, until_us + span_us, at_us),
        "now_url": "" if is_now else _url(request, until=""),
        "part_url": _url(request, part="timeline"),
    }


def _draw(
    request: HttpRequest, platform: Platform, zoom: Zoom, until_us: int, at_us: int, *, by_capsule: bool
) -> Drawing:
    since_us = until_us - zoom.span_us
    if not by_capsule and is_busy(platform.pk, since_us, until_us):
        stretch = Stretch(since_us - since_us % zoom.slot_us, until_us, zoom.slot_us)
        busy = read_busy_timeline(platform.pk, stretch, at_us)
        return draw_busy_timeline(busy, zoom, stretch, at_us, ZoneInfo(zone_of_request(request)))
    labels = {each.id: each.label for each in capsules(config().data_dir / "capsules").values()}
    read = read_timeline(platform.pk, since_us, until_us)
    return draw_timeline(read, zoom, until_us, at_us, labels if by_capsule else None)


def _coming(request: HttpRequest, platform: Platform) -> dict[str, Any]:
    return {"coming": show_coming(platform.pk)}


def _fires(request: HttpRequest, platform: Platform) -> dict[str, Any]:
    ran, job_text = request.GET.get("fires", ""), request.GET.get("job", "")
    job = find_job(actor_of_request(request), int(job_text), deleted=True) if _is_number(job_text) else None
    before = request.GET.get("before", "")
    page = read_fires(platform.pk, ran=_RAN.get(ran), job_id=job.pk if job else None, before=before)
    choices = (("", "All"), ("ran", "Ran"), ("not", "Did not run"))
    return {
        "fires": [show_fire(each) for each in page.items],
        "fires_of": job,
        "fires_choices": [(label, key == ran, _url(request, fires=key, before="")) for key, label in choices],
        "fires_all_jobs": _url(request, job="", before=""),
        "fires_older": _url(request, before=page.next) + "#fires" if page.next else "",
        "fires_newest": _url(request, before="") + "#fires" if before else "",
        "fires_part": _url(request, part="fires"),
    }


def _until_us(request: HttpRequest, at_us: int) -> int:
    """The right edge of the timeline: now, unless the address names an earlier moment."""
    try:
        until = datetime.fromisoformat(request.GET.get("until", ""))
        return min(at_us, round(until.timestamp() * 1_000_000)) if until.tzinfo else at_us
    except (ValueError, OverflowError):
        return at_us


def _later(request: HttpRequest, until_us: int, at_us: int) -> str:
    later = "" if until_us >= at_us else as_datetime(until_us).isoformat(timespec="seconds")
    return _url(request, until=later)


def _url(request: HttpRequest, **changes: str) -> str:
    """The page's address with these changes."""
    kept = {key: request.GET.get(key, "") for key in ("zoom", "by", "until", "fires", "job", "before")}
    query = urlencode(
        {key: value for key, value in (kept | {"platform": named_platform(request)} | changes).items() if value}
    )
    return f"/activity?{query}" if query else "/activity"


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 19
