"""What executions are given beside their command."""

from collections.abc import Mapping, Sequence
from typing import Any

from capsulier.ledger import statements
from capsulier.ledger.statements import as_json


def variables_now(placed: Sequence[Any]) -> list[Any]:
    """The variables, as they are now, of the platforms and jobs of these executions."""
    scopes = {(row.platform_id, row.job_id) for row in placed}
    rows = [{"platform_id": platform_id, "job_id": job_id} for platform_id, job_id in sorted(scopes)]
    return statements.run("variables_now", rows) if rows else []


def note_given(given: Mapping[int, Mapping[str, int]]) -> None:
    """Write down which values executions are given: by execution and name the id of the variable. Part of the
    transaction that places them."""
    if given:
        rows = [{"id": execution_id, "given": ids} for execution_id, ids in sorted(given.items())]
        statements.run("set_given", rows)


def sealed_variables(after: int, most: int) -> list[tuple[int, dict[str, Any]]]:
    """The next executions, by id, that were given something sealed for their run only."""
    rows = statements.run("sealed_variables", after=after, most=most)
    return [(row.id, as_json(row.variables)) for row in rows]


def reseal_variables(variables: Mapping[int, Mapping[str, Any]]) -> None:
    """Write down the same values, sealed anew. Nothing else ever changes them, so nobody's change is lost."""
    rows = [{"id": execution_id, "variables": each} for execution_id, each in sorted(variables.items())]
    if rows:
        statements.run("reseal_variables", rows)
