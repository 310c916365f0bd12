"""Variables that are given for one run: checked, and as its execution keeps them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import Q

from capsulier.core.access import NEEDS, Action, Actor
from capsulier.core.errors import Invalid, NotAllowed
from capsulier.core.variables import check_together, check_variable, decides_what_runs
from capsulier.services.given_variables import FINGERPRINT, SEALED
from capsulier.services.sealing import Sealer, fingerprint
from capsulier.store.models import Variable


def keep_run_variables(
    actor: Actor, job_id: int, platform_id: int, variables: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, Any]:
    """What the execution keeps: plain values as they are, secret ones sealed. A value that takes the place of a secret
    is one, too. Part of the transaction that queues it. Raises Invalid and NotAllowed."""
    if not variables and not secrets:
        return {}
    with _at_the_field():
        if both := variables.keys() & secrets.keys():
            raise Invalid(f"{min(both)} is given twice, once as a secret.")
        together: dict[str, Any] = {**variables, **secrets}
        for name, value in together.items():
            check_variable(name, value)
        check_together(together)
        _check_loaders(actor, platform_id, together)
        secret_names = secrets.keys() | _secret_names(job_id, platform_id, variables)
        for name in secret_names:
            check_variable(name, together[name], is_secret=True)
    if not secret_names:
        return together
    sealer = Sealer()
    return together | {
        name: {SEALED: sealer.seal(together[name]), FINGERPRINT: fingerprint(together[name])} for name in secret_names
    }


@contextmanager
def _at_the_field() -> Iterator[None]:
    """Whatever is wrong with one of them is wrong with the field that they came in."""
    try:
        yield
    except Invalid as error:
        error.field = "variables"
        raise


def _check_loaders(actor: Actor, platform_id: int, names: Iterable[str]) -> None:
    loader = next(filter(decides_what_runs, names), None)
    if loader is not None and not actor.may(Action.EDIT, platform_id):
        raise NotAllowed(
            f"With another {loader} a run could load other code: to give it you need the role {NEEDS[Action.EDIT]}."
        )


def _secret_names(job_id: int, platform_id: int, names: Iterable[str]) -> set[str]:
    of_both = Variable.objects.filter(Q(job_id=job_id) | Q(job=None, platform_id=platform_id), ended_us=None)
    return set(of_both.filter(is_secret=True, name__in=list(names)).values_list("name", flat=True))
