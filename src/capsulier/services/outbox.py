"""The outbox: which message goes out when, and what became of it.

A message is claimed right before it is sent and marked right after. Whoever is killed in between leaves the claim; once
it has run out the message goes out again, under the same id: twice only where nobody knows whether the other side had
taken it.
"""

import time
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence

from django.db.models import F, QuerySet

from capsulier.clock import now_us
from capsulier.store.models import Alert

CLAIM_S = 300
"""Longer than one message takes on a server that always answers just before our patience ends."""
_TRY_AGAIN_S = (60, 300, 900, 3600)
_GIVE_UP_S = 24 * 3600
_SINGLY_OF_JOB = 5
"""Of one job to one target so many messages a minute tell of one happening each; of what is more, one message tells."""
_SINGLY = 20
"""And so many to one target of all jobs: a database that goes away fails every job at once."""
_MINUTE_S = 60.0
_MOST_IN_ONE = 500


class Outbox:
    """Of one sender: of the mails, or of the messages to channels. What it remembers itself is only what it has sent
    within the last minute."""

    def __init__(self, *, of_channels: bool = False) -> None:
        self._mine = Alert.objects.filter(channel__isnull=not of_channels)
        self._sent_at: defaultdict[Hashable, deque[float]] = defaultdict(deque)

    def is_due(self) -> bool:
        return self._due(now_us()).exists()

    def next_try_us(self) -> int | None:
        """When there is something to do again; None: nothing waits."""
        waiting = self._mine.filter(next_try_us__isnull=False).order_by("next_try_us")
        return waiting.values_list("next_try_us", flat=True).first()

    def claim(self) -> list[Alert]:
        """What goes out next, as one message: alerts to one target, of one job or, in a storm, of many; the oldest
        first. Empty: nothing is due. Nobody else gets them before the claim has run out."""
        while first := self._due(now_us()).order_by("tries", "next_try_us", "id").first():
            of_target = self._due(now_us()).filter(target=first.target).order_by("id")
            told: Hashable
            jobs = of_target.order_by().values("job").distinct().count()
            if self._room(first.target, _SINGLY) < jobs:
                chosen, told, most = of_target, first.target, _SINGLY
            else:
                chosen, told, most = of_target.filter(job=first.job_id), (first.target, first.job_id), _SINGLY_OF_JOB
            ids = list(chosen.values_list("id", flat=True)[:_MOST_IN_ONE])
            if (room := self._room(told, most)) <= 0:
                _these(ids).update(next_try_us=_in(self._over_in_s(told)))
            elif claimed := self._claim(ids if room < len(ids) else [first.pk]):
                for each in (first.target, (first.target, first.job_id)):
                    self._sent_at[each].append(time.monotonic())
                return claimed
        return []

    def note_sent(self, alerts: Sequence[Alert]) -> None:
        _these([alert.pk for alert in alerts]).update(sent_us=now_us(), next_try_us=None, error="")

    def note_failure(self, alerts: Sequence[Alert], error: str, *, is_final: bool) -> None:
        """To be tried again later, unless that would be no use."""
        ids = [alert.pk for alert in alerts]
        _these(ids).update(next_try_us=None if is_final else _in(_delay_s(alerts[0].tries)), error=error)
        _give_up_old(_these(ids))

    def postpone_all(self, error: str) -> int:
        """The trouble is the mail server's: all that is due waits together. Answers how many they are."""
        due = self._due(now_us())
        fewest = due.order_by("tries").values_list("tries", flat=True).first()
        if fewest is None:
            return 0
        due.update(error=error, tries=F("tries") + 1)
        _give_up_old(due)
        return due.update(next_try_us=_in(_delay_s(fewest + 1)))

    def give_up_all(self, error: str) -> None:
        self._mine.filter(next_try_us__isnull=False).update(next_try_us=None, error=error)

    def _due(self, at_us: int) -> QuerySet[Alert]:
        return self._mine.filter(next_try_us__lte=at_us)

    def _claim(self, ids: Sequence[int]) -> list[Alert]:
        """Those of them that nobody was faster with: a former leader may be at it still."""
        at_us = now_us()
        until_us = at_us + CLAIM_S * 1_000_000
        _these(ids).filter(next_try_us__lte=at_us).update(next_try_us=until_us, tries=F("tries") + 1)
        of_execution = [f"occasion__execution__{each}" for each in ("job", "version", "triggered_by", "retry_of")]
        claimed = _these(ids).filter(next_try_us=until_us)
        return list(claimed.select_related("job", "channel", "occasion__job", *of_execution).order_by("id"))

    def _room(self, told: Hashable, most: int) -> int:
        """How many messages may still tell of one happening each."""
        now, sent_at = time.monotonic(), self._sent_at[told]
        while sent_at and sent_at[0] <= now - _MINUTE_S:
            sent_at.popleft()
        if not sent_at:
            del self._sent_at[told]
            return most
        return most - len(sent_at)

    def _over_in_s(self, told: Hashable) -> float:
        """In how many seconds the oldest of those sent within the last minute is older."""
        return self._sent_at[told][0] + _MINUTE_S - time.monotonic()


def _these(ids: Sequence[int]) -> QuerySet[Alert]:
    return Alert.objects.filter(id__in=ids)


def _give_up_old(alerts: QuerySet[Alert]) -> None:
    """Of those that could not be sent: what has waited for a day waits no longer."""
    alerts.filter(created_us__lt=_in(-_GIVE_UP_S)).update(next_try_us=None)


def _delay_s(tries: int) -> int:
    return _TRY_AGAIN_S[min(tries, len(_TRY_AGAIN_S)) - 1]


def _in(seconds: float) -> int:
    return now_us() + int(seconds * 1_000_000)
