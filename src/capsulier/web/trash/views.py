from datetime import datetime
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.services.delete_job import KEPT
from capsulier.services.drafts import utc_now
from capsulier.store.reads.trash import read_trash
from capsulier.web.base.actor import platform_of_request
from capsulier.web.base.htmx import wants_part


@require_safe
def show_trash(request: HttpRequest) -> HttpResponse:
    trash = read_trash(platform_of_request(request).id)
    now = utc_now()
    context = {
        "rows": [(job, _days_left(job.deleted_at, now)) for job in trash.jobs if job.deleted_at],
        "hidden": trash.total - len(trash.jobs),
        "days": KEPT.days,
    }
    return render(request, "trash/list.html" if wants_part(request) else "trash/page.html", context)


def _days_left(deleted_at: datetime, now: datetime) -> int:
    return max(0, ceil((deleted_at + KEPT - now).total_seconds() / 86_400))
