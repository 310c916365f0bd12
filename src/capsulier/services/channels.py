"""Channels of a platform: what its jobs' alerts go to beside mail."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from capsulier.core.access import Action, Actor
from capsulier.core.channels import LONGEST_URL, ChannelKind, check_channel_name, check_webhook_url, secret_of
from capsulier.core.errors import Invalid, NameTaken, NotFound
from capsulier.core.trail import Subject
from capsulier.services.sealing import Opener, Sealer
from capsulier.services.trail import note
from capsulier.store.models import Channel, Job

_SECRET_BYTES = 24
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    name: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Made:
    channel: Channel
    secret: str
    """What a webhook's messages are signed with, shown this once; empty for other channels."""


def create_channel(actor: Actor, platform_id: int, draft: ChannelDraft) -> Made:
    """Raises Invalid, NameTaken."""
    actor.require(Action.ADMINISTER, platform_id, "The platform")
    name = check_channel_name(draft.name)
    _check_url(draft.kind, draft.url)
    secret = secret_of(secrets.token_bytes(_SECRET_BYTES)) if draft.kind == ChannelKind.WEBHOOK else ""
    try:
        with transaction.atomic():
            sealer = Sealer()
            channel = Channel.objects.create(
                platform_id=platform_id,
                name=name,
                kind=draft.kind,
                url=sealer.seal(draft.url),
                secret=sealer.seal(secret) if secret else "",
            )
            note(actor, Subject.CHANNEL, name, "created", platform_id=platform_id, after={"kind": draft.kind})
    except IntegrityError as error:
        raise _taken(name) from error
    return Made(channel, secret)


def edit_channel(actor: Actor, channel_id: int, *, name: str | None = None, url: str | None = None) -> Channel:
    """Change what is given. Raises Invalid, NameTaken, NotFound."""
    with transaction.atomic():
        channel = find_channel(actor, channel_id, Action.ADMINISTER)
        before, after = {}, {}
        if name is not None and (name := check_channel_name(name)) != channel.name:
            before["name"], after["name"] = channel.name, name
            channel.name = name
        if url is not None:
            _check_url(channel.kind, url)
            before["url"], after["url"] = "one", "another"
            channel.url = Sealer().seal(url)
        if after:
            try:
                with transaction.atomic():
                    channel.save(update_fields=["name", "url"])
            except IntegrityError as error:
                raise _taken(channel.name) from error
            note(
                actor,
                Subject.CHANNEL,
                channel.name,
                "edited",
                platform_id=channel.platform_id,
                before=before,
                after=after,
            )
    return channel


def delete_channel(actor: Actor, channel_id: int) -> None:
    """Its alerts go with it, and the jobs that named it tell it nothing any more."""
    with transaction.atomic():
        channel = find_channel(actor, channel_id, Action.ADMINISTER)
        for job in Job.objects.filter(platform=channel.platform_id).exclude(alert_channels=[]).select_for_update():
            if channel.pk in job.alert_channels:
                job.alert_channels.remove(channel.pk)
                job.save(update_fields=["alert_channels"])
        note(actor, Subject.CHANNEL, channel.name, "deleted", platform_id=channel.platform_id)
        channel.delete()


def find_channel(actor: Actor, channel_id: int, action: Action = Action.SEE) -> Channel:
    what = f"Channel {channel_id}"
    channel = Channel.objects.filter(id=channel_id).first() if channel_id <= _LARGEST_ID else None
    if channel is None:
        raise NotFound(f"{what} does not exist.")
    actor.require(action, channel.platform_id, what)
    return channel


def check_channels(channel_ids: list[int], platform_id: int) -> None:
    """Raises Invalid for one that is not of this platform."""
    known = set(Channel.objects.filter(platform=platform_id).values_list("id", flat=True))
    for channel_id in channel_ids:
        if channel_id not in known:
            raise Invalid(f"There is no channel {channel_id} in this platform.", field="alert_channels")
    if len(channel_ids) > len(set(channel_ids)):
        raise Invalid("Name each channel once.", field="alert_channels")


def open_channel(channel: Channel) -> tuple[str, str]:
    """Its address and its signing secret. Raises SecretUnreadable."""
    opener = Opener()
    secret = opener.open(f"channel {channel.name}", channel.secret) if channel.secret else ""
    return opener.open(f"channel {channel.name}", channel.url), secret


def _check_url(kind: str, url: str) -> None:
    if kind == ChannelKind.WEBHOOK:
        check_webhook_url(url)
    elif kind == ChannelKind.APPRISE:
        _check_apprise(url)
    else:
        raise Invalid(f"A channel is one of: {', '.join(ChannelKind)}.", field="kind")


def _check_apprise(url: str) -> None:
    from apprise import Apprise  # noqa: PLC0415  # a third of a second, for those who need it

    if len(url) > LONGEST_URL or not url.isprintable() or Apprise.instantiate(url, suppress_exceptions=True) is None:
        words = "Apprise cannot read this address. Its documentation says how that of a service is written."
        raise Invalid(words, field="url")


def _taken(name: str) -> NameTaken:
    return NameTaken(f"There is a channel “{name}” already. Choose another name.", field="name")
