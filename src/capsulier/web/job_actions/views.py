from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from capsulier.core.access import Action
from capsulier.core.errors import CapsulierError, NotSignedIn
from capsulier.services.delete_job import KEPT, delete_job
from capsulier.services.finding import find_job
from capsulier.services.restore_job import restore_job
from capsulier.services.run_job import run_job
from capsulier.services.stop_job import stop_job
from capsulier.web.base.actor import actor_of_request, named_platform, show_platform
from capsulier.web.base.addresses import in_platform
from capsulier.web.base.htmx import with_toast
from capsulier.web.job_actions.answers import answer, answer_refusal, page_before, page_of


@require_POST
def run(request: HttpRequest, job_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    try:
        job = find_job(actor, job_id, Action.RUN)
        show_platform(request, job.platform)
        queued = run_job(actor, job_id)
    except NotSignedIn:
        raise
    except CapsulierError as error:
        return answer_refusal(request, error, job_id)
    words = f"Execution {queued.number} of “{job.name}” is queued."
    return answer(request, words, job_id=job_id, platform_id=job.platform_id)


@require_POST
def stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop all live executions of the job; `force` without the grace."""
    actor = actor_of_request(request)
    try:
        job = find_job(actor, job_id, Action.STOP)
        show_platform(request, job.platform)
        stop_job(actor, job_id, force="force" in request.POST)
    except NotSignedIn:
        raise
    except CapsulierError as error:
        return answer_refusal(request, error, job_id)
    return answer(request, f"“{job.name}” is being stopped.", job_id=job_id, platform_id=job.platform_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, job_id: int) -> HttpResponse:
    """GET asks, in a dialog or on a page of its own; POST deletes, and offers to take it back."""
    actor = actor_of_request(request)
    is_htmx = "HX-Request" in request.headers
    if request.method != "POST":
        job = find_job(actor, job_id, Action.DELETE)
        show_platform(request, job.platform)
        template = "job_actions/delete_dialog.html" if is_htmx else "job_actions/delete_page.html"
        return render(request, template, {"job": job, "days": KEPT.days})
    job = delete_job(actor, job_id)
    show_platform(request, job.platform)
    words = f"“{job.name}” is in the trash."
    if is_htmx and not page_of(request).startswith("/jobs/"):
        response = render(request, "job_actions/deleted.html", {"job": job})
        return with_toast(response, words, undo=f"/jobs/{job_id}/restore")
    messages.success(request, words, extra_tags=f"/jobs/{job_id}/restore")
    board = in_platform("/", named_platform(request))
    response = HttpResponse(status=204) if is_htmx else HttpResponseRedirect(board)
    if is_htmx:
        response.headers["HX-Redirect"] = board
    return response


@require_POST
def restore(request: HttpRequest, job_id: int) -> HttpResponse:
    job = restore_job(actor_of_request(request), job_id)
    words = f"“{job.name}” is back."
    if "HX-Request" in request.headers:
        return with_toast(HttpResponse(status=204), words)
    messages.success(request, words)
    return HttpResponseRedirect(page_before(request, "/trash"))
