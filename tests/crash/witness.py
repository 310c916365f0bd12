"""A program that bears witness: each execution notes that it ran, what it wrote and how it means to end."""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx

COMMAND = """
n=$CAPSULIER_JOB_EXECUTION_ID
echo began >> {notes}/$n
i=0
while [ $i -lt 20 ]; do echo "line $i of $n"; i=$((i+1)); sleep 0.05; done
echo "to stderr of $n" >&2
echo ended >> {notes}/$n
exit $((n % 3))
"""
"""About a second. It ends with its own id modulo 3, so that every exit code can be told right or wrong."""


def witness_command(notes: Path) -> str:
    notes.mkdir()
    return COMMAND.replace("{notes}", str(notes))


def check_all(api: httpx.Client, job_id: int, notes: Path, executions: list[dict[str, Any]]) -> None:
    """Every execution ran once, ended once, with its own exit code and every byte of its logs."""
    wrong = []
    for execution in executions:
        own = execution["id"]
        told = (notes / str(own)).read_text().split() if (notes / str(own)).exists() else []
        expected = ("success" if own % 3 == 0 else "failed", own % 3, ["began", "ended"])
        if (execution["state"], execution["exit_code"], told) != expected:
            wrong.append((own, execution["state"], execution["reason"], execution["exit_code"], told))
        for stream, written in (
            ("stdout", "".join(f"line {i} of {own}\n" for i in range(20))),
            ("stderr", f"to stderr of {own}\n"),
        ):
            text = api.get(f"/executions/{own}/logs/{stream}").text
            if text != written:
                wrong.append((own, execution["state"], execution["reason"], stream, text))
    assert not wrong, f"{len(wrong)} of {len(executions)}: {wrong[:10]}"
    assert {int(path.name) for path in notes.iterdir()} == {each["id"] for each in executions}
    numbers = Counter(each["number"] for each in executions)
    assert sorted(numbers) == list(range(1, len(executions) + 1)), "numbers without gaps, each once"
    job = api.get(f"/jobs/{job_id}").json()
    assert job["status"] in ("success", "failed"), "nothing is left queued, pending or running"


def all_executions(api: httpx.Client, job_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    parameters: dict[str, Any] = {"size": 200}
    while True:
        page = api.get(f"/jobs/{job_id}/executions", params=parameters).raise_for_status().json()
        found += page["items"]
        if page["next"] is None:
            return found
        parameters["page"] = page["next"]
