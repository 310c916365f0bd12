"""What the log viewer asks for, as JSON: pages of lines, matches, marks."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from capsulier.core.errors import Invalid
from capsulier.core.states import LIVE
from capsulier.leaving import has_left
from capsulier.logs.files import LogName
from capsulier.logs.grep import Query
from capsulier.services.finding import find_execution
from capsulier.services.log_files import logs_of
from capsulier.web.base.actor import actor_of_request
from capsulier.web.logs.finding import find_matches, scales_of
from capsulier.web.logs.marks import error_marks
from capsulier.web.logs.view import MOST_LINES, PAGE_LINES, LogView, Place, Streams, ViewPage


@require_GET
@never_cache
def lines(request: HttpRequest, execution_id: int) -> JsonResponse:
    """A page of lines: `tail=500`, `before=` or `after=` a place, `at=` a point of the scale, `beside=stderr:4096` (a
    byte), `line=stdout:120`."""
    execution = find_execution(actor_of_request(request), execution_id)
    # First whether it lives, then what it has written: once it lives no more, the bottom is the end.
    is_live = execution.state in LIVE
    logs = logs_of(execution)
    view = LogView(logs, _streams(request))
    try:
        page = _page(request, view)
    except FileNotFoundError:  # taken away between two looks
        page = ViewPage([], view.top, view.top)
    is_gone = not is_live and execution.placement > 0 and not logs.path.exists()
    return JsonResponse(view.as_json(page) | {"live": is_live, "gone": is_gone})


@require_GET
@never_cache
def search(request: HttpRequest, execution_id: int) -> HttpResponse:
    """How many lines match `q`, and the first of them as (log, offset, number, point of the scale). Ends early when the
    reader leaves, as one does who types on."""
    execution = find_execution(actor_of_request(request), execution_id)
    query = Query(request.GET.get("q", ""), is_pattern="pattern" in request.GET, ignore_case="case" not in request.GET)
    if not query.text:
        return JsonResponse({"total": 0, "hits": []})
    logs, streams = logs_of(execution), _streams(request)
    try:
        matches = find_matches(logs, streams, query, lambda: has_left(request.META))
    except Invalid as refused:
        return JsonResponse({"refused": refused.sentence}, status=refused.status)
    if matches is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)  # that nobody reads
    scales = scales_of(logs, LogView(logs, streams), matches.first)
    hits = [[each.name, each.offset, each.number, scale] for each, scale in zip(matches.first, scales, strict=True)]
    return JsonResponse({"total": matches.total, "hits": hits})


@require_GET
@never_cache
def marks(request: HttpRequest, execution_id: int) -> JsonResponse:
    """Points of the scale with error output."""
    execution = find_execution(actor_of_request(request), execution_id)
    logs, streams = logs_of(execution), _streams(request)
    view = LogView(logs, streams)
    found = error_marks(logs, view) if streams is Streams.BOTH else []
    return JsonResponse({"total": view.total, "marks": found})


def _page(request: HttpRequest, view: LogView) -> ViewPage:
    count = _number(request.GET.get("count"), PAGE_LINES, MOST_LINES)
    asked = request.GET
    if "before" in asked:
        return view.before(view.parse(asked["before"]), count)
    if "after" in asked:
        return view.after(view.parse(asked["after"]), count)
    if place := _named_place(request, view):
        return view.after(place, count)
    return view.tail(_number(asked.get("tail"), PAGE_LINES, MOST_LINES))


def _named_place(request: HttpRequest, view: LogView) -> Place | None:
    asked = request.GET
    if "at" in asked:
        return view.at(_number(asked["at"], 0))
    for name, find in (("beside", view.beside), ("line", view.at_line)):
        if name in asked:
            log, _, number = asked[name].partition(":")
            if log not in set(LogName):
                raise Invalid(f"There is no log “{log[:40]}”.")
            return find(LogName(log), _number(number, 0))
    return None


def _streams(request: HttpRequest) -> Streams:
    wanted = request.GET.get("stream", Streams.BOTH.value)
    return Streams(wanted) if wanted in set(Streams) else Streams.BOTH


def _number(text: str | None, usual: int, most: int = 1 << 62) -> int:
    return min(int(text), most) if text and text.isdecimal() and len(text) < 19 else usual
