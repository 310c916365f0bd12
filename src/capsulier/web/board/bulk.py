"""One deed for many jobs: what can be done is done, what is refused is said."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from capsulier.core.access import Actor
from capsulier.core.errors import CapsulierError, Invalid
from capsulier.services.delete_job import delete_job
from capsulier.services.edit_job import edit_job
from capsulier.services.run_job import run_job
from capsulier.services.scheduling import schedule_draft
from capsulier.services.stop_job import stop_job
from capsulier.store.models import Job, Schedule
from capsulier.web.base.actor import actor_of_request, platform_of_request


def pause(actor: Actor, job_id: int) -> None:
    draft = schedule_draft(Schedule.objects.filter(job_id=job_id).first())
    if draft is None:
        raise Invalid("It has no schedule to pause.")
    edit_job(actor, job_id, schedule=replace(draft, paused=True))


_DEEDS: dict[str, tuple[Callable[[Actor, int], object], str]] = {
    "run": (run_job, "queued"),
    "stop": (stop_job, "being stopped"),
    "pause": (pause, "paused"),
    "delete": (delete_job, "in the trash"),
}


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Deleting is asked about first; jobs that several pages of a table chose come one page at a time."""
    actor, platform = actor_of_request(request), platform_of_request(request)
    do, back = request.POST.get("do", ""), _back(request)
    chosen = [int(each) for each in request.POST.getlist("job") if each.isdecimal() and len(each) < 19]
    jobs = list(Job.objects.filter(platform=platform, id__in=chosen, deleted_at=None).order_by("name_key"))
    if not jobs or do not in _DEEDS:
        messages.info(request, "Choose the jobs first, then what to do with them.")
        return HttpResponseRedirect(back)
    if do == "delete" and "sure" not in request.POST:
        return render(request, "board/delete_many.html", {"jobs": jobs, "back": back})
    deed, done = _DEEDS[do]
    refused: list[str] = []
    for job in jobs:
        try:
            deed(actor, job.pk)
        except CapsulierError as error:
            refused.append(f"“{job.name}”: {error.sentence}")
    if count := len(jobs) - len(refused):
        messages.success(request, f"{count} job{'s are' if count > 1 else ' is'} {done}.")
    for sentence in refused[:5]:
        messages.error(request, sentence)
    if len(refused) > 5:
        messages.error(request, f"And {len(refused) - 5} more were refused.")
    return HttpResponseRedirect(back)


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/?view=table"
