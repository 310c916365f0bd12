"""One file of a version's package, and how it differs between two versions."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.core.errors import NotFound
from capsulier.core.readable import LookedAt
from capsulier.services.finding import find_version
from capsulier.services.package_files import find_package_of_version, look_into
from capsulier.store.models import Version
from capsulier.web.base.actor import actor_of_request
from capsulier.web.files.line_diff import diff_lines
from capsulier.web.job.shell import shell


@require_safe
def show_file(request: HttpRequest, job_id: int, number: int) -> HttpResponse:
    context = shell(request, job_id, "versions")
    package = find_package_of_version(actor_of_request(request), job_id, number)
    file = look_into(package, request.GET.get("path", ""))
    context |= {"own_title": True, "number": number, "package": package, "file": file}
    context["download_url"] = f"/api/v2/jobs/{job_id}/versions/{number}/files/{quote(file.name)}"
    return render(request, "files/package_file.html", context)


@require_safe
def compare_files(request: HttpRequest, job_id: int) -> HttpResponse:
    """The file at `path` in the versions `from` and `to`; one of them may lack it."""
    context = shell(request, job_id, "versions")
    actor, name = actor_of_request(request), request.GET.get("path", "")
    before, after = (find_version(actor, job_id, _number(request.GET.get(each))) for each in ("from", "to"))
    old, new = _look_into(before, name), _look_into(after, name)
    if old is None and new is None:
        raise NotFound(f"There is no file “{name[:200]}” in either version.")
    context |= {"own_title": True, "name": name, "before": before, "after": after, "old": old, "new": new}
    return render(request, "files/difference.html", context | _compare(old, new))


def _look_into(version: Version, name: str) -> LookedAt | None:
    with suppress(NotFound):
        return look_into(version.package, name) if version.package else None
    return None


def _compare(old: LookedAt | None, new: LookedAt | None) -> dict[str, Any]:
    """The lines that differ, and words where they are not all there is to say."""
    texts = [file.readable.text if file and file.readable else "" for file in (old, new)]
    if any(file and file.readable is None for file in (old, new)):
        return {"lines": None, "words": "This file is no text: its content cannot be compared here."}
    lines = diff_lines(*texts)
    if lines is None:
        return {"lines": None, "words": "This file is too long to be compared here."}
    is_cut = any(file and file.readable and file.readable.is_cut for file in (old, new))
    return {"lines": lines, "words": "Only the beginning of this file was compared." if is_cut else ""}


def _number(text: str | None) -> int:
    """A version's number; 0, which none has, for what is no number."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
