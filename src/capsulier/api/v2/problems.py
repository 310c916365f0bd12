"""Refusals as problem details (RFC 9457), whatever they come from."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from capsulier.core.errors import CapsulierError, DatabaseAway, InvalidFields, NotSignedIn, TooManyAttempts
from capsulier.services.trouble import trouble_of

_log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
_CHALLENGE = 'Bearer realm="Capsulier", Basic realm="Capsulier", charset="UTF-8"'
_MOST_ERRORS = 20
"""Told of one body; whoever has more mistakes in it has sent something else."""
_BROKEN = "Something went wrong in Capsulier itself. Its log says more."


def answer_in_problems(api: NinjaAPI) -> None:
    """Have every exception of this API's operations answered so."""
    for kind in (CapsulierError, ValidationError, HttpError, Http404, Exception):
        api.add_exception_handler(kind, lambda _, error: problem_of(error))  # type: ignore[arg-type]


def problem_of(error: Exception) -> HttpResponse:  # noqa: PLR0911  # one for each kind
    match error:
        case CapsulierError():
            return _refusal(error)
        case ValidationError():
            return _invalid(error)
        case HttpError(__cause__=CapsulierError() as refusal):
            return _refusal(refusal)  # of our own parser
        case HttpError():
            return problem(error.status_code, "malformed", _sentence(error.message))
        case Http404():
            return problem(404, "not_found", "There is nothing at this address.")
        case RequestDataTooBig():
            return problem(413, "too_large", "The body of this request is too large.")
        case SuspiciousOperation():
            return problem(400, "malformed", "This request cannot be understood.")
    if trouble := trouble_of(error):
        _log.error("%s: %s", trouble.title, str(error).strip())
        return _refusal(trouble)
    _log.error("A request failed.", exc_info=error)
    return problem(500, "internal", _BROKEN)


def problem(status: int, code: str, detail: str, title: str = "", errors: Any = ()) -> HttpResponse:
    answer = JsonResponse(
        {
            "type": f"urn:capsulier:problem:{code}",
            "title": title or HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "code": code,
            "errors": list(errors),
        },
        status=status,
        content_type=CONTENT_TYPE,
    )
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django warns of each; most are the caller's business
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = _CHALLENGE
    return answer


def _refusal(error: CapsulierError) -> HttpResponse:
    each = error.errors if isinstance(error, InvalidFields) else [error]
    fields = [{"field": one.field, "code": one.code, "detail": one.sentence} for one in each if one.field is not None]
    answer = problem(error.status, error.code, error.sentence, error.title, fields)
    if isinstance(error, NotSignedIn):
        answer.headers["Cache-Control"] = "no-store"
    if isinstance(error, DatabaseAway):
        answer.headers["Retry-After"] = "1"
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.wait_s)
    return answer


def _invalid(error: ValidationError) -> HttpResponse:
    """Values of a wrong kind, found before any service was asked."""
    errors = [
        {"field": _field(each["loc"]), "code": each["type"], "detail": _sentence(each["msg"])} for each in error.errors
    ]
    if (more := len(errors) - _MOST_ERRORS) > 0:
        errors = [*errors[:_MOST_ERRORS], {"field": None, "code": "more", "detail": f"And {more:,} more."}]
    detail = " ".join(f"{each['field'] or 'The body'}: {each['detail']}" for each in errors)
    return problem(422, "invalid", detail, "Not a usable value", errors)


def _field(location: tuple[str | int, ...]) -> str | None:
    """Of ("body", "body", "schedule", "until"): schedule.until. The first two are where ninja has read it."""
    parts = location[2:] if location[0] == "body" else location[1:]
    return ".".join(str(part) for part in parts) or None


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."
