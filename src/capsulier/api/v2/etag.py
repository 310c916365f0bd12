"""ETag and If-Match: nobody saves over what they have not seen."""

import re
from typing import Annotated

from django.http import HttpResponse
from ninja import Header

from capsulier.core.errors import Stale
from capsulier.store.models import Job

_TAG = re.compile(r'\s*(?:W/)?"(\d+)"\s*')

IfMatch = Annotated[
    str | None,
    Header(
        None,
        alias="If-Match",
        description="The ETag of the job as you have seen it. Answers 412 if somebody changed it meanwhile.",
    ),
]


def note_revision(response: HttpResponse, job: Job) -> None:
    response.headers["ETag"] = f'"{job.revision}"'


def revision_of(if_match: str | None) -> int | None:
    """The revision that the caller has seen; None where any will do. Raises Stale for a tag that was never ours."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match)
    if not found:
        raise Stale(f"If-Match {if_match[:40]} is not an ETag of this job. Look at it again, then repeat your change.")
    return int(found[1])
