from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.config import config
from capsulier.core.access import Action
from capsulier.core.errors import Invalid, NameTaken
from capsulier.services.archive_platform import archive_platform
from capsulier.services.create_platform import create_platform
from capsulier.services.edit_platform import FIRST, edit_platform, platform_facts
from capsulier.services.finding import find_platform, platforms_of
from capsulier.services.restore_platform import restore_platform
from capsulier.store.reads.platforms import read_platforms
from capsulier.web.administration.shell import enter
from capsulier.web.base.actor import actor_of_request
from capsulier.web.base.addresses import in_platform
from capsulier.web.platforms.forms import PlatformForm

_URL = "/administration/platforms"


@require_safe
def show_platforms(request: HttpRequest) -> HttpResponse:
    actor, _, context = enter(request, _URL)
    administered = [each.pk for each in platforms_of(actor) if actor.may(Action.ADMINISTER, each.pk)]
    archived = [each.pk for each in platforms_of(actor, archived=True)] if actor.is_superuser else []
    rows = read_platforms(administered)
    return render(request, "platforms/list.html", context | {"rows": rows, "archived": read_platforms(archived)})


@require_http_methods(["GET", "HEAD", "POST"])
def new_platform(request: HttpRequest) -> HttpResponse:
    actor, _, context = enter(request, _URL)
    actor.require_installation()
    form = PlatformForm(request.POST or None, initial={"max_running": config().max_running})
    if request.method == "POST" and form.is_valid():
        try:
            platform = create_platform(actor, **form.cleaned_data)
        except (Invalid, NameTaken) as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, f"The platform “{platform}” is made.")
            return HttpResponseRedirect(in_platform("/administration/people", platform.name))
    return render(request, "platforms/form.html", context | {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change_platform(request: HttpRequest, name: str) -> HttpResponse:
    actor, _, context = enter(request, _URL)
    platform = find_platform(actor, name, Action.ADMINISTER)
    form = PlatformForm(request.POST or None, initial=platform_facts(platform))
    form.fields["name"].disabled = name == FIRST or not actor.is_superuser
    form.fields["run_as"].disabled = not actor.is_superuser
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            edit_platform(
                actor,
                name,
                new_name=given["name"],
                label=given["label"] or given["name"],
                max_running=given["max_running"],
                run_as=given["run_as"],
            )
        except (Invalid, NameTaken) as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, "The platform is saved.")
            return HttpResponseRedirect(_URL)
    context |= {"form": form, "changed": platform, "may_archive": actor.is_superuser and name != FIRST}
    return render(request, "platforms/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: HttpRequest, name: str) -> HttpResponse:
    """GET asks; POST archives, and offers to take it back."""
    actor = actor_of_request(request)
    if request.method == "POST":
        platform = archive_platform(actor, name)
        messages.success(request, f"“{platform}” is archived.", extra_tags=f"{_URL}/{name}/restore")
        return HttpResponseRedirect(_URL)
    actor, _, context = enter(request, _URL)
    actor.require_installation()
    [row] = read_platforms([find_platform(actor, name).pk])
    return render(request, "platforms/archive.html", context | {"row": row})


@require_POST
def restore(request: HttpRequest, name: str) -> HttpResponse:
    platform = restore_platform(actor_of_request(request), name)
    messages.success(request, f"“{platform}” is back.")
    return HttpResponseRedirect(_URL)
