"""Send the mails of the outbox."""

import logging
import smtplib
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail.backends.smtp import EmailBackend

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.services.alert_mail import alert_mail
from capsulier.store.models import Mail

_log = logging.getLogger(__name__)
_TRY_AGAIN_S = (60, 300, 900, 3600, 4 * 3600, 12 * 3600)
"""After so many tries a mail is given up, and stays in the outbox with its error."""
_CLAIM_S = 900
"""Within this time a mail being sent is not tried by anybody else, even if its sender is killed."""
_SMTP_TIMEOUT_S = 20


def send_mails() -> int | None:
    """Send what is due; answer when the next mail is to be tried, or None. Without a mail server nothing is due.

    A mail is claimed before it is sent and marked afterwards: a crash in between sends it again, under the same
    Message-ID, after the claim has run out; otherwise no mail goes out twice.
    """
    if not config().smtp_url:
        return None
    while mail := _claim_one():
        _send(mail)
    waiting = Mail.objects.filter(next_try_us__isnull=False).order_by("next_try_us").values_list("next_try_us", flat=True)
    return waiting.first()


def _claim_one() -> Mail | None:
    while True:
        at_us = now_us()
        mail = (
            Mail.objects.filter(next_try_us__lte=at_us)
            .select_related("execution__job", "execution__version", "execution__platform")
            .order_by("next_try_us")
            .first()
        )
        if mail is None:
            return None
        claim = {"next_try_us": at_us + _CLAIM_S * 1_000_000, "tries": mail.tries + 1}
        if Mail.objects.filter(id=mail.pk, next_try_us=mail.next_try_us).update(**claim):
            mail.tries += 1
            return mail


def _send(mail: Mail) -> None:
    try:
        message = alert_mail(mail)
        message.connection = smtp_backend()
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        _note_failure(mail, str(error) or type(error).__name__)
    else:
        Mail.objects.filter(id=mail.pk).update(sent_us=now_us(), next_try_us=None, error="")


def _note_failure(mail: Mail, error: str) -> None:
    next_try_us = None
    if mail.tries <= len(_TRY_AGAIN_S):
        next_try_us = now_us() + _TRY_AGAIN_S[mail.tries - 1] * 1_000_000
    Mail.objects.filter(id=mail.pk).update(next_try_us=next_try_us, error=error)
    _log.warning("The alert to %s could not be sent: %s", mail.address, error)


def smtp_backend() -> EmailBackend:
    """The mail server of `CAPSULIER_SMTP_URL`."""
    parts = urlsplit(config().smtp_url)
    return EmailBackend(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parse_qs(parts.query).get("tls", ["no"])[0] == "yes",
        timeout=_SMTP_TIMEOUT_S,
    )


