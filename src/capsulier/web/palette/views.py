from typing import TypedDict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from capsulier.core.access import Action, Actor
from capsulier.core.names import name_key
from capsulier.store.models import Job
from capsulier.store.reads.jobs import JobFilter, jobs_query
from capsulier.web.administration.sections import sections_for
from capsulier.web.base.actor import actor_of_request, named_platform, platform_of_request, platforms_of_request
from capsulier.web.base.addresses import in_platform

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
    places = [*_PLACES, *_administration(actor, platform.id)]
    named = named_platform(request)
    pages: list[Entry] = [
        {"label": label, "hint": "page", "href": in_platform(href, named)}
        for label, href in places
        if words.lower() in label.lower()
    ]
    return JsonResponse(entries + pages + _other_platforms(request, words), safe=False)


def _administration(actor: Actor, platform_id: int) -> list[tuple[str, str]]:
    return [(section.label, section.url) for section in sections_for(actor, platform_id)]


def _other_platforms(request: HttpRequest, words: str) -> list[Entry]:
    """The platforms beside the one that is shown, by any part of their names, or by the word itself."""
    shown = platform_of_request(request)
    others: list[Entry] = [
        {"label": str(each), "hint": "platform", "href": f"/?platform={each.name}"}
        for each in platforms_of_request(request)
        if each != shown and words and words.lower() in f"platform {each.label} {each.name}".lower()
    ]
    return others[:_MOST_JOBS]


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
