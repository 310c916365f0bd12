"""The audit trail: who did what to what, when and from where."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from capsulier.api.v2.asking import AskedRequest, ask_in_thread, in_thread
from capsulier.api.v2.openapi import BYTES
from capsulier.api.v2.ranges import attachment
from capsulier.api.v2.shapes.change import ChangeOut
from capsulier.api.v2.shapes.shape import Page, PageSize, in_utc
from capsulier.core.trail import Subject
from capsulier.services.export_audit import ExportFormat, export_changes, export_head
from capsulier.services.read_audit import Audit
from capsulier.store.reads.trail import TrailFilter

router = Router(tags=["Audit trail"])

_AT_ONCE = 500
_FILE = BYTES("All that was asked for, the latest first.", "text/csv")
_FILE["responses"][200]["content"]["application/jsonl"] = {}
Who = Annotated[str, Query(description="Part of a person's or a token's name, or the beginning of an address.")]
What = Annotated[list[Subject], Query(description="What was changed; one or several.")]
Name = Annotated[str, Query(description="Part of what it was called.")]
Job = Annotated[int | None, Query(description="A job's id.")]


@router.get("", response=Page[ChangeOut])
def list_all(
    request: AskedRequest,
    *,
    platform: str | None = None,
    who: Who = "",
    subject: What = [],  # noqa: B006
    name: Name = "",
    verb: str = "",
    job: Job = None,
    since: datetime | None = None,
    until: datetime | None = None,
    page: int | None = None,
    size: PageSize = 50,
) -> Page[ChangeOut]:
    """Read the audit trail, the latest first: of the platforms that you administer, or of the whole installation."""
    asked = TrailFilter(who, subject, name, verb, in_utc(since), in_utc(until), job)
    rows = Audit(request.auth, platform).read(asked, before=page, count=size + 1)
    items = [ChangeOut.of(row, whence=True) for row in rows[:size]]
    return Page(items=items, next=items[-1].id if len(rows) > size else None)


@router.get("/export", auth=ask_in_thread, openapi_extra=_FILE)
async def export(
    request: AskedRequest,
    *,
    format: ExportFormat = ExportFormat.CSV,
    platform: str | None = None,
    who: Who = "",
    subject: What = [],  # noqa: B006
    name: Name = "",
    verb: str = "",
    job: Job = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> HttpResponseBase:
    """Export the audit trail as a file: CSV, or JSON lines (application/jsonl)."""
    asked = TrailFilter(who, subject, name, verb, in_utc(since), in_utc(until), job)
    audit = await in_thread(Audit, request.auth, platform)
    answer = StreamingHttpResponse(_exported(audit, asked, format), content_type=format.media_type)
    answer.headers["Content-Disposition"] = attachment(f"audit.{format}")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


async def _exported(audit: Audit, asked: TrailFilter, kind: ExportFormat) -> AsyncIterator[bytes]:
    yield export_head(kind)
    before: int | None = None
    while rows := await in_thread(audit.read, asked, before=before, count=_AT_ONCE):
        yield export_changes(kind, rows)
        before = rows[-1].pk
