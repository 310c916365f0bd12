"""Send the mails of the outbox."""

import logging
import smtplib
import threading
from collections.abc import Sequence

from django.core.mail.backends.smtp import EmailBackend

from capsulier.config import config
from capsulier.core.mail_server import MailServer
from capsulier.services.alert_mail import alert_mail
from capsulier.services.outbox import Outbox
from capsulier.store.models import Alert

NO_SERVER = "No mail server is configured."

_log = logging.getLogger(__name__)
_TIMEOUT_S = 20
"""For each answer of the mail server."""
_LOSSES = 2
"""Connections lost one after the other, each in the middle of a mail, before it counts as the server's trouble."""
_LONGEST_ERROR = 500


class Postman:
    """Sends what is due. Once `ending` is set, it stops after the mail in hand."""

    def __init__(self, ending: threading.Event | None = None) -> None:
        self._ending = ending or threading.Event()
        self._outbox = Outbox()

    def send_mails(self) -> int | None:
        """Send what is due; answer when the next mail is to be tried, or None. Without a mail server nothing is ever
        sent: nobody wants last month's alerts on the day when one is configured."""
        if self._outbox.is_due():
            if (server := config().mail_server) is None:
                self._outbox.give_up_all(NO_SERVER)
            else:
                self._deliver(server)
        return self._outbox.next_try_us()

    def _deliver(self, server: MailServer) -> None:
        connection = smtp_connection(server)
        losses = 0
        try:
            while losses < _LOSSES and not self._ending.is_set():
                # First the connection, the slow part, and then the claim: a mail is in doubt for as short as can be.
                connection.open()
                alerts = self._outbox.claim()
                if not alerts:
                    return
                losses = 0 if self._send(alerts, connection, server) else losses + 1
            if losses:
                self._postpone(server, "it loses its connections")
        except OSError as error:
            self._postpone(server, _in_words(error, server))
        finally:
            connection.close()

    def _send(self, alerts: Sequence[Alert], connection: EmailBackend, server: MailServer) -> bool:
        """Whether the mail server was there to the end, whatever it said."""
        is_final = was_there = True
        try:
            message = alert_mail(alerts)
            message.connection = connection
            message.send()
        except OSError as error:  # SMTPException is one
            is_final, was_there = _is_final(error), not isinstance(error, smtplib.SMTPServerDisconnected)
            words = _in_words(error, server)
            connection.close()
        except Exception:
            _log.exception("The alert %d could not be written.", alerts[-1].pk)
            words = "The mail could not be written; Capsulier's log says more."
        else:
            self._outbox.note_sent(alerts)
            return True
        self._outbox.note_failure(alerts, words, is_final=is_final)
        _log.warning("The alert to %s could not be sent: %s", alerts[0].target, words)
        return was_there

    def _postpone(self, server: MailServer, words: str) -> None:
        if count := self._outbox.postpone_all(f"The mail server {server} cannot be used: {words}"[:_LONGEST_ERROR]):
            _log.warning("The mail server %s cannot be used, %d alerts wait: %s", server, count, words)


def smtp_connection(server: MailServer) -> EmailBackend:
    """Not open yet. Certificates are checked against those that this machine trusts."""
    return EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_ssl=server.has_tls,
        use_tls=server.starts_tls,
        timeout=_TIMEOUT_S,
    )


def _is_final(error: OSError) -> bool:
    """Whether the server will not take this mail to this address tomorrow either. A refused sender is for the
    administrator to mend, and worth another try."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _in_words(error: OSError, server: MailServer) -> str:
    """One line without the password, even where the server repeats it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: list[tuple[int, bytes | str]] = [*error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    else:
        answers = []
    said = "; ".join(f"{code} {_decoded(words)}" for code, words in answers) or str(error) or type(error).__name__
    if server.password:
        said = said.replace(server.password, "…")
    return " ".join(said.split())[:_LONGEST_ERROR]


def _decoded(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
