"""Times on the command line."""

from datetime import datetime, timedelta

import pytest

from capsulier.cli.moments import parse_moment
from capsulier.core.errors import Invalid

NOW = datetime.fromisoformat("2026-11-24T12:00").astimezone()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("03:00", NOW - timedelta(hours=9)),
        ("13:30", NOW - timedelta(hours=22, minutes=30)),
        ("2026-11-24", NOW - timedelta(hours=12)),
        ("2026-11-24T03:00", NOW - timedelta(hours=9)),
        ("2026-11-24 03:00:20", NOW - timedelta(hours=9) + timedelta(seconds=20)),
    ],
)
def test_a_time_is_meant_on_this_machine(text: str, meant: datetime) -> None:
    assert parse_moment(text, NOW, "--at") == meant


def test_a_zone_that_is_named_counts() -> None:
    assert parse_moment("2026-11-24T03:00Z", NOW, "--at").isoformat() == (
        datetime.fromisoformat("2026-11-24T03:00+00:00").astimezone().isoformat()
    )


def test_what_is_no_time_is_refused_with_what_would_be() -> None:
    with pytest.raises(Invalid, match="“yesterday” is not a time for --at"):
        parse_moment("yesterday", NOW, "--at")
