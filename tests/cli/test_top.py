"""What runs and what waits, live in the terminal."""

from collections.abc import Callable
from typing import Any

from tests.cli.conftest import Capsulier
from tests.cli.test_terminal import Terminal, terminal
from tests.servers import until

__all__ = ["terminal"]
Make = Callable[..., str]


def test_it_shows_what_runs_and_how_far_it_is(capsulier: Capsulier, job: Make, terminal: Terminal) -> None:
    told = r"""echo '{"progress": 0.4, "note": "half of it"}' > "$CAPSULIER_JOB_PROGRESS"; sleep 60"""
    name = job(told)
    capsulier("run", name)
    until(lambda: "half of it" in capsulier("top").said, what="its progress")
    [line] = [line for line in capsulier("top", "--once").said.splitlines() if name in line]
    assert line.startswith("▶ Running")
    assert "━━━━────── 40 % half of it" in line

    code, seen = terminal("top", typed="q")
    assert code == 0
    assert name in seen
    assert "q ends" in seen
    capsulier("stop", name, "--force")


def test_as_json_it_says_what_waits_and_how_many_ended_how(capsulier: Capsulier, job: Make) -> None:
    name = job("exit 3")
    before = failures(capsulier("top", "--json").json)
    capsulier("run", name, "--wait")
    seen = capsulier("top", "--json").json
    assert failures(seen) == before + 1
    assert name not in {each["job"] for each in seen["at_work"] + seen["queued"]}


def failures(seen: dict[str, Any]) -> int:
    """In main: tests make other platforms, too."""
    [of_main] = [each["failures"] for each in seen["totals"] if each["platform"] == "main"]
    return int(of_main)


def test_it_needs_a_manager(terminal: Terminal) -> None:
    code, seen = terminal("top", CAPSULIER_URL="http://127.0.0.1:9", CAPSULIER_TOKEN="none")
    assert code == 1
    assert "No Manager answers" in seen
