"""The outbox: which mail goes out when, and what became of it.

A mail is claimed right before it is sent and marked right after. Whoever is killed in between leaves the claim; once it
has run out the mail goes out again, under the same Message-ID: twice only where nobody knows whether the mail server
had taken it.
"""

import time
from collections import defaultdict, deque
from collections.abc import Sequence

from django.db.models import F, QuerySet

from capsulier.clock import now_us
from capsulier.store.models import Mail

CLAIM_S = 300
"""Longer than one mail takes on a mail server that always answers just before our patience ends."""
_TRY_AGAIN_S = (60, 300, 900, 3600)
_GIVE_UP_S = 24 * 3600
_SINGLY = 5
"""Of one job to one address so many mails a minute tell of one execution each; of what is more, one mail tells."""
_MINUTE_S = 60.0
_MOST_IN_ONE = 500


class Outbox:
    """Of one sender. What it remembers itself is only what it has sent within the last minute."""

    def __init__(self) -> None:
        self._sent_at: defaultdict[tuple[int, str], deque[float]] = defaultdict(deque)

    def is_due(self) -> bool:
        return _due(now_us()).exists()

    def next_try_us(self) -> int | None:
        """When there is something to do again; None: nothing waits."""
        waiting = Mail.objects.filter(next_try_us__isnull=False).order_by("next_try_us")
        return waiting.values_list("next_try_us", flat=True).first()

    def claim(self) -> list[Mail]:
        """What goes out next, as one mail: alerts to one address about executions of one job, the oldest first. Empty:
        nothing is due. Nobody else gets them before the claim has run out."""
        while first := _due(now_us()).select_related("execution").order_by("tries", "next_try_us", "id").first():
            job_id, address = first.execution.job_id, first.address
            alike = _due(now_us()).filter(address=address, execution__job=job_id).order_by("id")
            ids = list(alike.values_list("id", flat=True)[:_MOST_IN_ONE])
            sent, over_in_s = self._lately(job_id, address)
            if sent >= _SINGLY:
                _these(ids).update(next_try_us=_in(over_in_s))
            elif claimed := _claim(ids if sent + len(ids) > _SINGLY else [first.pk]):
                self._sent_at[job_id, address].append(time.monotonic())
                return claimed
        return []

    def note_sent(self, mails: Sequence[Mail]) -> None:
        _these([mail.pk for mail in mails]).update(sent_us=now_us(), next_try_us=None, error="")

    def note_failure(self, mails: Sequence[Mail], error: str, *, is_final: bool) -> None:
        """To be tried again later, unless that would be no use."""
        ids = [mail.pk for mail in mails]
        _these(ids).update(next_try_us=None if is_final else _in(_delay_s(mails[0].tries)), error=error)
        _give_up_old(_these(ids))

    def postpone_all(self, error: str) -> int:
        """The trouble is the mail server's: all that is due waits together. Answers how many they are."""
        at_us = now_us()
        fewest = _due(at_us).order_by("tries").values_list("tries", flat=True).first()
        if fewest is None:
            return 0
        _due(at_us).update(error=error, tries=F("tries") + 1)
        _give_up_old(_due(at_us))
        return _due(at_us).update(next_try_us=_in(_delay_s(fewest + 1)))

    def give_up_all(self, error: str) -> None:
        Mail.objects.filter(next_try_us__isnull=False).update(next_try_us=None, error=error)

    def _lately(self, job_id: int, address: str) -> tuple[int, float]:
        """How many mails went out within the last minute, and in how many seconds the first of them is older."""
        now, sent_at = time.monotonic(), self._sent_at[job_id, address]
        while sent_at and sent_at[0] <= now - _MINUTE_S:
            sent_at.popleft()
        if not sent_at:
            del self._sent_at[job_id, address]
            return 0, 0.0
        return len(sent_at), sent_at[0] + _MINUTE_S - now


def _due(at_us: int) -> QuerySet[Mail]:
    return Mail.objects.filter(next_try_us__lte=at_us)


def _these(ids: Sequence[int]) -> QuerySet[Mail]:
    return Mail.objects.filter(id__in=ids)


def _claim(ids: Sequence[int]) -> list[Mail]:
    """Those of them that nobody was faster with: a former leader may be at it still."""
    at_us = now_us()
    until_us = at_us + CLAIM_S * 1_000_000
    _these(ids).filter(next_try_us__lte=at_us).update(next_try_us=until_us, tries=F("tries") + 1)
    facts = ("execution__job", "execution__version", "execution__triggered_by", "execution__retry_of")
    return list(_these(ids).filter(next_try_us=until_us).select_related(*facts).order_by("id"))


def _give_up_old(mails: QuerySet[Mail]) -> None:
    """Of those that could not be sent: who has waited for a day waits no longer."""
    mails.filter(created_us__lt=_in(-_GIVE_UP_S)).update(next_try_us=None)


def _delay_s(tries: int) -> int:
    return _TRY_AGAIN_S[min(tries, len(_TRY_AGAIN_S)) - 1]


def _in(seconds: float) -> int:
    return now_us() + int(seconds * 1_000_000)
