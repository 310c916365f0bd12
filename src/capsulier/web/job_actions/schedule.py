"""Pausing and resuming a job's schedule."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from capsulier.core.access import Action
from capsulier.core.catch_up import CatchUp
from capsulier.core.errors import Invalid
from capsulier.services.finding import find_job
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import passed_meanwhile, resume_schedule
from capsulier.store.models import Schedule
from capsulier.web.base.actor import actor_of_request
from capsulier.web.base.htmx import with_toast
from capsulier.web.job_actions.answers import answer
from capsulier.web.job_actions.missed import choices_for_one, policy_of


@require_POST
def pause(request: HttpRequest, job_id: int) -> HttpResponse:
    job = pause_schedule(actor_of_request(request), job_id)
    words = f"The schedule of “{job.name}” is paused."
    return answer(request, words, job_id=job_id, platform_id=job.platform_id)


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, job_id: int) -> HttpResponse:
    """GET asks what to do with the runs missed meanwhile, in a dialog or on a page of its own; POST resumes."""
    actor = actor_of_request(request)
    is_htmx = "HX-Request" in request.headers
    if request.method != "POST":
        job = find_job(actor, job_id, Action.EDIT)
        schedule = Schedule.objects.filter(job=job, paused=True).first()
        if schedule is None:
            raise Invalid(f"The schedule of “{job.name}” is not paused.", field="schedule")
        passed = passed_meanwhile(schedule)
        context = {"job": job, "passed": passed, "choices": choices_for_one(passed, CatchUp(job.catch_up))}
        return render(request, f"job_actions/resume_{'dialog' if is_htmx else 'page'}.html", context)
    job = resume_schedule(actor, job_id, policy=policy_of(request))
    words = f"The schedule of “{job.name}” goes on."
    if is_htmx:
        return with_toast(HttpResponse(status=204), words)
    messages.success(request, words)
    return HttpResponseRedirect(f"/jobs/{job_id}")
