"""What a schedule would do, while it is being typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from capsulier.core.errors import CapsulierError
from capsulier.core.retry import in_words as in_words_of_retries
from capsulier.core.schedule import in_words, preview
from capsulier.services.drafts import utc_now
from capsulier.web.base.actor import actor_of_request
from capsulier.web.job_forms.retry_fields import RetryFields
from capsulier.web.job_forms.schedule_fields import ScheduleFields


@require_POST
def preview_schedule(request: HttpRequest) -> HttpResponse:
    """The sentence and the next ten fires, or what is wrong with it."""
    actor_of_request(request)
    form = ScheduleFields(request.POST)
    form.full_clean()
    draft = form.schedule_draft()
    if draft is None:
        return render(request, "job_forms/preview.html", {})
    wrong = [sentence for errors in form.errors.values() for sentence in errors]
    if wrong:
        return render(request, "job_forms/preview.html", {"wrong": wrong})
    try:
        schedule = draft.parsed()
        fires = preview(schedule, utc_now())
    except CapsulierError as error:
        return render(request, "job_forms/preview.html", {"wrong": [error.sentence]})
    context = {"words": in_words(schedule), "fires": fires, "zone": draft.timezone, "paused": draft.paused}
    return render(request, "job_forms/preview.html", context)


@require_POST
def preview_retries(request: HttpRequest) -> HttpResponse:
    """After which delays it would run again, in words; nothing while they cannot be read."""
    actor_of_request(request)
    form = RetryFields(request.POST)
    form.full_clean()
    rule = form.retry_rule()
    if form.errors or rule.growth < 1:
        return HttpResponse("")
    return HttpResponse(f"{in_words_of_retries(rule)}.", content_type="text/plain; charset=utf-8")
