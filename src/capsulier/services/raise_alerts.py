"""Work out who is to hear of what has happened."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Q

from capsulier.clock import now_us
from capsulier.core.alerts import AlertKind, AlertLimit, End, each_once, kind_of_end
from capsulier.core.states import ENDED, State
from capsulier.ledger.occasions import note
from capsulier.services.note_delays import overlooked
from capsulier.store.models import Alert, Channel, Execution, Job, Mute, Occasion

_BATCH = 200
_BEYOND = 20
"""So many ends more than `alert_failures` are looked at: kills among them count for nothing."""


def raise_alerts() -> int:
    """Put the alerts of all that happened into the outbox; answer how many they are. Whoever is killed in between
    has done nothing of a batch; two at once do each batch once."""
    raised = 0
    while True:
        with transaction.atomic():
            occasions = _open()
            if not occasions:
                return raised
            alerts = [alert for each in occasions for alert in _alerts_of(each)]
            Alert.objects.bulk_create(alerts, ignore_conflicts=True)
            Occasion.objects.filter(id__in=[each.pk for each in occasions]).update(is_open=False)
            raised += len(alerts)


def _open() -> list[Occasion]:
    rows = Occasion.objects.filter(is_open=True).select_related("job").order_by("id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return list(rows[:_BATCH])


def _alerts_of(occasion: Occasion) -> Iterator[Alert]:
    kind = _kind_of(occasion)
    if kind is None or occasion.job.deleted_at is not None:
        return
    at_us = now_us()
    muted = set(
        Mute.objects.filter(Q(until_us=None) | Q(until_us__gt=at_us), job=occasion.job).values_list("target", flat=True)
    )
    for target, channel_id in _targets(occasion.job):
        if target.casefold() not in muted:
            yield Alert(
                occasion=occasion,
                job=occasion.job,
                target=target,
                channel_id=channel_id,
                kind=kind,
                created_us=at_us,
                next_try_us=at_us,
            )


def _targets(job: Job) -> Iterator[tuple[str, int | None]]:
    for address in each_once(job.alert_emails):
        yield address, None
    for channel in Channel.objects.filter(platform=job.platform_id, id__in=job.alert_channels).order_by("id"):
        yield f"channel:{channel.pk}", channel.pk


def _kind_of(occasion: Occasion) -> AlertKind | AlertLimit | None:
    """Under which type the job wants to hear of it, as its settings are now; None: it does not."""
    job = occasion.job
    if occasion.kind == "end":
        return _kind_of_end(occasion)
    if occasion.kind == "missed":
        return AlertKind.MISSED if AlertKind.MISSED in job.alert_on else None
    return AlertLimit(occasion.kind)


def _kind_of_end(occasion: Occasion) -> AlertKind | AlertLimit | None:
    job, execution = occasion.job, occasion.execution
    if execution is None:
        raise AssertionError("an end is the end of an execution")
    note(overlooked(job, execution), now_us())
    end = End(
        State(execution.state),
        _ends_before(execution, job.alert_failures or 1),
        is_retried=Execution.objects.filter(retry_of=execution).exists(),
    )
    return kind_of_end(job.alert_on, end, job.alert_failures)


def _ends_before(execution: Execution, failures: int) -> list[State]:
    ended = Execution.objects.filter(job=execution.job_id, number__lt=execution.number, state__in=ENDED)
    states = ended.order_by("-number").values_list("state", flat=True)
    return [State(each) for each in states[: failures + _BEYOND]]
