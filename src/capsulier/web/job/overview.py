"""The overview of a job: what one came for first, the last log, then the rest."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capsulier.clock import now_us
from capsulier.core.alerts import wishes_in_words
from capsulier.core.retry import RetryRule, in_words
from capsulier.core.states import State
from capsulier.services.progress import read_progress
from capsulier.services.waiting import waits_of
from capsulier.services.what_changed import Comparison, compare
from capsulier.services.work_files import find_result
from capsulier.store.models import Channel, Execution, Job
from capsulier.store.reads.job import Overview, read_last_success_before, read_overview
from capsulier.web.job.chart import draw_chart
from capsulier.web.job.execution_words import show_execution, show_executions
from capsulier.web.job.schedule_words import show_schedule
from capsulier.web.job.shell import shell
from capsulier.web.job.text_diff import Piece, diff_words
from capsulier.web.logs.viewer import viewer

_LOG_LINES = 200
_ERROR_LINES = 8


@require_safe
def show_overview(request: HttpRequest, job_id: int) -> HttpResponse:
    return render(request, "job/overview.html", _context(request, job_id))


@require_safe
def show_news(request: HttpRequest, job_id: int) -> HttpResponse:
    """The parts of the overview as they are now; the log only where it is of another execution than is `shown`."""
    context = _context(request, job_id)
    last = context["last"]
    is_other = str(last.execution.pk if last else "") != request.GET.get("shown", "")
    return render(request, "job/overview_news.html", context | {"is_other": is_other})


@require_safe
def show_head(request: HttpRequest, job_id: int) -> HttpResponse:
    """The head as it is now, and with it the page's title, where that is not one of its own."""
    context = shell(request, job_id, request.GET.get("panel", ""))
    return render(request, "job/head.html", context | {"is_part": "own_title" not in request.GET})


@require_safe
def show_run_button(request: HttpRequest, job_id: int) -> HttpResponse:
    """For the sheet of a phone."""
    return render(request, "job/run_button.html", shell(request, job_id, ""))


def _context(request: HttpRequest, job_id: int) -> dict[str, Any]:
    context = shell(request, job_id, "overview")
    job: Job = context["job"]
    at_us = now_us()
    read = read_overview(job)
    last = context["head"].last
    return context | {
        "read": read,
        "last": show_execution(last) if last else None,
        "live": show_executions(read.live, waits_of(read.live)),
        "comparison": (comparison := _comparison(read, last)),
        "command_pieces": _command_pieces(comparison),
        **_progress(read, at_us),
        "error_lines": _error_lines(last),
        "result": find_result(last) if last else None,
        "viewer": viewer(last, "both", lines=_LOG_LINES, is_compact=True) if last else None,
        "chart": draw_chart(read.recent, read.usual_s, at_us) if read.recent else None,
        "success_percent": round(100 * read.successes / read.ended) if read.ended else None,
        "schedule": show_schedule(context["head"].schedule),
        "version": job.current_version,
        "retry_words": _retry_words(job),
        "alert_words": _alert_words(job),
    }


def _comparison(read: Overview, last: Execution | None) -> Comparison | None:
    """Of a job whose last execution failed and that has worked before."""
    if last is None or last.state != State.FAILED:
        return None
    success = read.last_success
    if success is None or success.number > last.number:
        success = read_last_success_before(last)
    return compare(last, success) if success else None


def _command_pieces(comparison: Comparison | None) -> Sequence[Piece]:
    """Of a command that is another now: what went and what came, word by word."""
    texts = [each for each in comparison.differences if each.is_text] if comparison else []
    return diff_words(texts[0].before, texts[0].after) if texts else ()


def _error_lines(last: Execution | None) -> str:
    """The last words of a failed execution."""
    if last is None or last.state != State.FAILED:
        return ""
    return "\n".join(line.text for line in viewer(last, "stderr", lines=_ERROR_LINES).plain)


def _progress(read: Overview, at_us: int) -> dict[str, Any]:
    """How far the newest running execution is: as its program tells, else by the usual duration, at most 100 %."""
    running = next((each for each in read.live if each.state == State.RUNNING and each.started_us), None)
    if running is None or running.started_us is None:
        return {}
    told = read_progress(running)
    if told is not None and told.value is not None:
        left_us = told.left_us(running.started_us)
        return {"told": told, "part_done": round(told.value * 100), "left_s": left_us / 1_000_000 if left_us else None}
    if not read.usual_s:
        return {"told": told}
    return {"told": told, "part_done": min(100, round((at_us - running.started_us) / 10_000 / read.usual_s))}


def _retry_words(job: Job) -> str:
    rule = RetryRule(job.retries, job.retry_delay_s, job.retry_growth, job.retry_cap_s)
    return in_words(rule) if job.retries else ""


def _alert_words(job: Job) -> str:
    """ "Failure, kill, to ana@example.com"."""
    wishes = wishes_in_words(
        job.alert_on, failures=job.alert_failures, late_s=job.alert_late_s, waiting_s=job.alert_waiting_s
    )
    targets = [*job.alert_emails, *Channel.objects.filter(id__in=job.alert_channels).values_list("name", flat=True)]
    return f"{wishes}, to {', '.join(targets)}" if wishes and targets else ""
