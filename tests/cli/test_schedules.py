"""Schedules on the command line."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Capsulier
from tests.servers import until

Make = Callable[..., str]


def test_a_schedule_stands_in_the_zone_of_this_machine_where_none_is_named(
    capsulier: Capsulier, job: Make, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    job("true", "--cron", "0 8 * * 1-5")
    assert capsulier("show", name, "--json").json["schedule"]["timezone"] == "America/New_York"

    capsulier("set", name, "--schedule", "R5/2040-12-01T08:00:00/P1D")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    capsulier("set", name, "--until", "2041-01-01T00:00:00Z")
    schedule = capsulier("show", name, "--json").json["schedule"]
    assert (schedule["repeat"], schedule["cron"]) == ("R5/2040-12-01T08:00:00/P1D", None)
    assert (schedule["timezone"], schedule["until"]) == ("America/New_York", "2041-01-01T00:00:00Z")
    assert "--schedule" in capsulier("set", name, "--no-schedule", "--cron", "* * * * *").refused


def test_a_schedule_is_paused_resumed_and_taken_away(capsulier: Capsulier, job: Make, name: str) -> None:
    job("true", "--schedule", "R/2040-12-01T08:00:00/P1D", "--timezone", "Europe/Paris")
    assert capsulier("show", name, "--json").json["next_fire_at"] == "2040-12-01T07:00:00Z"
    assert "2040-12-01" in capsulier("show", name).said

    assert capsulier("set", name, "--pause").code == 0
    assert "paused" in capsulier("jobs", "--search", name).said
    capsulier("set", name, "--timezone", "UTC")
    assert capsulier("show", name, "--json").json["schedule"]["paused"] is True
    assert "It runs next 2040-12-01" in capsulier("set", name, "--resume", "--missed", "none").said

    assert capsulier("set", name, "--no-schedule", "--json").json["schedule"] is None
    assert capsulier("set", name, "--pause").code == 1
    assert "no schedule yet" in capsulier("set", name, "--timezone", "UTC").refused


def test_a_repeat_fires_and_its_fires_are_listed(capsulier: Capsulier, job: Make, name: str) -> None:
    start = (datetime.now(UTC) + timedelta(seconds=2)).replace(microsecond=0, tzinfo=None)
    job("true", "--schedule", f"R2/{start.isoformat()}/PT1S", "--timezone", "UTC")
    until(lambda: len(capsulier("fires", name, "--json").json) == 2)
    assert "Ran as execution 2." in capsulier("fires", name).said
    second = (start + timedelta(seconds=1)).isoformat()
    assert "Ran as execution 2." in capsulier("fires", name, "--at", f"{second}+00:00").said
    assert [each["due_at"] for each in capsulier("fires", name, "--since", f"{second}+00:00", "--json").json] == [
        f"{second}Z"
    ]
    assert "Nothing was due at 03:00 on 1 Jan 2020." in capsulier("fires", name, "--at", "2020-01-01T03:00Z").said
    assert "is not a time for --at" in capsulier("fires", name, "--at", "then").refused
    assert capsulier("show", name, "--json").json["next_fire_at"] is None
    triggers = {each["trigger"] for each in capsulier("executions", name, "--json").json}
    assert triggers == {"schedule"}


def test_a_schedule_is_previewed_over_a_clock_change(capsulier: Capsulier) -> None:
    said = capsulier(
        "preview", "--schedule", "R/2040-03-24T02:30:00/P1D", "--timezone", "Europe/Paris", "--count", 3
    ).said
    assert "Every day" in said
    assert "clocks go forward" in said
    fires = capsulier("preview", "--cron", "0 8 * * 1-5", "--timezone", "UTC", "-n", 4, "--json").json["fires"]
    assert len(fires) == 4
    assert capsulier("preview").code == 2
    assert "This one has 2." in capsulier("preview", "--cron", "0 8").refused
