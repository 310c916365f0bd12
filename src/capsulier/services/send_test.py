"""Send a test: does an alert arrive there?"""

from collections.abc import Sequence

from django.db import transaction

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.access import Action, Actor
from capsulier.core.alerts import TEST, each_once
from capsulier.core.errors import Invalid
from capsulier.ledger.wake import ALERTS, wake
from capsulier.services.attempts import TESTS, attempt
from capsulier.services.channels import find_channel
from capsulier.services.drafts import Checks, check_alerts
from capsulier.store.models import Alert


def send_test(actor: Actor, platform_id: int, *, emails: Sequence[str] = (), channels: Sequence[int] = ()) -> int:
    """Put a test to each of these into the outbox; answer how many they are. Raises Invalid, TooManyAttempts."""
    actor.require(Action.EDIT, platform_id, "The platform")
    checks = Checks()
    check_alerts(emails, [], checks)
    checks.done()
    if emails and config().mail_server is None:
        raise Invalid("No mail server is configured: an administrator sets CAPSULIER_SMTP_URL.", field="alert_emails")
    if not emails and not channels:
        raise Invalid("Name somebody to send it to.", field="alert_emails")
    found = [find_channel(actor, each) for each in channels]
    attempt(TESTS, str(actor.user_id))
    at_us = now_us()
    tests = [Alert(target=each, kind=TEST, created_us=at_us, next_try_us=at_us) for each in each_once(emails)]
    tests += [
        Alert(target=f"channel:{each.pk}", channel=each, kind=TEST, created_us=at_us, next_try_us=at_us)
        for each in found
    ]
    with transaction.atomic():
        Alert.objects.bulk_create(tests)
        wake(ALERTS)
    return len(tests)
