"""Channels on the wire."""

from pydantic import ConfigDict

from capsulier.api.v2.shapes.shape import Instant, Shape, instant, without_defaults
from capsulier.core.channels import ChannelKind
from capsulier.store.models import Channel


class ChannelOut(Shape):
    id: int
    name: str
    kind: ChannelKind
    waiting: int
    """Alerts that are still to be delivered."""
    last_sent_at: Instant | None

    @classmethod
    def of(cls, row: Channel, waiting: int = 0, last_sent_us: int | None = None) -> "ChannelOut":
        return cls(
            id=row.pk, name=row.name, kind=ChannelKind(row.kind), waiting=waiting, last_sent_at=instant(last_sent_us)
        )


class NewChannel(Shape):
    name: str
    kind: ChannelKind = ChannelKind.APPRISE
    url: str
    """An Apprise address (slack://…), or that of a webhook. It is kept encrypted and never told again."""
    platform: str = "main"


class MadeChannel(ChannelOut):
    secret: str | None
    """What a webhook's messages are signed with (standardwebhooks.com); told this once."""


class ChannelPatch(Shape):
    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: str = ""
    url: str = ""


class Test(Shape):
    emails: list[str] = []
    channels: list[int] = []
    platform: str = "main"


class Sent(Shape):
    count: int
    """How many tests are on their way."""
