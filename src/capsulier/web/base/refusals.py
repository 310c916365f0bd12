"""What services refuse, as pages: the sentence, with the HTTP status that says the same."""

import logging
import sys
from collections.abc import Callable
from urllib.parse import urlencode

from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string

from capsulier.core.errors import Broken, CapsulierError, NotFound, NotSignedIn, TooManyAttempts
from capsulier.services.trouble import trouble_of
from capsulier.web.base.htmx import with_toast
from capsulier.web.sign_in.views import ask_first

_log = logging.getLogger(__name__)


class Refusals:
    """Turns a CapsulierError that no view has caught into an answer for a person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404):
            error = NotFound("There is nothing at this address.")
        if not isinstance(error, CapsulierError):
            trouble = trouble_of(error)
            if trouble is None:
                return None
            _log.error("%s: %s", trouble.title, str(error).strip())
            error = trouble
        if isinstance(error, NotSignedIn) and not _is_htmx(request):
            if request.method == "POST":
                return ask_first(request)
            return HttpResponseRedirect(f"/sign-in?{urlencode({'next': request.get_full_path()})}")
        return refuse(request, error)


def refuse(request: HttpRequest, error: CapsulierError) -> HttpResponse:
    """The refusal as a page, or as a toast where htmx asked and the page stays as it is."""
    if _is_htmx(request):
        response = with_toast(HttpResponse(status=error.status), error.sentence, level="danger")
        response.headers["HX-Reswap"] = "none"
    else:
        response = render(request, "base/refusal.html", {"error": error}, status=error.status)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.wait_s)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: an address that no view has."""
    return refuse(request, NotFound("There is nothing at this address."))


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500. Asks the database nothing: it may be what has failed."""
    error = trouble_of(sys.exc_info()[1]) or Broken("Something went wrong in Capsulier itself. Its log says more.")
    return HttpResponse(render_to_string("base/refusal.html", {"error": error}), status=error.status)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400. Plain text: the layout of our pages asks for the host, too."""
    sentence = "This request cannot be understood."
    if isinstance(exception, DisallowedHost):
        sentence = (
            "The Manager does not answer to the name in this address. Whoever runs it can add the name to "
            "CAPSULIER_ALLOWED_HOSTS, or set CAPSULIER_PUBLIC_URL."
        )
    return HttpResponse(f"{sentence}\n", status=400, content_type="text/plain; charset=utf-8")


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
