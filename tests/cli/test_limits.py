"""Limits of a platform, and what a job keeps, from the command line."""

from collections.abc import Callable

from tests.cli.conftest import Capsulier

Make = Callable[..., str]


def test_limits_are_shown_and_changed(capsulier: Capsulier) -> None:
    assert "Logs and files kept, days" in capsulier("limits").said
    changed = capsulier("limits", "--keep-executions", "500", "--json").json
    assert changed["keep_executions"] == 500
    assert capsulier("limits", "--keep-executions", "0", "--json").json["keep_executions"] is None
    refused = capsulier("limits", "--min-free-mb", "1")
    assert refused.code == 1
    assert b"wants 1 GB free at least" in refused.err


def test_a_job_keeps_so_much_or_all_or_what_its_platform_says(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    assert capsulier("set", name, "--keep-days", "30", "--keep-mb", "always", "--json").json["keep_mb"] == 0
    assert "30 days" in capsulier("show", name).said
    assert capsulier("set", name, "--keep-days", "platform", "--json").json["keep_days"] is None
    refused = capsulier("set", name, "--keep-days", "0")
    assert refused.code == 1
    assert b"--keep-days is a number from 1, always, or platform" in refused.err
