"""What the pages of platforms and of jobs do alike: the form, and the deeds with their words."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from capsulier.core.access import Actor
from capsulier.core.errors import Invalid, NotFound, Stale
from capsulier.services.set_variable import restore_variable, set_variable, unset_variable
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Variable
from capsulier.web.base.htmx import with_toast
from capsulier.web.variables.forms import VariableForm


def find_variable(scope: Scope, name: str) -> Variable:
    found = scope.current.filter(name=name).first()
    if found is None:
        raise NotFound(f"There is no variable {name[:60]} in {scope.name}.")
    return found


def edit(
    request: HttpRequest, actor: Actor, scope: Scope, current: Variable | None, *, url: str, context: dict[str, Any]
) -> HttpResponse:
    """Show the form, or save what was sent and go to the list at `url`. A refusal stands at its field."""
    status = 200
    if request.method == "POST":
        form = VariableForm(request.POST)
        if current is not None:
            form.fixed(current)
        if form.is_valid():
            given = form.cleaned_data
            try:
                set_variable(
                    actor,
                    scope,
                    given["name"],
                    form.value_given,
                    is_secret=given["is_secret"],
                    seen=given["seen"],
                )
            except (Invalid, Stale) as refusal:
                form.take_refusal(refusal)
                status = refusal.status
            else:
                messages.success(request, f"{given['name']} is set, from the next execution on.")
                return HttpResponseRedirect(url)
        else:
            status = Invalid.status
        form.forget_secret()
    else:
        form = VariableForm.of(current)
    context |= {"form": form, "current": current, "list_url": url}
    return render(request, str(context["template"]), context, status=status)


def take_away(request: HttpRequest, actor: Actor, scope: Scope, name: str, url: str) -> HttpResponse:
    """Take it away, and offer to bring it back."""
    unset_variable(actor, scope, name)
    path, mark, query = url.partition("?")
    messages.success(request, f"{name} is taken away.", extra_tags=f"{path}/{name}/restore{mark}{query}")
    return HttpResponseRedirect(url)


def bring_back(request: HttpRequest, actor: Actor, scope: Scope, name: str, url: str) -> HttpResponse:
    restore_variable(actor, scope, name)
    words = f"{name} is back."
    if "HX-Request" in request.headers:
        response = with_toast(HttpResponse(status=204), words)
        response.headers["HX-Redirect"] = url
        return response
    messages.success(request, words)
    return HttpResponseRedirect(url)
