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
    """The whole page, or with `part` only its list; with `runs` also who ran and stopped it."""
    context = shell(request, job_id, "changes")
    before = request.GET.get("before", "")
    has_runs = "runs" in request.GET
    at = int(before) if before.isdecimal() and len(before) < 19 else None
    rows = read_changes(context["job"], at, _PAGE + 1, with_runs=has_runs)
    context |= {
        "changes": [show_change(each) for each in rows[:_PAGE]],
        "next": rows[_PAGE - 1].pk if len(rows) > _PAGE else None,
        "is_first": not before,
        "has_runs": has_runs,
    }
    return render(request, "job/changes_list.html" if "part" in request.GET else "job/changes.html", context)
