"""How the outbox of a platform is doing."""

from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from capsulier.store.models import Alert, Channel

_MOST = 20


@dataclass(frozen=True, slots=True)
class OutboxFacts:
    waiting: int
    """Mails that are still to go out."""
    failed: list[Alert]
    """The last ones that did not arrive: given up, or tried in vain and still waiting."""


def read_outbox(platform_id: int) -> OutboxFacts:
    mine = _of(platform_id)
    waiting = mine.filter(next_try_us__isnull=False, channel=None).count()
    failed = mine.filter(sent_us=None).exclude(error="").select_related("job", "channel").order_by("-id")
    return OutboxFacts(waiting, list(failed[:_MOST]))


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    channel: Channel
    waiting: int
    """Alerts that are still to be delivered."""
    last_sent_us: int | None
    trouble: Alert | None
    """The newest that was tried, where it did not arrive."""


def read_channels(platform_id: int) -> list[ChannelStanding]:
    """By name."""
    return [_standing(channel) for channel in Channel.objects.filter(platform=platform_id).order_by("name")]


def _standing(channel: Channel) -> ChannelStanding:
    alerts = Alert.objects.filter(channel=channel)
    newest = alerts.filter(tries__gt=0).order_by("-id").first()
    return ChannelStanding(
        channel=channel,
        waiting=alerts.filter(next_try_us__isnull=False).count(),
        last_sent_us=alerts.aggregate(at_us=Max("sent_us"))["at_us"],
        trouble=newest if newest and newest.error else None,
    )


def _of(platform_id: int) -> QuerySet[Alert]:
    return Alert.objects.filter(Q(job__platform=platform_id) | Q(channel__platform=platform_id))
