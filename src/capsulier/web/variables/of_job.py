"""The variables of one job, and those that it gets of its platform: a panel."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.core.access import Action, Actor
from capsulier.services.variable_scope import Scope, scope_of_job
from capsulier.store.models import Job
from capsulier.store.reads.variables import read_job_variables
from capsulier.web.base.actor import actor_of_request
from capsulier.web.job.shell import shell
from capsulier.web.variables.saving import bring_back, edit, find_variable, take_away


@require_safe
def show_variables(request: HttpRequest, job_id: int) -> HttpResponse:
    context = shell(request, job_id, "variables")
    job: Job = context["job"]
    read = read_job_variables(job)
    context |= _may(actor_of_request(request), job)
    context |= {"variables": read.own, "of_platform": read.of_platform, "url": _list(job_id)}
    return render(request, "variables/of_job.html", context | {"new_url": f"/jobs/{job_id}/new-variable"})


@require_http_methods(["GET", "HEAD", "POST"])
def new_variable(request: HttpRequest, job_id: int) -> HttpResponse:
    actor, scope, context = _enter(request, job_id)
    return edit(request, actor, scope, None, url=_list(job_id), context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_variable(request: HttpRequest, job_id: int, name: str) -> HttpResponse:
    actor, scope, context = _enter(request, job_id)
    return edit(request, actor, scope, find_variable(scope, name), url=_list(job_id), context=context)


@require_POST
def unset(request: HttpRequest, job_id: int, name: str) -> HttpResponse:
    actor = actor_of_request(request)
    return take_away(request, actor, scope_of_job(actor, job_id, Action.SET_VARIABLE), name, _list(job_id))


@require_POST
def restore(request: HttpRequest, job_id: int, name: str) -> HttpResponse:
    actor = actor_of_request(request)
    return bring_back(request, actor, scope_of_job(actor, job_id, Action.SET_VARIABLE), name, _list(job_id))


def _enter(request: HttpRequest, job_id: int) -> tuple[Actor, Scope, dict[str, Any]]:
    actor = actor_of_request(request)
    scope = scope_of_job(actor, job_id, Action.SET_VARIABLE)
    context = shell(request, job_id, "variables")
    context |= {"url": _list(job_id), "template": "variables/form_of_job.html"} | _may(actor, context["job"])
    return actor, scope, context


def _may(actor: Actor, job: Job) -> dict[str, bool]:
    is_there = job.deleted_at is None
    return {
        "may_set": is_there and actor.may(Action.SET_VARIABLE, job.platform_id),
        "may_keep_secrets": is_there and actor.may(Action.SET_SECRET, job.platform_id),
    }


def _list(job_id: int) -> str:
    return f"/jobs/{job_id}/variables"
