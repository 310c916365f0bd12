"""What a new leader asks its engine about."""

from typing import Any, NamedTuple

from capsulier.core.launch import Launch
from capsulier.ledger import placing
from capsulier.ledger.statements import as_json
from capsulier.services.launches import known_launch


class AtWork(NamedTuple):
    launch: Launch
    handle: dict[str, Any] | None
    """None: the intention to submit is stored, whether it happened is not."""


def executions_at_work(*, engine: str, node: str) -> list[AtWork]:
    """Everything that was handed to this engine of this machine and has not ended."""
    handles = {row.id: as_json(row.handle) for row in placing.at_work(engine=engine, node=node)}
    return [AtWork(known_launch(facts), handles[facts.id]) for facts in placing.launch_facts(sorted(handles))]
