"""Who leads: one conductor at a time, by a lease that runs out unless it is renewed."""

from capsulier.ledger import statements

CONDUCTOR = "conductor"
_UNBELIEVABLE = 10
"""Times a lease's length: nobody's clock is so far ahead of ours, or they would depose us with every look."""


class Deposed(Exception):  # a fact about us, not an error of anybody's
    """Somebody else leads by now: nothing that we were about to write may be written."""


def take_lease(holder: str, *, now_us: int, ttl_us: int) -> int | None:
    """Take or renew the lease; answer the epoch we lead in, or None while somebody else holds it."""
    rows = statements.run(
        "take_lease",
        name=CONDUCTOR,
        holder=holder,
        now_us=now_us,
        until_us=now_us + ttl_us,
        unbelievable_us=now_us + _UNBELIEVABLE * ttl_us,
    )
    return rows[0].epoch if rows else None


def release_lease(holder: str) -> None:
    """Give the lease up, so that a conductor that stands by need not wait for it to run out."""
    statements.run("release_lease", name=CONDUCTOR, holder=holder)


def check_epoch(epoch: int) -> None:
    """Raise Deposed unless `epoch` still is the current one. First thing in every transaction of a leader."""
    if statements.run("epoch", name=CONDUCTOR)[0].epoch != epoch:
        raise Deposed
