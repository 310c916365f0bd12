from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from capsulier.services.finding import find_execution
from capsulier.services.stop_execution import stop_execution
from capsulier.services.waiting import waits_of
from capsulier.services.work_files import find_result
from capsulier.store.models import Execution
from capsulier.store.reads.executions import read_latest, read_neighbours
from capsulier.web.base.actor import actor_of_request
from capsulier.web.base.htmx import with_toast
from capsulier.web.job.execution_words import show_execution, show_executions
from capsulier.web.job.shell import shell
from capsulier.web.logs.view import Streams
from capsulier.web.logs.viewer import viewer


@require_safe
def show_log(request: HttpRequest, execution_id: int) -> HttpResponse:
    execution = find_execution(actor_of_request(request), execution_id)
    context = shell(request, execution.job_id, "logs") | _chooser(execution)
    show = request.GET.get("show", "last")
    context["own_title"] = True
    context["result"] = find_result(execution)
    context["viewer"] = shown = viewer(execution, request.GET.get("stream", "both"), show=show)
    context["streams"] = [(each, _url(execution, each, shown.show)) for each in Streams]
    context["last_url"], context["full_url"] = (_url(execution, shown.stream, each) for each in ("last", "full"))
    return render(request, "logs/page.html", context)


@require_safe
def show_last_log(request: HttpRequest, job_id: int) -> HttpResponse:
    """The log screen of the job's last execution, at an address of the job's."""
    context = shell(request, job_id, "logs")
    last = context["head"].last
    if last is not None:
        return show_log(request, last.pk)
    return render(request, "logs/none.html", context)


@require_safe
def show_chooser(request: HttpRequest, execution_id: int) -> HttpResponse:
    """The bar that names the execution, as it is now."""
    execution = find_execution(actor_of_request(request), execution_id)
    return render(request, "logs/chooser.html", shell(request, execution.job_id, "logs") | _chooser(execution))


@require_POST
def stop(request: HttpRequest, execution_id: int) -> HttpResponse:
    execution = stop_execution(actor_of_request(request), execution_id, force="force" in request.POST)
    if "HX-Request" in request.headers:
        return with_toast(HttpResponse(status=204), f"Execution {execution.number} is being stopped.")
    return HttpResponseRedirect(f"/executions/{execution_id}")


def _chooser(execution: Execution) -> dict[str, Any]:
    before, after = read_neighbours(execution)
    return {
        "shown": show_execution(execution, waits_of([execution])),
        "before": before,
        "after": after,
        "latest": show_executions(read_latest(execution)),
    }


def _url(execution: Execution, stream: Streams, show: str) -> str:
    return f"/executions/{execution.pk}?stream={stream}" + ("&show=full" if show == "full" else "")
