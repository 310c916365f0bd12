"""The files of an execution: its package, and what it has made."""

from pathlib import PurePosixPath
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.core.errors import NotFound
from capsulier.services.finding import find_execution
from capsulier.services.work_files import list_work_files, look_at_work_file, read_work_file
from capsulier.web.base.actor import actor_of_request
from capsulier.web.files.notebook import Image, image_of, read_notebook
from capsulier.web.job.shell import shell

_MOST_SHOWN_BYTES = 20_000_000
"""Of an image or a notebook, which are shown whole or not at all."""
_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}


@require_safe
def show_files(request: HttpRequest, execution_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    execution = find_execution(actor, execution_id)
    files, is_cut = list_work_files(actor, execution_id)
    context = shell(request, execution.job_id, "executions")
    context |= {"own_title": True, "execution": execution, "files": files, "is_cut": is_cut}
    return render(request, "files/work_files.html", context)


@require_safe
def show_file(request: HttpRequest, execution_id: int) -> HttpResponse:
    """A notebook is shown as one, unless the address says `as=text`."""
    actor, path = actor_of_request(request), request.GET.get("path", "")
    execution = find_execution(actor, execution_id)
    context = shell(request, execution.job_id, "executions") | {"own_title": True, "execution": execution}
    context["file"] = file = look_at_work_file(actor, execution_id, path)
    context["download_url"] = f"/api/v2/executions/{execution_id}/files/{quote(path)}"
    context["is_image"] = _image_kind(path) is not None and file.size_bytes <= _MOST_SHOWN_BYTES
    if path.endswith(".ipynb") and request.GET.get("as") != "text" and file.size_bytes <= _MOST_SHOWN_BYTES:
        context["notebook"] = read_notebook(read_work_file(actor, execution_id, path, _MOST_SHOWN_BYTES)[0])
    return render(request, "files/work_file.html", context)


@require_safe
def show_image(request: HttpRequest, execution_id: int) -> HttpResponse:
    """An image file, or with `output` the image in an output of a notebook."""
    path, output = request.GET.get("path", ""), request.GET.get("output")
    data, size_bytes = read_work_file(actor_of_request(request), execution_id, path, _MOST_SHOWN_BYTES)
    kind = _image_kind(path)
    image = image_of(data, output) if output else Image(kind, data) if kind else None
    if image is None or size_bytes > _MOST_SHOWN_BYTES:
        raise NotFound("There is no such image.")
    answer = HttpResponse(image.data, content_type=image.media_type)
    # A program made it: as a picture in our page an SVG runs nothing, and opened by itself it may not either.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _image_kind(path: str) -> str | None:
    return _IMAGES.get(PurePosixPath(path).suffix.lower())
