"""How a deed is answered: where it was asked for, so that nobody loses their place."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from capsulier.clock import now_us
from capsulier.core.errors import CapsulierError
from capsulier.services.waiting import waits_of_jobs
from capsulier.store.reads.board import read_rows
from capsulier.web.base.htmx import with_toast
from capsulier.web.base.refusals import refuse
from capsulier.web.board.rows import show_rows

_CONFLICT = 409
_ROWS = {"row": "board/row.html", "table_row": "board/table_row.html"}


def answer(request: HttpRequest, words: str, *, job_id: int, platform_id: int) -> HttpResponse:
    """With scripts: the job's row anew, if a row asked, or only the words. Without: the page before, with the words."""
    if "HX-Request" not in request.headers:
        messages.success(request, words)
        return HttpResponseRedirect(page_before(request, f"/jobs/{job_id}"))
    template = _ROWS.get(request.GET.get("as", ""))
    if template is None:
        return with_toast(HttpResponse(status=204), words)
    read = read_rows(platform_id, [job_id])
    rows = show_rows(read, now_us(), waits_of_jobs(row.job for row in read))
    return render(request, template, {"row": rows[0]}) if rows else HttpResponse(status=204)


def answer_refusal(request: HttpRequest, error: CapsulierError, job_id: int) -> HttpResponse:
    """A refused deed leaves the page as it is and says why: beside the button that was pressed in a row, else as a
    toast; without scripts on the page where it was asked for."""
    if "HX-Request" in request.headers:
        if error.status == _CONFLICT and request.GET.get("as") in _ROWS:
            headers = {"HX-Retarget": f"#job-{job_id} .job-refusal", "HX-Reswap": "textContent"}
            return HttpResponse(
                error.sentence, content_type="text/plain; charset=utf-8", status=_CONFLICT, headers=headers
            )
        return refuse(request, error)
    messages.error(request, error.sentence)
    return HttpResponseRedirect(page_before(request, f"/jobs/{job_id}"))


def page_before(request: HttpRequest, otherwise: str) -> str:
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return otherwise
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def page_of(request: HttpRequest) -> str:
    """The path of the page that htmx asks from."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path
