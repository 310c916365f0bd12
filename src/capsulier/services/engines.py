"""The engines: what the conductor has seen of them, told to those who ask."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db.models import Count

from capsulier.clock import now_us
from capsulier.core.access import Actor
from capsulier.core.states import State
from capsulier.engines.protocol import Ability, Node
from capsulier.store.models import Execution, SeenEngine

LOOK_EVERY_S = 15.0
_FRESH_US = 60_000_000
"""One that was seen longer ago has perhaps changed."""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    name: str
    abilities: Sequence[Ability]
    nodes: Sequence[Node]
    pending: int
    running: int
    """Executions of it, as they are recorded; `nodes` tell what the engine itself knows."""
    seen_us: int
    is_fresh: bool
    """Seen within the last minute: what is said of it holds."""


def note_engine(name: str, abilities: Iterable[Ability], nodes: Sequence[Node]) -> None:
    """Write down what the engine has now, in the place of what it had before."""
    seen = SeenEngine(name, sorted(abilities), [asdict(node) for node in nodes], now_us())
    SeenEngine.objects.bulk_create(
        [seen], update_conflicts=True, unique_fields=["name"], update_fields=["abilities", "nodes", "at_us"]
    )


def list_engines(actor: Actor) -> list[EngineFacts]:
    """In the order of their names. Raises NotAllowed for who is no administrator of the installation."""
    actor.require_installation()
    at_work = _count_at_work()
    return [
        EngineFacts(
            name=seen.name,
            abilities=[Ability(each) for each in seen.abilities if each in set(Ability)],
            nodes=[Node(**node) for node in seen.nodes],
            pending=at_work.get((seen.name, State.PENDING), 0),
            running=at_work.get((seen.name, State.RUNNING), 0),
            seen_us=seen.at_us,
            is_fresh=seen.at_us > now_us() - _FRESH_US,
        )
        for seen in SeenEngine.objects.order_by("name")
    ]


def _count_at_work() -> dict[tuple[str, str], int]:
    # In the words of the index of what is at work, by which SQLite takes it.
    rows = Execution.objects.extra(where=["state IN ('pending', 'running')"]).order_by().values_list("engine", "state")
    return {(engine, state): count for engine, state, count in rows.annotate(n=Count("pk"))}
