"""An engine on the wire."""

from dataclasses import asdict

from capsulier.api.v2.shapes.shape import Instant, Shape
from capsulier.clock import as_datetime
from capsulier.engines.protocol import Ability
from capsulier.services.engines import EngineFacts


class NodeOut(Shape):
    """A machine that executions may run on."""

    name: str
    state: str
    cpus: int
    memory_bytes: int
    executions: int
    """At work there, as the engine knows."""
    used_cpus: int | None
    """Given to whoever has them, others' work too; null where the engine does not tell."""
    used_memory_bytes: int | None


class EngineOut(Shape):
    name: str
    abilities: list[Ability]
    nodes: list[NodeOut]
    pending: int
    """Executions that were handed to it and have not begun."""
    running: int
    seen_at: Instant
    """When the conductor looked last."""
    is_fresh: bool
    """False: nobody has looked for a minute, and what is said here may have changed."""

    @classmethod
    def of(cls, facts: EngineFacts) -> "EngineOut":
        return cls(
            name=facts.name,
            abilities=list(facts.abilities),
            nodes=[NodeOut(**asdict(node)) for node in facts.nodes],
            pending=facts.pending,
            running=facts.running,
            seen_at=as_datetime(facts.seen_us),
            is_fresh=facts.is_fresh,
        )
