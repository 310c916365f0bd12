"""When somebody wants to hear of an execution's end."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from capsulier.core.states import State


class AlertKind(StrEnum):
    """The types of alert that a job may ask for."""

    SUCCESS = "success"
    FAILURE = "failure"
    KILL = "kill"
    END = "end"
    """Every end, whatever the outcome."""

    @property
    def label(self) -> str:
        return {"success": "Success", "failure": "Failure", "kill": "Kill", "end": "Every end"}[self.value]


_OF_OUTCOME = {
    State.SUCCESS: AlertKind.SUCCESS,
    State.FAILED: AlertKind.FAILURE,
    State.KILLED: AlertKind.KILL,
}


def alert_kind(wanted: Collection[str], ended: State) -> AlertKind | None:
    """The type under which this end is to be told, or None where nobody asked."""
    kind = _OF_OUTCOME[ended]
    if kind in wanted or AlertKind.END in wanted:
        return kind
    return None


def each_once(addresses: Iterable[str]) -> list[str]:
    """Nobody hears of one event twice, however often and in whatever case the address was given."""
    once: dict[str, str] = {}
    for address in addresses:
        once.setdefault(address.casefold(), address)
    return list(once.values())
