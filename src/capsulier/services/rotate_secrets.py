"""Seal every secret with a new key, while everything goes on."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import transaction
from django.db.models import Model

from capsulier.config import config
from capsulier.core.access import Actor
from capsulier.core.errors import CapsulierError
from capsulier.core.trail import Subject
from capsulier.ledger.giving import reseal_variables, sealed_variables
from capsulier.services.given_variables import SEALED
from capsulier.services.sealing import hold_keys
from capsulier.services.secret_keys import are_keys_given, new_key, secret_keys, write_keys
from capsulier.services.trail import note
from capsulier.store.models import Channel, Variable

_BATCH = 500
_SEALED: tuple[tuple[type[Model], str], ...] = ((Variable, "sealed"), (Channel, "url"), (Channel, "secret"))
"""Columns of sealed values, beside what executions were given."""
SEALED_OF_FACTORS = ("secret", "seed")
"""In the data of second factors."""


class RotationRuns(CapsulierError):
    code, title = "rotation_runs", "Another rotation is at work"


@dataclass(slots=True)
class Rotated:
    sealed: int = 0
    """Values that were sealed anew."""
    lost: int = 0
    """Values that none of the keys opens: nobody can read them, neither before nor after."""


def rotate_secrets(actor: Actor, tell: Callable[[int], None] = lambda _: None) -> Rotated:
    """Make a new key, seal all values with it, then drop the keys before. Killed at any moment nothing is lost, and the
    next call goes on with the same new key. Where the keys are given by the environment, its first is the new one, and
    none is dropped. `tell` hears of the progress. Raises RotationRuns.

    While one key follows another, every process knows both; from the moment that the new one is there, nobody seals
    with an older one (`sealing.Sealer`).
    """
    with _only_one():
        keys = _begin()
        rotated = Rotated()
        before = -1
        while rotated.sealed > before:  # once more: a retry may have been queued, with what it was given, meanwhile
            before, rotated.lost = rotated.sealed, 0
            for sealed, lost in _pass(keys):
                rotated.sealed += sealed
                rotated.lost += lost
                tell(rotated.sealed)
        _finish(actor, keys[0], rotated)
    return rotated


@contextmanager
def _only_one() -> Iterator[None]:
    with (config().data_dir / "rotation.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RotationRuns("Another rotation of the secrets is at work on this installation.") from error
        yield


@transaction.atomic
def _begin() -> tuple[str, ...]:
    """The keys, the new one first. Several in the file: a rotation was interrupted, its key is the new one."""
    hold_keys()
    keys = secret_keys()
    if len(keys) == 1 and not are_keys_given():
        keys = (new_key(), *keys)
        write_keys(*keys)
    return keys


def _pass(keys: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Look at all that is sealed, in batches: of each, how many were sealed anew and how many are lost."""
    resealer = _Resealer(keys)
    for model, column in _SEALED:
        after = 0
        while rows := _next_rows(model, column, after):
            after = rows[-1][0]
            yield _reseal_rows(resealer, model, column, rows)
    after = 0
    while factors := list(Authenticator.objects.filter(id__gt=after).order_by("id")[:_BATCH]):
        after = factors[-1].pk
        yield _reseal_factors(resealer, [factor.pk for factor in factors])
    after = 0
    while executions := sealed_variables(after, _BATCH):
        after = executions[-1][0]
        yield _reseal_executions(resealer, executions)


def _next_rows(model: type[Model], column: str, after: int) -> list[tuple[int, str]]:
    rows = model._default_manager.filter(id__gt=after).exclude(**{column: ""}).order_by("id")
    return list(rows.values_list("id", column)[:_BATCH])


@transaction.atomic
def _reseal_rows(
    resealer: "_Resealer", model: type[Model], column: str, rows: list[tuple[int, str]]
) -> tuple[int, int]:
    resealer.begin()
    for row_id, sealed in rows:
        if fresh := resealer.reseal(sealed):
            model._default_manager.filter(**{"id": row_id, column: sealed}).update(**{column: fresh})
    return resealer.counts


@transaction.atomic
def _reseal_factors(resealer: "_Resealer", ids: list[int]) -> tuple[int, int]:
    """The secrets of authenticator apps, and what recovery codes are made of."""
    resealer.begin()
    for factor in Authenticator.objects.select_for_update().filter(id__in=ids):
        fresh = {
            name: resealed
            for name in SEALED_OF_FACTORS
            if name in factor.data and (resealed := resealer.reseal(factor.data[name]))
        }
        if fresh:
            factor.data |= fresh
            factor.save(update_fields=["data"])
    return resealer.counts


@transaction.atomic
def _reseal_executions(resealer: "_Resealer", executions: list[tuple[int, dict[str, Any]]]) -> tuple[int, int]:
    resealer.begin()
    fresh = {execution_id: resealer.reseal_all(variables) for execution_id, variables in executions}
    reseal_variables({execution_id: variables for execution_id, variables in fresh.items() if variables})
    return resealer.counts


class _Resealer:
    """Opens with any of the keys and seals with the first; counts what it has done of a batch."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._new, self._all = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])
        self.begin()

    def begin(self) -> None:
        self.counts = (0, 0)

    def reseal(self, sealed: str) -> str | None:
        """None: it is sealed with the first already, or lost."""
        try:
            self._new.decrypt(sealed)
        except InvalidToken:
            pass
        else:
            return None
        done, lost = self.counts
        try:
            fresh = self._all.rotate(sealed).decode()
        except InvalidToken:
            self.counts = (done, lost + 1)
            return None
        self.counts = (done + 1, lost)
        return fresh

    def reseal_all(self, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Those of one run; None where nothing of it is to be sealed anew."""
        fresh = {
            name: {**each, SEALED: resealed}
            for name, each in variables.items()
            if isinstance(each, dict) and (resealed := self.reseal(each[SEALED]))
        }
        return {**variables, **fresh} if fresh else None


@transaction.atomic
def _finish(actor: Actor, key: str, rotated: Rotated) -> None:
    hold_keys()
    if not are_keys_given():
        write_keys(key)
    note(actor, Subject.SETTING, "key of the secrets", "rotated", after={"values": rotated.sealed})
