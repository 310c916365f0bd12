"""Upgrade: a new version of a job, from the current one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from capsulier.capsules.shelf import capsules
from capsulier.config import config
from capsulier.core.access import Action, Actor
from capsulier.core.errors import CapsulierError, Invalid, Stale
from capsulier.services.drafts import Checks, VersionDraft
from capsulier.services.finding import find_job
from capsulier.services.run_job import run_job
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.versions import check_draft
from capsulier.store.models import Job, Version
from capsulier.web.base.actor import actor_of_request
from capsulier.web.job.shell import shell
from capsulier.web.job_forms.forms import VersionForm, folds_open, version_initial
from capsulier.web.job_forms.meantime import Meantime, read_meantime, revision_of
from capsulier.web.job_forms.package import named_package, posted


@require_http_methods(["GET", "HEAD", "POST"])
def upgrade(request: HttpRequest, job_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    job = find_job(actor, job_id, Action.EDIT)
    capsule = capsules(config().data_dir / "capsules").get(job.capsule)
    meantime: Meantime | None = None
    if request.method == "POST":
        refusals: list[CapsulierError] = []
        form = VersionForm(posted(request, actor, job.platform_id, refusals.append), capsule=capsule)
        form.full_clean()
        for refusal in refusals:
            form.take_refusal(refusal)
        try:
            version = _upgrade(actor, job, form, revision_of(request))
        except Stale:
            meantime = read_meantime(job, revision_of(request))
        else:
            if version is not None:
                return _upgraded(request, actor, version)
    else:
        form = VersionForm(initial=version_initial(draft_of(job.current_version)), capsule=capsule)
    context = {
        **shell(request, job_id, "upgrade"),
        "form": form,
        "current": job.current_version,
        "package": named_package(actor, job.platform_id, form["package"].value()) if "package" in form.fields else None,
        "missing": capsule.missing if capsule else (),
        "folds": folds_open(form, {"timeout_unit": "min"}),
        "meantime": meantime,
    }
    status = Stale.status if meantime else 422 if form.errors else 200
    return render(request, "job_forms/upgrade.html", context, status=status)


def draft_of(version: Version | None) -> VersionDraft:
    """What the next version begins with: everything of this one but its note."""
    if version is None:
        return VersionDraft(command="")
    return VersionDraft(
        command=version.command,
        package_id=version.package_id,
        runtime=version.runtime,
        timeout_s=version.timeout_s,
        memory_mb=version.memory_mb,
        cpus=version.cpus,
    )


def _upgrade(actor: Actor, job: Job, form: VersionForm, revision: int | None) -> Version | None:
    """The new version, or None with everything that is wrong in the form. Raises Stale."""
    draft = form.version_draft()
    try:
        checks = Checks()
        check_draft(actor, draft, job.capsule, job.platform_id, checks)
        checks.done()
        return None if form.errors else upgrade_job(actor, job.pk, draft, revision=revision)
    except Invalid as error:
        form.take_refusal(error)
        return None


def _upgraded(request: HttpRequest, actor: Actor, version: Version) -> HttpResponse:
    if request.POST.get("then") == "run":
        run_job(actor, version.job_id)
        return HttpResponseRedirect(f"/jobs/{version.job_id}/logs")
    messages.success(request, f"Version {version.number} is current now.")
    return HttpResponseRedirect(f"/jobs/{version.job_id}")
