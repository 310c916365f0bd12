"""Look at everything that could be wrong with an installation."""

from collections.abc import Iterator
from typing import NamedTuple

from capsulier.services.check_up import counts, database, files, packages, secrets, surroundings
from capsulier.services.check_up.finding import Check, Finding

CHECKS: dict[str, Check] = {
    "database": database.check_integrity,
    "tables": database.check_tables,
    "identity": database.check_identity,
    "counts": counts.check_counts,
    "orphans": files.check_orphans,
    "files": files.check_promises,
    "packages": packages.check_packages,
    "strays": packages.check_strays,
    "disk": surroundings.check_disk,
    "keys": surroundings.check_keys,
    "secrets": secrets.check_secrets,
    "clock": surroundings.check_clock,
    "lease": surroundings.check_lease,
}
"""What is looked at, in this order: what hangs on another comes after it."""


class Checked(NamedTuple):
    name: str
    findings: list[Finding]


def check_up(*, repair: bool) -> Iterator[Checked]:
    """Each check as it is done, with what it found. Where tables are missing or old, what reads them is left out."""
    for name, check in CHECKS.items():
        findings = list(check(repair))
        yield Checked(name, findings)
        if name == "tables" and findings and not repair:
            return
