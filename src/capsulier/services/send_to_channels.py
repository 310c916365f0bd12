"""Send the alerts of the outbox that go to channels."""

import json
import logging
import threading
from collections.abc import Sequence
from typing import Any

import httpx

from capsulier.clock import now_us
from capsulier.core.channels import ChannelKind, signed_headers
from capsulier.core.errors import CapsulierError
from capsulier.services.alert_facts import AlertFacts, alert_facts
from capsulier.services.alert_lines import other_lines
from capsulier.services.alert_words import execution_of
from capsulier.services.channels import open_channel
from capsulier.services.outbox import Outbox
from capsulier.store.models import Alert

_log = logging.getLogger(__name__)
_TIMEOUT_S = 15
_LONGEST_ERROR = 500
_FEWER_LINES = 8
"""Of the log: a chat shows less than a mail."""
_REFUSED = frozenset({400, 401, 403, 404, 405, 410, 422})
"""The other side will say the same tomorrow."""


class NotTaken(Exception):
    """The other side did not take the message. `is_final`: nor will it later."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


class Courier:
    """Sends what is due. Once `ending` is set, it stops after the message in hand."""

    def __init__(self, ending: threading.Event | None = None) -> None:
        self._ending = ending or threading.Event()
        self._outbox = Outbox(of_channels=True)

    def send_alerts(self) -> int | None:
        """Send what is due; answer when the next is to be tried, or None."""
        while not self._ending.is_set() and (alerts := self._outbox.claim()):
            self._send(alerts)
        return self._outbox.next_try_us()

    def _send(self, alerts: Sequence[Alert]) -> None:
        channel = alerts[0].channel
        try:
            _deliver(alerts)
        except (NotTaken, CapsulierError) as error:
            words = str(error)[:_LONGEST_ERROR]
            self._outbox.note_failure(alerts, words, is_final=getattr(error, "is_final", False))
            _log.warning("An alert to the channel %s could not be sent: %s", channel, words)
        except Exception:
            _log.exception("The alert %d could not be written.", alerts[-1].pk)
            words = "The message could not be written; Capsulier's log says more."
            self._outbox.note_failure(alerts, words, is_final=True)
        else:
            self._outbox.note_sent(alerts)


def _deliver(alerts: Sequence[Alert]) -> None:
    newest = max(alerts, key=lambda each: each.pk)
    if newest.channel is None:
        raise AssertionError("an alert to a channel has one")
    url, secret = open_channel(newest.channel)
    facts, others = alert_facts(newest), other_lines(alerts, newest)
    if newest.channel.kind == ChannelKind.WEBHOOK:
        _post(url, secret, newest, _as_json(newest, facts, others))
    else:
        _notify(url, facts, others)


def _post(url: str, secret: str, alert: Alert, message: dict[str, Any]) -> None:
    """Sent again after a doubt, it has the id that it had: the other side may know it by that."""
    body = json.dumps(message).encode()
    headers = signed_headers(secret, f"alert-{alert.pk}-{alert.created_us}", now_us() // 1_000_000, body)
    try:
        answer = httpx.post(
            url, content=body, headers={"Content-Type": "application/json", **headers}, timeout=_TIMEOUT_S
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotTaken(f"The webhook does not answer: {type(error).__name__}") from error
    if not answer.is_success:
        raise NotTaken(f"The webhook answered {answer.status_code}.", is_final=answer.status_code in _REFUSED)


def _as_json(alert: Alert, facts: AlertFacts, others: list[str]) -> dict[str, Any]:
    execution = execution_of(alert)
    return {
        "type": f"alert.{alert.kind}",
        "summary": facts.sentence,
        "tone": facts.tone,
        "job": {"id": alert.job_id, "name": facts.job_name, "url": facts.job_url} if alert.job_id else None,
        "execution": {
            "id": execution.pk,
            "number": execution.number,
            "version": execution.version.number,
            "state": execution.state,
            "reason": execution.reason or None,
            "exit_code": execution.exit_code,
            "attempt": execution.attempt,
            "url": facts.log_url,
        }
        if execution
        else None,
        "facts": dict(facts.rows),
        "changes": facts.changes,
        "log": facts.log.lines if facts.log else [],
        "others": others,
    }


def _notify(url: str, facts: AlertFacts, others: list[str]) -> None:
    from apprise import Apprise, NotifyType  # noqa: PLC0415  # a third of a second, for those who need it

    kinds = {"success": NotifyType.SUCCESS, "failed": NotifyType.FAILURE, "killed": NotifyType.WARNING}
    service = Apprise()
    if not service.add(url):
        raise NotTaken("Apprise cannot read the address of this channel.", is_final=True)
    is_taken = service.notify(
        body=_text(facts, others), title=facts.subject, notify_type=kinds.get(facts.tone, NotifyType.INFO)
    )
    if not is_taken:
        raise NotTaken("The service did not take the message; Capsulier's log says more.")


def _text(facts: AlertFacts, others: list[str]) -> str:
    lines = [f"{label}: {value}" for label, value in facts.rows]
    lines += [facts.log_url or facts.job_url or ""]
    lines += [*facts.changes, *others]
    if facts.log:
        lines += ["", *facts.log.lines[-_FEWER_LINES:]]
    return "\n".join(line for line in lines if line is not None).strip() or facts.sentence
