"""The files of packages: there, as they were uploaded, and each named by somebody."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from capsulier.config import config
from capsulier.packages.storage import package_path, remove_strays
from capsulier.services.check_up.finding import Finding
from capsulier.services.drafts import utc_now
from capsulier.store.models import Package, Version

_STRAY = timedelta(hours=24)


def check_packages(repair: bool) -> Iterator[Finding]:
    """Reads every file: its name is the hash of what is in it."""
    for package in Package.objects.order_by("id").iterator():
        path = package_path(package.sha256)
        if not path.exists():
            yield Finding(f"The file of the package “{package.name}” is missing{_users(package)}. {_AGAIN}")
        elif _sha256(path) != package.sha256:
            yield Finding(f"The file of the package “{package.name}” is damaged{_users(package)}. {_AGAIN}")


def check_strays(repair: bool) -> Iterator[Finding]:
    """Files of packages that no row names, older than any upload that is still on its way."""
    known, before = set(Package.objects.values_list("sha256", flat=True)), utc_now() - _STRAY
    strays = [
        path
        for path in config().packages_dir.glob("[0-9a-f][0-9a-f]/*")
        if path.name not in known and path.stat().st_mtime < before.timestamp()
    ]
    if not strays:
        return
    if repair:
        remove_strays(before, known)
    taken = sum(path.stat().st_size for path in strays if path.exists())
    done = "They were removed." if repair and not taken else ""
    yield Finding(f"{len(strays):,} files of packages belong to none.", done)


_AGAIN = "Upload it again as a new version, or bring the file back from a backup."


def _users(package: Package) -> str:
    names = Version.objects.filter(package__sha256=package.sha256).values_list("job__name", flat=True).distinct()
    told = ", ".join(f"“{name}”" for name in names[:5])
    return f", of {told}" if told else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
