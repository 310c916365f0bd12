from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.config import config
from capsulier.core.access import Action
from capsulier.core.errors import CapsulierError, Invalid, NameTaken
from capsulier.services.alert_defaults import AlertDefaults, set_alert_defaults, settings_of_new_job
from capsulier.services.channels import (
    ChannelDraft,
    create_channel,
    delete_channel,
    edit_channel,
    find_channel,
)
from capsulier.services.send_test import send_test
from capsulier.store.models import Platform
from capsulier.store.reads.alerts import read_channels, read_outbox
from capsulier.web.administration.shell import enter
from capsulier.web.alerts.forms import ChannelForm, DefaultsForm
from capsulier.web.base.actor import actor_of_request, named_platform, platform_of_request
from capsulier.web.base.addresses import in_platform
from capsulier.web.base.htmx import with_toast
from capsulier.web.base.refusals import refuse
from capsulier.web.job_forms.forms import addresses, channel_choices

_URL = "/administration/alerts"


@require_safe
def show_alerts(request: HttpRequest) -> HttpResponse:
    _, platform, context = enter(request, _URL)
    context |= {
        "channels": read_channels(platform.pk),
        "outbox": read_outbox(platform.pk),
        "mail_server": config().mail_server,
        "form": _defaults_form(platform),
    }
    return render(request, "alerts/list.html", context)


@require_POST
def change_defaults(request: HttpRequest) -> HttpResponse:
    actor, platform, context = enter(request, _URL)
    form = _defaults_form(platform, request.POST)
    if form.is_valid():
        given = form.cleaned_data | {"alert_emails": addresses(form.cleaned_data["alert_emails"])}
        try:
            set_alert_defaults(actor, platform.pk, AlertDefaults(**given))
        except Invalid as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, "New jobs begin with these alerts.")
            return _back(request)
    return render(request, "alerts/defaults.html", context | {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def new_channel(request: HttpRequest) -> HttpResponse:
    actor, platform, context = enter(request, _URL)
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_channel(actor, platform.pk, ChannelDraft(**form.cleaned_data))
        except (Invalid, NameTaken) as refusal:
            form.take_refusal(refusal)
        else:
            if made.secret:
                return render(request, "alerts/secret.html", context | {"made": made})
            messages.success(request, f"The channel “{made.channel}” is made. Send it a test.")
            return _back(request)
    return render(request, "alerts/channel.html", context | {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    actor, _, context = enter(request, _URL)
    channel = find_channel(actor, channel_id, Action.ADMINISTER)
    form = ChannelForm(request.POST or None, initial={"name": channel.name, "kind": channel.kind})
    form.fields["kind"].disabled = True
    form.fields["url"].required = False
    form.fields["url"].help_text = "Leave it empty to keep the one that is there."
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            edit_channel(actor, channel_id, name=given["name"], url=given["url"] or None)
        except (Invalid, NameTaken) as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, "The channel is saved.")
            return _back(request)
    context |= {"form": form, "channel": channel}
    return render(request, "alerts/channel.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, channel_id: int) -> HttpResponse:
    """GET asks; POST deletes."""
    actor, _, context = enter(request, _URL)
    channel = find_channel(actor, channel_id, Action.ADMINISTER)
    if request.method == "POST":
        delete_channel(actor, channel_id)
        messages.success(request, f"The channel “{channel}” is deleted.")
        return _back(request)
    return render(request, "alerts/delete.html", context | {"channel": channel})


@require_POST
def test_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    channel = find_channel(actor, channel_id)
    send_test(actor, channel.platform_id, channels=[channel_id])
    messages.success(request, f"A test is on its way to “{channel}”. What comes of it is shown here.")
    return _back(request)


@require_POST
def test_addresses(request: HttpRequest) -> HttpResponse:
    """From the form of a job: to what stands in its fields right now."""
    platform = platform_of_request(request)
    given: dict[str, Any] = {
        "emails": addresses(request.POST.get("alert_emails", "")[:10_000]),
        "channels": [int(each) for each in request.POST.getlist("alert_channels") if each.isdecimal()],
    }
    try:
        count = send_test(actor_of_request(request), platform.pk, **given)
    except CapsulierError as error:
        return refuse(request, error)
    words = "A test is on its way" + (f" to {count} of them." if count > 1 else ".")
    return with_toast(HttpResponse(status=204), words)


def _defaults_form(platform: Platform, data: Any = None) -> DefaultsForm:
    settings = settings_of_new_job(platform)
    initial = {
        "alert_emails": ", ".join(settings.alert_emails),
        "alert_on": settings.alert_on,
        "alert_channels": settings.alert_channels,
    }
    form = DefaultsForm(data, initial=initial)
    choices = channel_choices(platform.pk)
    if choices:
        form.fields["alert_channels"].choices = choices  # type: ignore[attr-defined]
    else:
        del form.fields["alert_channels"]
    return form


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(in_platform(_URL, named_platform(request)))
