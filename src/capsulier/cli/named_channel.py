"""Which channel a person means."""

from capsulier.cli.bodies import listed
from capsulier.cli.connection import Connection
from capsulier.cli.refusals import Unclear


def find_channel(connection: Connection, name: str, platform: str) -> int:
    """The id of the channel of this name. Raises Unclear."""
    known = {each["name"]: int(each["id"]) for each in connection.items("channels", platform=platform)}
    if name not in known:
        there = f"There are: {', '.join(known)}." if known else "There are none; `capsulier channels add` makes one."
        raise Unclear(f"No channel is called “{name}” in the platform {platform}. {there}")
    return known[name]


def channel_ids(connection: Connection, names: str | None, platform: str) -> list[int] | None:
    """The ids of the channels of these names, commas between; None where none were given, empty for the empty text."""
    parts = listed(names)
    return None if parts is None else [find_channel(connection, each, platform) for each in parts]
