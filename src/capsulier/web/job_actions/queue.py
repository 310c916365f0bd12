"""Clearing a job's queue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from capsulier.core.access import Action
from capsulier.core.errors import CapsulierError, NotSignedIn
from capsulier.services.clear_queue import clear_queue
from capsulier.services.finding import find_job
from capsulier.web.base.actor import actor_of_request
from capsulier.web.job_actions.answers import answer, answer_refusal


@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: HttpRequest, job_id: int) -> HttpResponse:
    """GET asks, in a dialog or on a page of its own; POST clears."""
    actor = actor_of_request(request)
    job = find_job(actor, job_id, Action.STOP)
    if request.method != "POST":
        part = "dialog" if "HX-Request" in request.headers else "page"
        return render(request, f"job_actions/clear_queue_{part}.html", {"job": job})
    try:
        count = len(clear_queue(actor, job_id))
    except NotSignedIn:
        raise
    except CapsulierError as error:
        return answer_refusal(request, error, job_id)
    words = f"The queue of “{job.name}” is cleared: {count:,} killed."
    return answer(request, words, job_id=job_id, platform_id=job.platform_id)
