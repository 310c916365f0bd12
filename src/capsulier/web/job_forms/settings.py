"""Settings: the name, when it runs, whom to tell, and the rest of what is not part of a version."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from capsulier.core.access import Action, Actor
from capsulier.core.errors import Invalid, NameTaken, Stale
from capsulier.services.drafts import ScheduleDraft, SettingsDraft, utc_now
from capsulier.services.edit_job import KEEP, check_edit, edit_job, settings_of
from capsulier.services.finding import find_job
from capsulier.services.scheduling import schedule_draft
from capsulier.store.models import Job, Schedule
from capsulier.web.base.actor import actor_of_request
from capsulier.web.base.zone import zone_names, zone_of_request
from capsulier.web.job.shell import shell
from capsulier.web.job_forms.forms import SettingsForm, folds_open, settings_initial
from capsulier.web.job_forms.meantime import Meantime, read_meantime, revision_of
from capsulier.web.job_forms.schedule_fields import schedule_initial


@require_http_methods(["GET", "HEAD", "POST"])
def change_settings(request: HttpRequest, job_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    job = find_job(actor, job_id, Action.EDIT)
    current = schedule_draft(Schedule.objects.filter(job=job).first())
    zone = zone_of_request(request)
    meantime: Meantime | None = None
    if request.method == "POST":
        form = SettingsForm(request.POST, platform_id=job.platform_id)
        form.full_clean()
        try:
            if _save(actor, job, form, current, revision_of(request)):
                messages.success(request, "The settings are saved.")
                return HttpResponseRedirect(f"/jobs/{job_id}")
        except Stale:
            meantime = read_meantime(job, revision_of(request))
            form = _merged(form, meantime, zone, job.platform_id)
    else:
        initial = _initial(job.name, settings_of(job), current, zone)
        form = SettingsForm(initial=initial, platform_id=job.platform_id)
    standard = _initial("", SettingsDraft(), None, zone)
    context = {
        **shell(request, job_id, "settings"),
        "form": form,
        "folds": folds_open(form, standard),
        "zones": zone_names(),
        "meantime": meantime,
        "is_paused": current is not None and current.paused,
    }
    status = Stale.status if meantime else 422 if form.errors else 200
    return render(request, "job_forms/settings.html", context, status=status)


def _save(
    actor: Actor, job: Job, form: SettingsForm, current: ScheduleDraft | None, revision: int | None
) -> Job | None:
    """The job, or None with everything that is wrong in the form. Raises Stale."""
    name = form.cleaned_data.get("name") or ""
    draft = form.settings_draft()
    schedule = KEEP if form.schedule_draft() == current else form.schedule_draft()
    try:
        check_edit(job, name, draft, schedule, current)
        if form.errors:
            return None
        return edit_job(actor, job.pk, name=name, settings=draft.as_dict(), schedule=schedule, revision=revision)
    except (Invalid, NameTaken) as error:
        form.take_refusal(error)
        return None


def _merged(form: SettingsForm, meantime: Meantime, zone: str, platform_id: int) -> SettingsForm:
    """A form with what the person has typed, and with what others saved where the person had changed nothing."""
    typed = form.settings_draft().as_dict()
    name = form.cleaned_data.get("name") or ""
    before, after = meantime.before, meantime.after
    taken = {key: after[key] for key in typed if key in after and typed[key] == before.get(key)}
    if name == before.get("name"):
        name = after["name"]
    initial = _initial(name, SettingsDraft(**{**typed, **taken}), form.schedule_draft(), zone)
    return SettingsForm(initial=initial, platform_id=platform_id)


def _initial(name: str, settings: SettingsDraft, schedule: ScheduleDraft | None, zone: str) -> dict[str, Any]:
    return {
        "name": name,
        **settings_initial(settings),
        **schedule_initial(schedule, zone=zone, now=utc_now()),
    }
