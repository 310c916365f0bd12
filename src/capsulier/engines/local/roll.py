"""The placements that an engine object answers for, and what it has told of them."""

import asyncio
from collections import OrderedDict

from capsulier.engines.local.placement import Placement
from capsulier.engines.protocol import Handle, Phase, Standing

_REMEMBERED_ENDS = 1000


class Roll:
    """Live placements by name, and the latest ends: older ones are on disk, if anything ran."""

    def __init__(self, machine_id: str) -> None:
        self.live: dict[str, Placement] = {}
        self.changed: asyncio.Queue[tuple[Handle, Standing]] = asyncio.Queue()
        self._machine_id = machine_id
        self._ends: OrderedDict[str, Standing] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self.live or name in self._ends

    def handle(self, name: str) -> Handle:
        return {"name": name, "machine": self._machine_id}

    def may_judge(self, handle: Handle | None) -> bool:
        """Whether a handle is of this machine. One of another says nothing here: its processes are elsewhere."""
        return handle is None or handle.get("machine", self._machine_id) == self._machine_id

    def standing(self, name: str) -> Standing:
        """How one of these stands."""
        return self.live[name].standing if name in self.live else self._ends[name]

    def tell_running(self, placement: Placement) -> None:
        placement.is_told_running = True
        self._tell(placement, placement.standing)

    def tell_end(self, placement: Placement, outcome: Standing) -> None:
        """Tell it and forget the placement. A command that was over before we saw it begin is told as running first."""
        if self.live.pop(placement.name, None) is None:
            return
        if outcome.started_us is not None and not placement.is_told_running:
            self._tell(placement, Standing(Phase.RUNNING, started_us=outcome.started_us))
        self._ends[placement.name] = outcome
        if len(self._ends) > _REMEMBERED_ENDS:
            self._ends.popitem(last=False)
        self._tell(placement, outcome)

    def _tell(self, placement: Placement, standing: Standing) -> None:
        if not placement.is_quiet:
            self.changed.put_nowait((self.handle(placement.name), standing))
