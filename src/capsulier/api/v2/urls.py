"""Every address of the API."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from capsulier.api.v2 import (
    audit,
    capsules,
    channels,
    engines,
    events,
    executions,
    files,
    jobs,
    limits,
    logs,
    package_files,
    packages,
    people,
    placements,
    platforms,
    schedules,
    tokens,
    totals,
    variables,
    versions,
)
from capsulier.api.v2.asking import ask
from capsulier.api.v2.body import BodyParser
from capsulier.api.v2.docs import reference
from capsulier.api.v2.openapi import DescribedAPI
from capsulier.api.v2.problems import answer_in_problems, problem

api = DescribedAPI(
    title="Capsulier",
    version="2",
    description="Everything a page of the Manager can do. Instants are RFC 3339 in UTC, refusals RFC 9457.",
    urls_namespace="api",
    auth=ask,
    docs_url=None,
    parser=BodyParser(),
)
answer_in_problems(api)
api.add_router("/jobs", jobs.router)
api.add_router("/jobs/{int:job_id}/versions", versions.router)
api.add_router("/jobs/{int:job_id}/versions/{int:number}/package", packages.of_version)
api.add_router("/jobs/{int:job_id}/versions/{int:number}/files", package_files.router)
api.add_router("/jobs/{int:job_id}/executions", executions.of_job)
api.add_router("/jobs/{int:job_id}/variables", variables.of_job)
api.add_router("/jobs/{int:job_id}", schedules.of_job)
api.add_router("/executions", executions.router)
api.add_router("/executions/{int:execution_id}/logs", logs.router)
api.add_router("/executions/{int:execution_id}/files", files.router)
api.add_router("/packages", packages.router)
api.add_router("/placements/{int:execution_id}/{int:placement}", placements.router)
api.add_router("/people", people.router)
api.add_router("/platforms", platforms.router)
api.add_router("/platforms", limits.router)
api.add_router("/platforms/{slug:name}", people.of_platform)
api.add_router("/schedules", schedules.router)
api.add_router("/tokens", tokens.router)
api.add_router("/variables", variables.router)
api.add_router("/changes", audit.router)
api.add_router("", events.router)
api.add_router("", channels.router)
api.add_router("", totals.router)
api.add_router("", capsules.router)
api.add_router("", engines.router)


def _nothing(request: HttpRequest) -> HttpResponse:
    return problem(404, "not_found", "There is nothing at this address. /api/v2/openapi.json lists what there is.")


urlpatterns: list[URLPattern | URLResolver] = [
    path("v2/docs", partial(reference, api)),
    path("v2/", api.urls),
    re_path("", _nothing),
]
