"""Which token a person means."""

from typing import Any

from capsulier.cli.bodies import given
from capsulier.cli.connection import Connection
from capsulier.cli.refusals import Unclear


def find_token(connection: Connection, named: str, platform: str | None) -> dict[str, Any]:
    """One's own token of this name or id, or one that opens the platform. Raises Unclear."""
    known = list(connection.items("tokens", **given(platform=platform)))
    found = [each for each in known if each["name"] == named] or [each for each in known if str(each["id"]) == named]
    if not found:
        raise Unclear(f"There is no token “{named}”. `capsulier token list` shows those that there are.")
    if len(found) > 1:
        ids = ", ".join(f"{each['id']} (of {each['username']})" for each in found)
        raise Unclear(f"Several tokens are called “{named}”. Name one by its id: {ids}.")
    return dict(found[0])
