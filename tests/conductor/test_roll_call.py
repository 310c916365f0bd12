"""The conductor writes down what its engine has, and goes on where the engine does not tell."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from capsulier.conductor import roll_call
from capsulier.conductor.database import Database
from capsulier.conductor.roll_call import RollCall
from capsulier.core.access import Role
from capsulier.core.errors import NotAllowed
from capsulier.engines.protocol import Ability, Node
from capsulier.services.engines import list_engines
from capsulier.services.identity import actor_of_user
from capsulier.store.models import User
from tests.builders import make_actor
from tests.engines.watched import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


class Engine:
    """Says at first that it cannot tell."""

    name = "here"
    abilities = frozenset({Ability.ENFORCES_MEMORY})

    def __init__(self) -> None:
        self.asked = 0

    async def nodes(self) -> Sequence[Node]:
        self.asked += 1
        if self.asked == 1:
            raise OSError("not now")
        return [Node("one", "ready", 2, 1_000, self.asked)]


async def call_roll(engine: Any, times: int) -> None:
    database = Database()
    work = asyncio.create_task(RollCall(engine, database).work())
    await until(lambda: engine.asked >= times)
    work.cancel()
    await database.close()


def test_what_the_engine_has_is_written_down_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_call, "LOOK_EVERY_S", 0.01)
    asyncio.run(call_roll(Engine(), times=4))
    [seen] = list_engines(actor_of_user(User.objects.create(username="chief", is_superuser=True)))
    assert (seen.name, seen.abilities, seen.is_fresh) == ("here", [Ability.ENFORCES_MEMORY], True)
    assert seen.nodes[0].executions >= 2


def test_engines_are_for_administrators_of_the_installation() -> None:
    with pytest.raises(NotAllowed):
        list_engines(make_actor(Role.ADMINISTRATOR))
