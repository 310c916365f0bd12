"""The versions of a job: list, details, differences, rollback, stars."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.core.access import Action
from capsulier.core.errors import CapsulierError
from capsulier.services.finding import find_version
from capsulier.services.package_files import contents_of
from capsulier.services.rollback_job import rollback_job
from capsulier.services.run_job import run_job
from capsulier.services.star_version import star_version
from capsulier.store.reads.job import read_versions
from capsulier.web.base.actor import actor_of_request
from capsulier.web.job.shell import shell
from capsulier.web.job.version_diff import diff_versions, limits_words


@require_safe
def show_versions(request: HttpRequest, job_id: int) -> HttpResponse:
    """The whole page, or with `part` only its table."""
    context = shell(request, job_id, "versions")
    versions = read_versions(context["job"])
    context["versions"] = versions
    context["compared"] = [version.number for version in versions[:2]]
    return render(request, "job/versions_table.html" if "part" in request.GET else "job/versions.html", context)


@require_safe
def show_version(request: HttpRequest, job_id: int, number: int) -> HttpResponse:
    context = shell(request, job_id, "versions")
    version = find_version(actor_of_request(request), job_id, number)
    others = [each.number for each in read_versions(context["job"]) if each.number != number]
    context |= {
        "own_title": True,
        "version": version,
        "limits": limits_words(version),
        "contents": contents_of(version.package) if version.package else None,
        "is_current": version.pk == context["job"].current_version_id,
        "others": others,
    }
    return render(request, "job/version.html", context)


@require_safe
def compare_versions(request: HttpRequest, job_id: int) -> HttpResponse:
    """`from` and `to` are version numbers; without them, the two newest."""
    context = shell(request, job_id, "versions")
    actor = actor_of_request(request)
    numbers = [version.number for version in read_versions(context["job"])]
    before = _number(request.GET.get("from"), numbers[min(1, len(numbers) - 1)])
    after = _number(request.GET.get("to"), numbers[0])
    old, new = find_version(actor, job_id, before), find_version(actor, job_id, after)
    context |= {"own_title": True, "numbers": numbers, "before": old, "after": new, "diff": diff_versions(old, new)}
    return render(request, "job/version_diff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rollback(request: HttpRequest, job_id: int, number: int) -> HttpResponse:
    """GET asks, POST does it; with `run` the job is run again, too."""
    actor = actor_of_request(request)
    version = find_version(actor, job_id, number, Action.EDIT)
    if request.method != "POST":
        return render(request, "job/rollback.html", shell(request, job_id, "versions") | {"version": version})
    try:
        rollback_job(actor, job_id, number)
        words = f"Version {number} is current again."
        if "run" in request.POST:
            words = f"{words} Execution {run_job(actor, job_id).number} of it is queued."
        messages.success(request, words)
    except CapsulierError as error:
        messages.error(request, error.sentence)
    return HttpResponseRedirect(f"/jobs/{job_id}" if "run" in request.POST else f"/jobs/{job_id}/versions")


@require_POST
def star(request: HttpRequest, job_id: int, number: int) -> HttpResponse:
    return _star(request, job_id, number, is_major=True)


@require_POST
def unstar(request: HttpRequest, job_id: int, number: int) -> HttpResponse:
    return _star(request, job_id, number, is_major=False)


def _star(request: HttpRequest, job_id: int, number: int, *, is_major: bool) -> HttpResponse:
    star_version(actor_of_request(request), job_id, number, is_major=is_major)
    return (
        HttpResponse(status=204)
        if "HX-Request" in request.headers
        else HttpResponseRedirect(f"/jobs/{job_id}/versions")
    )


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else usual
