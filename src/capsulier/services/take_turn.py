"""One turn of the conductor: record what engines have told, place what may start."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.errors import CapsulierError
from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason
from capsulier.ledger import moves, placing, stops
from capsulier.ledger.ends import Ended
from capsulier.ledger.lease import check_epoch
from capsulier.ledger.statements import as_json
from capsulier.ledger.wake import PAGES, wake
from capsulier.services.disk import look_at_disk
from capsulier.services.given_variables import Given, give_variables, open_variables
from capsulier.services.launches import compile_launch

_log = logging.getLogger(__name__)


class Turn(NamedTuple):
    launches: list[Launch]
    """To be submitted now, in this order."""
    failures: list[Ended]
    """Placed, but no launch could be made of them; to be recorded in the next turn."""
    seen: "Seen | None"
    ready_us: dict[int, int]
    """Of each execution that was placed: since when it could leave the queue."""


class Seen(NamedTuple):
    """What a look around found, beside what may start."""

    stops: list[stops.StopWish]
    next_in_queue_us: int | None
    """When the next delayed execution may leave the queue."""


def take_turn(epoch: int, told: Sequence[moves.Move], *, engine: str, node: str, most: int, look: bool) -> Turn:
    """Record `told` and place up to `most` executions in one transaction: a crash before its commit has done nothing,
    one after it is found again by the next leader. `look` says whether to see also what is to
    be stopped and what is delayed: that changes when somebody has woken us or a retry was queued, not with every end.
    Raises Deposed where `epoch` is no longer the current one.
    """
    at_us = now_us()
    with transaction.atomic():
        check_epoch(epoch)
        if look:
            # A container that was made anew is another machine: what it left would stay running until somebody says no.
            given_up = stops.forced_elsewhere(engine=engine, node=node)
            told = [*told, *(Ended(each, Reason.LOST, at_us) for each in given_up)]
        moved = moves.record(told, at_us) if told else set()
        placed = placing.place_next(engine=engine, node=node, now_us=at_us, most=most, disk=look_at_disk())
        given = give_variables(placed)
        seen = None
        if look:
            seen = Seen(stops.stops_to_do(engine=engine, node=node), placing.next_in_queue_us(at_us))
        if moved or placed:
            wake(PAGES)
    launches, failures = _compile(placed, given)
    return Turn(launches, failures, seen, {facts.id: facts.not_before_us for facts in placed})


def _compile(placed: Sequence[Any], given: Mapping[int, Given]) -> tuple[list[Launch], list[Ended]]:
    launches: list[Launch] = []
    failures: list[Ended] = []
    for facts in placed:
        try:
            launches.append(compile_launch(facts, open_variables(as_json(facts.variables), given.get(facts.id, {}))))
        except CapsulierError as error:
            failures.append(Ended(facts.id, Reason.SETUP, now_us(), facts.placement, detail=error.sentence))
        except Exception:
            _log.exception("No launch could be made of execution %d.", facts.id, extra={"execution_id": facts.id})
            detail = "Capsulier failed to prepare it; its log says more"
            failures.append(Ended(facts.id, Reason.ENGINE, now_us(), facts.placement, detail=detail))
    return launches, failures
