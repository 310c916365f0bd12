"""What an execution is given as its environment: the variables of its platform, its job and its run, in that order of
rising rank, and which of them are secret."""

from collections.abc import Mapping, Sequence
from typing import Any

from capsulier.ledger.giving import note_given, variables_now
from capsulier.ledger.statements import as_json
from capsulier.services.sealing import Opener
from capsulier.store.models import Execution, Variable

SEALED, FINGERPRINT = "sealed", "fingerprint"
"""What stands in `Execution.variables` instead of a secret value."""

Given = Mapping[str, Any]
"""By name a row of `ledger.giving.variables_now`."""


def give_variables(placed: Sequence[Any]) -> dict[int, Given]:
    """What these executions are given, by their ids, beside what was given for their run: chosen and written down in
    the transaction that places them, opened when their launches are compiled."""
    scopes: dict[tuple[int, int | None], dict[str, Any]] = {}
    for row in variables_now(placed):
        scopes.setdefault((row.platform_id, row.job_id), {})[row.name] = row
    if not scopes:
        return {}
    given = dict[int, Given]()
    for facts in placed:
        of_run = as_json(facts.variables)
        rows = scopes.get((facts.platform_id, None), {}) | scopes.get((facts.platform_id, facts.job_id), {})
        given[facts.id] = {name: row for name, row in rows.items() if name not in of_run}
    note_given({id: {name: row.id for name, row in rows.items()} for id, rows in given.items() if rows})
    return given


def open_variables(of_run: Mapping[str, Any], given: Given) -> dict[str, str]:
    """All of them with their values, for the launch and nothing else. Raises SecretUnreadable."""
    sealed = {name: row.sealed for name, row in given.items() if row.is_secret} | _sealed(of_run)
    values = {name: row.value for name, row in given.items()}
    return {**values, **of_run, **_open(sealed)}


def secret_values_of(execution: Execution) -> list[str]:
    """The secret values that an execution was given, whatever they are today. Raises SecretUnreadable."""
    sealed = _sealed(execution.variables)
    if execution.given:
        secrets = Variable.objects.filter(id__in=execution.given.values(), is_secret=True)
        sealed |= secrets.values_list("name", "sealed")
    return list(_open(sealed).values())


def _sealed(of_run: Mapping[str, Any]) -> dict[str, str]:
    return {name: each[SEALED] for name, each in of_run.items() if isinstance(each, dict)}


def _open(sealed: Mapping[str, str]) -> dict[str, str]:
    if not sealed:
        return {}
    opener = Opener()
    return {name: opener.open(name, each) for name, each in sealed.items()}
