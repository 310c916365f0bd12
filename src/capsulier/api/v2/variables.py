"""Variables of a platform and of a job: list, set, unset, bring back."""

from collections.abc import Iterable
from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Query, Router

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.etag import IfMatch, revision_of
from capsulier.api.v2.ids import JobId
from capsulier.api.v2.shapes.shape import Page
from capsulier.api.v2.shapes.variable import VariableIn, VariableOut
from capsulier.core.errors import NotFound
from capsulier.services.finding import find_platform
from capsulier.services.set_variable import restore_variable, set_variable, unset_variable
from capsulier.services.variable_scope import Scope, scope_of_job
from capsulier.store.models import Variable
from capsulier.store.reads.variables import read_job_variables, read_variables

router = Router(tags=["Variables"])
of_job = Router(tags=["Variables"])

Name = Annotated[str, Path(description="The variable's name.")]
Platform = Annotated[str, Query(description="The platform's name.")]


@router.get("", response=Page[VariableOut])
def list_variables(request: AskedRequest, platform: Platform = "main") -> Page[VariableOut]:
    """List the variables that all jobs of a platform get. Values of secrets are never shown."""
    return _page(read_variables(_platform(request, platform).current))


@router.get("/{name}", response=VariableOut)
def get(request: AskedRequest, name: Name, response: HttpResponse, platform: Platform = "main") -> VariableOut:
    """Look at a variable of a platform."""
    return _shown(_find(_platform(request, platform), name), response)


@router.put("/{name}", response=VariableOut)
def put(
    request: AskedRequest,
    name: Name,
    body: VariableIn,
    response: HttpResponse,
    *,
    platform: Platform = "main",
    if_match: IfMatch = None,
) -> VariableOut:
    """Set a variable for all jobs of a platform, from the next execution on. For administrators."""
    scope = _platform(request, platform)
    set_variable(request.auth, scope, name, body.value, is_secret=body.secret, seen=revision_of(if_match))
    return _shown(_find(scope, name), response)


@router.delete("/{name}", response=VariableOut)
def delete(request: AskedRequest, name: Name, platform: Platform = "main", if_match: IfMatch = None) -> VariableOut:
    """Take a variable of a platform away. It can be brought back for a day."""
    scope = _platform(request, platform)
    return VariableOut.of(unset_variable(request.auth, scope, name, seen=revision_of(if_match)))


@router.post("/{name}/restore", response=VariableOut)
def restore(request: AskedRequest, name: Name, platform: Platform = "main") -> VariableOut:
    """Bring a variable of a platform back, with the value that it had."""
    return VariableOut.of(restore_variable(request.auth, _platform(request, platform), name))


@of_job.get("", response=Page[VariableOut])
def list_of_job(request: AskedRequest, job_id: JobId) -> Page[VariableOut]:
    """List all variables that the job's executions get: its own, and those of its platform. Values of secrets are never
    shown."""
    scope = scope_of_job(request.auth, job_id)
    found = read_job_variables(scope.job) if scope.job else ((), ())
    return _page(sorted([*found[0], *found[1]], key=lambda each: each.name))


@of_job.get("/{name}", response=VariableOut)
def get_of_job(request: AskedRequest, job_id: JobId, name: Name, response: HttpResponse) -> VariableOut:
    """Look at a variable of the job's own."""
    return _shown(_find(scope_of_job(request.auth, job_id), name), response)


@of_job.put("/{name}", response=VariableOut)
def put_of_job(
    request: AskedRequest,
    job_id: JobId,
    name: Name,
    body: VariableIn,
    response: HttpResponse,
    *,
    if_match: IfMatch = None,
) -> VariableOut:
    """Set a variable of the job, from its next execution on. Plain ones are for editors, secrets for administrators."""
    scope = scope_of_job(request.auth, job_id)
    set_variable(request.auth, scope, name, body.value, is_secret=body.secret, seen=revision_of(if_match))
    return _shown(_find(scope, name), response)


@of_job.delete("/{name}", response=VariableOut)
def delete_of_job(request: AskedRequest, job_id: JobId, name: Name, if_match: IfMatch = None) -> VariableOut:
    """Take a variable of the job away. It can be brought back for a day."""
    scope = scope_of_job(request.auth, job_id)
    return VariableOut.of(unset_variable(request.auth, scope, name, seen=revision_of(if_match)))


@of_job.post("/{name}/restore", response=VariableOut)
def restore_of_job(request: AskedRequest, job_id: JobId, name: Name) -> VariableOut:
    """Bring a variable of the job back, with the value that it had."""
    return VariableOut.of(restore_variable(request.auth, scope_of_job(request.auth, job_id), name))


def _platform(request: AskedRequest, name: str) -> Scope:
    return Scope(find_platform(request.auth, name).pk)


def _find(scope: Scope, name: str) -> Variable:
    found = scope.current.filter(name=name).select_related("set_by").first()
    if found is None:
        raise NotFound(f"There is no variable {name[:60]} in {scope.name}.")
    return found


def _shown(row: Variable, response: HttpResponse) -> VariableOut:
    """With its ETag: another value has another."""
    response.headers["ETag"] = f'"{row.pk}"'
    return VariableOut.of(row)


def _page(rows: Iterable[Variable]) -> Page[VariableOut]:
    return Page(items=[VariableOut.of(row) for row in rows], next=None)
