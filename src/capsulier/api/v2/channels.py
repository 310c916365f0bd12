"""Channels: where alerts go beside mail; and tests of both."""

from ninja import Router, Status

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.shapes.channel import ChannelOut, ChannelPatch, MadeChannel, NewChannel, Sent, Test
from capsulier.api.v2.shapes.shape import Page
from capsulier.services.channels import (
    ChannelDraft,
    create_channel,
    delete_channel,
    edit_channel,
    find_channel,
)
from capsulier.services.finding import find_platform
from capsulier.services.send_test import send_test
from capsulier.store.reads.alerts import read_channels

router = Router(tags=["Alerts"])


@router.get("/channels", response=Page[ChannelOut])
def list_all(request: AskedRequest, platform: str = "main") -> Page[ChannelOut]:
    """List the channels of a platform."""
    rows = read_channels(find_platform(request.auth, platform).pk)
    return Page(items=[ChannelOut.of(row.channel, row.waiting, row.last_sent_us) for row in rows], next=None)


@router.post("/channels", response={201: MadeChannel})
def create(request: AskedRequest, body: NewChannel) -> Status[MadeChannel]:
    """Make a channel. For administrators of the platform."""
    platform = find_platform(request.auth, body.platform)
    made = create_channel(request.auth, platform.pk, ChannelDraft(body.name, body.kind, body.url))
    shown = ChannelOut.of(made.channel).model_dump()
    return Status(201, MadeChannel(**shown, secret=made.secret or None))


@router.patch("/channels/{int:channel_id}", response=ChannelOut)
def edit(request: AskedRequest, channel_id: int, body: ChannelPatch) -> ChannelOut:
    """Change its name or address."""
    return ChannelOut.of(edit_channel(request.auth, channel_id, **body.model_dump(exclude_unset=True)))


@router.delete("/channels/{int:channel_id}", response={204: None})
def delete(request: AskedRequest, channel_id: int) -> Status[None]:
    """Delete a channel; the jobs that named it tell it nothing any more."""
    delete_channel(request.auth, channel_id)
    return Status(204, None)


@router.post("/channels/{int:channel_id}/test", response={202: Sent})
def test(request: AskedRequest, channel_id: int) -> Status[Sent]:
    """Send a test to a channel."""
    channel = find_channel(request.auth, channel_id)
    return Status(202, Sent(count=send_test(request.auth, channel.platform_id, channels=[channel_id])))


@router.post("/alerts/test", response={202: Sent})
def test_all(request: AskedRequest, body: Test) -> Status[Sent]:
    """Send a test to addresses and channels."""
    platform = find_platform(request.auth, body.platform)
    return Status(202, Sent(count=send_test(request.auth, platform.pk, emails=body.emails, channels=body.channels)))
