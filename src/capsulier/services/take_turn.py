"""One turn of the conductor: record what engines have told, place what may start."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.engine_choice import EngineRule, choose_engine
from capsulier.core.errors import CapsulierError
from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason
from capsulier.ledger import moves, placing, stops
from capsulier.ledger.ends import Ended
from capsulier.ledger.lease import check_epoch
from capsulier.ledger.statements import as_json
from capsulier.ledger.wake import PAGES, wake
from capsulier.services.disk import look_at_disk
from capsulier.services.engine_settings import engine_settings
from capsulier.services.given_variables import Given, give_variables, open_variables
from capsulier.services.launches import compile_launch

_log = logging.getLogger(__name__)


class Post(NamedTuple):
    """An engine that executions can be handed to."""

    engine: str
    node: str
    """Whose executions it can judge: those placed from this machine, or those of a cluster."""


class Turn(NamedTuple):
    launches: list[Launch]
    """To be submitted now, in this order."""
    engines: dict[int, str]
    """The engine of each execution of these that the first one does not get."""
    failures: list[Ended]
    """Placed, but no launch could be made of them; to be recorded in the next turn."""
    seen: "Seen | None"
    ready_us: dict[int, int]
    """Of each execution that is to be submitted: since when it could leave the queue."""


class Seen(NamedTuple):
    """What a look around found, beside what may start."""

    stops: list[stops.StopWish]
    next_in_queue_us: int | None
    """When the next delayed execution may leave the queue."""


def take_turn(epoch: int, told: Sequence[moves.Move], *, posts: Sequence[Post], most: int, look: bool) -> Turn:
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
            given_up = [each for post in posts for each in stops.forced_elsewhere(**post._asdict())]
            told = [*told, *(Ended(each, Reason.LOST, at_us) for each in given_up)]
        moved = moves.record(told, at_us) if told else set()
        placed = placing.place_next(**posts[0]._asdict(), now_us=at_us, most=most, disk=look_at_disk())
        rules = _choose_engines(placed, posts) if len(posts) > 1 else {}
        given = give_variables(placed)
        seen = None
        if look:
            wishes = [wish for post in posts for wish in stops.stops_to_do(**post._asdict())]
            seen = Seen(wishes, placing.next_in_queue_us(at_us))
        if moved or placed:
            wake(PAGES)
    launches, failures = _compile(placed, given, rules)
    ready_us = {facts.id: facts.not_before_us for facts in placed}
    return Turn(
        launches,
        {each: rule.engine for each, rule in rules.items()},
        failures,
        seen,
        {each.execution_id: ready_us[each.execution_id] for each in launches},
    )


def _choose_engines(placed: Sequence[Any], posts: Sequence[Post]) -> dict[int, EngineRule]:
    """The rules of those that another than the first engine gets, noted on them."""
    rules, nodes = engine_settings().rules, {post.engine: post.node for post in posts}
    chosen = {facts.id: choose_engine(rules, facts.platform, facts.job_name) for facts in placed}
    others = {each: rule for each, rule in chosen.items() if rule.engine != posts[0].engine}
    if others:
        placing.hand_to([(each, rule.engine, nodes[rule.engine]) for each, rule in others.items()])
    return others


def _compile(
    placed: Sequence[Any], given: Mapping[int, Given], rules: Mapping[int, EngineRule]
) -> tuple[list[Launch], list[Ended]]:
    launches: list[Launch] = []
    failures: list[Ended] = []
    for facts in placed:
        try:
            variables = open_variables(as_json(facts.variables), given.get(facts.id, {}))
            rule = rules.get(facts.id)
            launches.append(compile_launch(facts, variables, rule) if rule else compile_launch(facts, variables))
        except CapsulierError as error:
            failures.append(Ended(facts.id, Reason.SETUP, now_us(), facts.placement, detail=error.sentence))
        except Exception:
            _log.exception("No launch could be made of execution %d.", facts.id, extra={"execution_id": facts.id})
            detail = "Capsulier failed to prepare it; its log says more"
            failures.append(Ended(facts.id, Reason.ENGINE, now_us(), facts.placement, detail=detail))
    return launches, failures
