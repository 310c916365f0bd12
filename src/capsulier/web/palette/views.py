from typing import TypedDict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from capsulier.core.access import Action, Actor
from capsulier.core.names import name_key
from capsulier.store.models import Job
from capsulier.store.reads.jobs import JobFilter, jobs_query
from capsulier.web.base.actor import actor_of_request, platform_of_request

_MOST_JOBS = 8
_VERBS = {"run": Action.RUN, "stop": Action.STOP}
_PLACES = (
    ("All jobs", "/"),
    ("Failed jobs", "/?status=failed"),
    ("Running jobs", "/?status=running"),
    ("Jobs as a table", "/?view=table"),
    ("New job", "/jobs/new"),
    ("Activity", "/activity"),
    ("Trash", "/trash"),
    ("Account", "/account"),
)


class Entry(TypedDict, total=False):
    label: str
    hint: str
    href: str
    post: str


@require_safe
def offer(request: HttpRequest) -> JsonResponse:
    """What matches `q`: jobs by name, places by words; "run x" and "stop x" offer the deed first."""
    actor, platform = actor_of_request(request), platform_of_request(request)
    words = request.GET.get("q", "").replace("\0", "").strip()[:255]
    verb, _, rest = words.partition(" ")
    deed = verb.lower() if verb.lower() in _VERBS and rest.strip() else ""
    jobs = _find(platform.id, rest if deed else words)
    entries: list[Entry] = [_go(job) for job in jobs]
    if deed:
        entries = _deeds(actor, deed, jobs) + entries
    elif words:
        entries += _deeds(actor, "run", jobs[:3])
    places: list[Entry] = [
        {"label": label, "hint": "page", "href": href} for label, href in _PLACES if words.lower() in label.lower()
    ]
    return JsonResponse(entries + places, safe=False)


def _find(platform_id: int, words: str) -> list[Job]:
    """Those whose name begins with the words come first; without words, those that changed last."""
    jobs = jobs_query(platform_id, JobFilter(search=words))
    if not words:
        return list(jobs.order_by("-changed_us")[:_MOST_JOBS])
    key = name_key(words)
    first = list(jobs.filter(name_key__startswith=key).order_by("name_key")[:_MOST_JOBS])
    others = jobs.exclude(name_key__startswith=key).order_by("name_key")[: _MOST_JOBS - len(first)]
    return [*first, *others]


def _go(job: Job) -> Entry:
    return {"label": job.name, "hint": job.status.label, "href": f"/jobs/{job.pk}"}


def _deeds(actor: Actor, verb: str, jobs: list[Job]) -> list[Entry]:
    return [
        {"label": f"{verb.capitalize()} {job.name}", "hint": job.status.label, "post": f"/jobs/{job.pk}/{verb}"}
        for job in jobs
        if actor.may(_VERBS[verb], job.platform_id) and (verb == "run" or job.live)
    ]
