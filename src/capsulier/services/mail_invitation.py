"""Mail the link of an invitation, where mail is set up."""

import logging

from django.core.mail import EmailMessage

from capsulier.config import config
from capsulier.services.send_mails import smtp_connection
from capsulier.store.models import Invitation

_log = logging.getLogger(__name__)
_PATIENCE_S = 10
"""Somebody waits before a page."""


def try_to_mail(invitation: Invitation, link: str) -> str:
    """Why it was not sent, as a sentence; empty where the mail server has it. The invitation is good all the same, and
    its link can be passed on by hand."""
    server = config().mail_server
    if not invitation.email:
        return "It was meant for no address."
    if server is None:
        return "No mail is set up here."
    platform, until = invitation.platform, f"{invitation.expires_at:%-d %B %Y, %H:%M} UTC"
    host = invitation.created_by or "An administrator"
    words = (
        f"{host} invites you to “{platform}” in Capsulier, as {invitation.role}.\n\n"
        f"{link}\n\nThe link works once, until {until}. Whoever has it can use it: keep it to yourself.\n"
    )
    connection = smtp_connection(server)
    connection.timeout = _PATIENCE_S
    subject = f"Invitation to “{platform}”"
    try:
        EmailMessage(subject, words, config().mail_from, [invitation.email], connection=connection).send()
    except OSError as error:
        _log.warning("An invitation was not mailed: %s did not take it (%s).", server, type(error).__name__)
        return f"The mail to {invitation.email} was not sent: {server} did not take it."
    return ""
