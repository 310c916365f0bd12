"""Set a variable of a platform or a job."""

from django.db import transaction

from capsulier.clock import now_us
from capsulier.core.access import Actor
from capsulier.core.errors import Invalid, NotFound, Stale
from capsulier.core.trail import Subject
from capsulier.core.variables import check_together, check_variable
from capsulier.ledger.wake import PAGES, wake
from capsulier.services.sealing import Opener, Sealer, fingerprint, hold_keys
from capsulier.services.trail import note
from capsulier.services.variable_scope import Scope, action_for, lock_scope
from capsulier.store.models import Job, Variable

_SECRET = "secret"  # noqa: S105  # the word


def set_variable(
    actor: Actor, scope: Scope, name: str, value: str | None, *, is_secret: bool | None = None, seen: int | None = None
) -> Variable:
    """Give it this value, from the next execution on. What is None stays as it is; a secret's value can be replaced,
    and is never turned into a plain one.

    `seen` is the id of the row that the caller has seen, 0 where they have seen none; Stale if it is another by now.
    Setting what is set already changes nothing. Raises Invalid, NotAllowed.
    """
    with transaction.atomic():
        lock_scope(scope)
        current = scope.current.filter(name=name).first()
        check_seen(current, seen, name)
        was_secret = current is not None and current.is_secret
        becomes_secret = was_secret if is_secret is None else is_secret
        actor.require(action_for(scope, is_secret=was_secret or becomes_secret), scope.platform_id, "The variable")
        if value is None:
            value = _kept(current, name, becomes_secret=becomes_secret)
        check_variable(name, value, is_secret=becomes_secret)
        _check_room(scope, name, value)
        made = Variable(
            platform_id=scope.platform_id,
            job=scope.job,
            name=name,
            is_secret=becomes_secret,
            value="" if becomes_secret else value,
            sealed=Sealer().seal(value) if becomes_secret else "",
            fingerprint=fingerprint(value),
            set_us=now_us(),
            set_by_id=actor.user_id,
        )
        if current is not None:
            if (current.is_secret, current.fingerprint) == (made.is_secret, made.fingerprint):
                return current
            end_variable(current, made.set_us)
        made.save()
        _note(actor, scope, current, made)
    return made


def unset_variable(actor: Actor, scope: Scope, name: str, *, seen: int | None = None) -> Variable:
    """Take it away, from the next execution on; the answer is what can be restored. Raises NotFound, Stale."""
    with transaction.atomic():
        lock_scope(scope)
        current = scope.current.filter(name=name).first()
        if current is None:
            raise NotFound(f"There is no variable {name[:60]} in {scope.name}.")
        check_seen(current, seen, name)
        actor.require(action_for(scope, is_secret=current.is_secret), scope.platform_id, "The variable")
        end_variable(current, now_us())
        _note(actor, scope, current, None)
    return current


def restore_variable(actor: Actor, scope: Scope, name: str) -> Variable:
    """Bring back what was taken away last under this name, with the value that it had. Raises NotFound, and Stale where
    it was set anew meanwhile."""
    with transaction.atomic():
        lock_scope(scope)
        hold_keys()
        past = Variable.objects.filter(platform_id=scope.platform_id, job=scope.job, name=name, ended_us__isnull=False)
        ended = past.order_by("-id").first()
        if ended is None:
            raise NotFound(f"There is no variable {name[:60]} to bring back in {scope.name}.")
        actor.require(action_for(scope, is_secret=ended.is_secret), scope.platform_id, "The variable")
        value = Opener().open(name, ended.sealed) if ended.is_secret else ended.value
        return set_variable(actor, scope, name, value, is_secret=ended.is_secret, seen=0)


def check_seen(current: Variable | None, seen: int | None, name: str) -> None:
    """Refuse to overwrite what the caller has not seen. None: they do not care."""
    if seen is not None and seen != (current.pk if current else 0):
        raise Stale(f"{name[:60]} was changed in the meantime. Look at it again, then repeat your change.")


def end_variable(current: Variable, at_us: int) -> None:
    Variable.objects.filter(id=current.pk).update(ended_us=at_us)


def _kept(current: Variable | None, name: str, *, becomes_secret: bool) -> str:
    if current is None:
        raise Invalid(f"Give {name[:60]} a value.", field="value")
    if not current.is_secret:
        return current.value
    if not becomes_secret:
        raise Invalid(f"The value of {name} is not shown: to make it plain, give it anew.", field="value")
    return Opener().open(name, current.sealed)


def _check_room(scope: Scope, name: str, value: str) -> None:
    """What is sealed counts as it is stored, a third longer."""
    others = scope.current.exclude(name=name).values_list("name", "value", "sealed")
    check_together({other: plain or sealed for other, plain, sealed in others} | {name: value})


def _note(actor: Actor, scope: Scope, before: Variable | None, after: Variable | None) -> None:
    """For the trail: plain values, and of a secret only that it is one."""
    one = after or before
    note(
        actor,
        Subject.VARIABLE,
        one.name if one else "",
        "set" if before is None else "changed" if after else "unset",
        platform_id=scope.platform_id,
        job_id=scope.job.pk if scope.job else None,
        before=_told(before, after),
        after=_told(after, before),
    )
    if scope.job is not None:
        Job.objects.filter(id=scope.job.pk).update(changed_us=now_us())
    wake(PAGES)


def _told(variable: Variable | None, other: Variable | None) -> dict[str, object]:
    """A plain value that becomes a secret one is told of no more: it may be the secret's."""
    if variable is None:
        return {}
    if variable.is_secret:
        return {"value": _SECRET}
    return {"value": "plain" if other and other.is_secret else variable.value}
