"""The variables that all jobs of a platform get: Administration."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capsulier.core.access import Actor
from capsulier.services.variable_scope import Scope
from capsulier.store.reads.variables import read_variables
from capsulier.web.administration.shell import enter
from capsulier.web.base.actor import named_platform
from capsulier.web.base.addresses import in_platform
from capsulier.web.variables.saving import bring_back, edit, find_variable, take_away

_URL = "/administration/variables"


@require_safe
def show_variables(request: HttpRequest) -> HttpResponse:
    _, scope, context = _enter(request)
    context |= {"variables": read_variables(scope.current), "new_url": "/administration/new-variable"}
    return render(request, "variables/of_platform.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_variable(request: HttpRequest) -> HttpResponse:
    actor, scope, context = _enter(request)
    return edit(request, actor, scope, None, url=_list(request), context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_variable(request: HttpRequest, name: str) -> HttpResponse:
    actor, scope, context = _enter(request)
    return edit(request, actor, scope, find_variable(scope, name), url=_list(request), context=context)


@require_POST
def unset(request: HttpRequest, name: str) -> HttpResponse:
    actor, scope, _ = _enter(request)
    return take_away(request, actor, scope, name, _list(request))


@require_POST
def restore(request: HttpRequest, name: str) -> HttpResponse:
    actor, scope, _ = _enter(request)
    return bring_back(request, actor, scope, name, _list(request))


def _enter(request: HttpRequest) -> tuple[Actor, Scope, dict[str, Any]]:
    actor, platform, context = enter(request, _URL)
    context |= {"url": _URL, "template": "variables/form_of_platform.html", "may_keep_secrets": True}
    return actor, Scope(platform.pk), context


def _list(request: HttpRequest) -> str:
    return in_platform(_URL, named_platform(request))
