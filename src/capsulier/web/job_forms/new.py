"""New job, and Create from…."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from capsulier.capsules.capsule import CATEGORIES, Capsule
from capsulier.capsules.shelf import capsules, get_capsule
from capsulier.config import config
from capsulier.core.access import Action, Actor
from capsulier.core.errors import CapsulierError, Invalid, NameTaken
from capsulier.services.alert_defaults import settings_of_new_job
from capsulier.services.copy_job import draft_from
from capsulier.services.create_job import JobDraft, check_new_job, create_job
from capsulier.services.drafts import VersionDraft, utc_now
from capsulier.services.finding import find_job
from capsulier.services.run_job import run_job
from capsulier.store.models import Job, Platform
from capsulier.web.base.actor import actor_of_request, platform_of_request, show_platform
from capsulier.web.base.zone import zone_names, zone_of_request
from capsulier.web.job_forms.forms import NewJobForm, folds_open, settings_initial, version_initial
from capsulier.web.job_forms.package import named_package, posted
from capsulier.web.job_forms.schedule_fields import schedule_initial


@require_http_methods(["GET", "HEAD", "POST"])
def new_job(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    asked = request.POST if request.method == "POST" else request.GET
    source = _source(actor, asked.get("from", ""))
    if source:
        show_platform(request, source.platform)
    platform = platform_of_request(request, Action.CREATE)
    capsule_id = source.capsule if source else asked.get("capsule", "")
    if not capsule_id:
        return render(request, "job_forms/choose.html", {"sections": _offered()})
    capsule = get_capsule(capsule_id, config().data_dir / "capsules")
    category = source.category if source else asked.get("category", "")
    if category not in capsule.categories:
        category = capsule.categories[0]
    standard = _blank(capsule, category, platform)
    first = draft_from(source) if source else standard
    if request.method == "POST":
        form, draft = _read(request, actor, platform.id, capsule, category)
        draft = replace(draft, variables_of=source.pk if source else None)
        verb = f"created from {source.name}"[:31] if source else "created"
        if job := _create(actor, platform.id, form, draft, verb):
            return _created(request, actor, job)
    else:
        initial = _initial(first, zone_of_request(request))
        form = NewJobForm(initial=initial, capsule=capsule, platform_id=platform.pk)
        form.fields["name"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "capsule": capsule,
        "category": category,
        "category_label": CATEGORIES[category],
        "source": source,
        "package": named_package(actor, platform.id, form["package"].value()) if "package" in form.fields else None,
        "missing": capsule.missing,
        "folds": folds_open(form, _initial(standard, "")),
        "zones": zone_names(),
    }
    return render(request, "job_forms/new.html", context, status=422 if form.errors else 200)


def _read(
    request: HttpRequest, actor: Actor, platform_id: int, capsule: Capsule, category: str
) -> tuple[NewJobForm, JobDraft]:
    """The form, with what could not even be read, and what it says."""
    refusals: list[CapsulierError] = []
    data = posted(request, actor, platform_id, refusals.append)
    form = NewJobForm(data, capsule=capsule, platform_id=platform_id)
    form.full_clean()
    for refusal in refusals:
        form.take_refusal(refusal)
    return form, JobDraft(
        name=form.cleaned_data.get("name") or "",
        capsule=capsule.id,
        category=category,
        version=form.version_draft(),
        settings=form.settings_draft(),
        schedule=form.schedule_draft(),
    )


def _create(actor: Actor, platform_id: int, form: NewJobForm, draft: JobDraft, verb: str) -> Job | None:
    """The job, or None with everything that is wrong in the form."""
    try:
        check_new_job(actor, platform_id, draft)
        return None if form.errors else create_job(actor, platform_id, draft, verb=verb)
    except (Invalid, NameTaken) as error:
        form.take_refusal(error)
        return None


def _created(request: HttpRequest, actor: Actor, job: Job) -> HttpResponse:
    if request.POST.get("then") == "run":
        run_job(actor, job.pk)
        return HttpResponseRedirect(f"/jobs/{job.pk}/logs")
    messages.success(request, f"“{job.name}” is created.")
    return HttpResponseRedirect(f"/jobs/{job.pk}")


def _source(actor: Actor, job_id: str) -> Job | None:
    return find_job(actor, int(job_id)) if job_id.isdecimal() and len(job_id) < 19 else None


def _blank(capsule: Capsule, category: str, platform: Platform) -> JobDraft:
    recommended = capsule.runtime("")
    runtime = recommended.id if recommended else ""
    return JobDraft(
        name="",
        capsule=capsule.id,
        category=category,
        version=VersionDraft(command=capsule.command, runtime=runtime, **capsule.resources.model_dump()),
        settings=settings_of_new_job(platform),
    )


def _initial(draft: JobDraft, zone: str) -> dict[str, Any]:
    return {
        "name": draft.name,
        **version_initial(draft.version),
        **settings_initial(draft.settings),
        **schedule_initial(draft.schedule, zone=zone or "UTC", now=utc_now()),
    }


def _offered() -> list[tuple[str, str, list[Capsule]]]:
    shelf = capsules(config().data_dir / "capsules")
    return [
        (category, label, [each for each in shelf.values() if category in each.categories])
        for category, label in CATEGORIES.items()
    ]
