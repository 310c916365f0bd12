"""Who changed what of a job."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.store.reads.job import read_changes
from capsulier.web.job.change_words import show_change
from capsulier.web.job.shell import shell

_PAGE = 50


@require_safe
def show_changes(request: HttpRequest, job_id: int) -> HttpResponse:
    """The whole page, or with `part` only its list."""
    context = shell(request, job_id, "changes")
    before = request.GET.get("before", "")
    rows = read_changes(context["job"], int(before) if before.isdecimal() and len(before) < 19 else None, _PAGE + 1)
    context |= {
        "changes": [show_change(each) for each in rows[:_PAGE]],
        "next": rows[_PAGE - 1].pk if len(rows) > _PAGE else None,
        "is_first": not before,
    }
    return render(request, "job/changes_list.html" if "part" in request.GET else "job/changes.html", context)
