"""One deed for many jobs: what can be done is done, what is refused is said."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from capsulier.core.errors import CapsulierError
from capsulier.services.delete_job import KEPT, delete_job
from capsulier.services.pause_schedule import pause_schedule
from capsulier.services.resume_schedule import passed_meanwhile, resume_schedule
from capsulier.services.run_job import run_job
from capsulier.services.stop_job import stop_job
from capsulier.store.models import Job, Schedule
from capsulier.web.base.actor import actor_of_request, platform_of_request
from capsulier.web.job_actions.missed import choices_for_many, policy_of

_DEEDS: dict[str, tuple[Callable[..., object], str]] = {
    "run": (run_job, "queued"),
    "stop": (stop_job, "being stopped"),
    "pause": (pause_schedule, "paused"),
    "resume": (resume_schedule, "resumed"),
    "delete": (delete_job, "in the trash"),
}
_ASKED_ABOUT = frozenset({"resume", "delete"})


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Deleting and resuming are asked about first; jobs that several pages of a table chose come one page at a time."""
    actor, platform = actor_of_request(request), platform_of_request(request)
    do, back = request.POST.get("do", ""), _back(request)
    chosen = [int(each) for each in request.POST.getlist("job") if each.isdecimal() and len(each) < 19]
    jobs = Job.objects.filter(platform=platform, id__in=chosen, deleted_at=None).order_by("name_key")
    if not jobs or do not in _DEEDS:
        messages.info(request, "Choose the jobs first, then what to do with them.")
        return HttpResponseRedirect(back)
    if do == "resume":
        jobs = jobs.filter(schedule__paused=True)
        if not jobs:
            messages.info(request, "None of these jobs has a paused schedule.")
            return HttpResponseRedirect(back)
    if do in _ASKED_ABOUT and "sure" not in request.POST:
        return _ask(request, do, {"jobs": jobs, "back": back})
    deed, done = _DEEDS[do]
    given = {"policy": policy_of(request)} if do == "resume" else {}
    refused: list[str] = []
    for job in jobs:
        try:
            deed(actor, job.pk, **given)
        except CapsulierError as error:
            refused.append(f"“{job.name}”: {error.sentence}")
    _tell(request, len(jobs) - len(refused), done, refused)
    return HttpResponseRedirect(back)


def _tell(request: HttpRequest, count: int, done: str, refused: list[str]) -> None:
    if count:
        messages.success(request, f"{count} job{'s are' if count > 1 else ' is'} {done}.")
    for sentence in refused[:5]:
        messages.error(request, sentence)
    if len(refused) > 5:
        messages.error(request, f"And {len(refused) - 5} more were refused.")


def _ask(request: HttpRequest, do: str, asked: dict[str, Any]) -> HttpResponse:
    if do == "delete":
        return render(request, "board/delete_many.html", {**asked, "days": KEPT.days})
    schedules = Schedule.objects.filter(job__in=asked["jobs"]).select_related("job").order_by("job__name_key")
    passed = [(each.job, passed_meanwhile(each)) for each in schedules]
    more = {"passed": passed, "any_missed": any(each.count for _, each in passed), "choices": choices_for_many()}
    return render(request, "board/resume_many.html", asked | more)


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/?view=table"
