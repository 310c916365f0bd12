"""The files in a version's package: listed, and one of them opened."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from capsulier.core.access import Actor
from capsulier.core.errors import NotFound
from capsulier.core.readable import MOST_BYTES, LookedAt, as_text
from capsulier.packages.contents import Contents, list_contents
from capsulier.packages.one_file import OpenFile, open_one
from capsulier.packages.storage import package_path
from capsulier.services.finding import find_version
from capsulier.store.models import Package

_CHUNK_BYTES = 256 * 1024


def find_package_of_version(actor: Actor, job_id: int, number: int) -> Package:
    """Raises NotFound, also where the version has no package."""
    version = find_version(actor, job_id, number)
    if version.package is None:
        raise NotFound(f"Version {number} has no package.")
    return version.package


def contents_of(package: Package) -> Contents:
    """What is in it. One that is no archive, or cannot be listed, is its own only file."""
    found = list_contents(package_path(package.sha256), package.name)
    checksums = {package.name: int(package.sha256[:8], 16)}
    return found or Contents({package.name: package.size_bytes}, checksums=checksums)


def look_into(package: Package, name: str) -> LookedAt:
    """The beginning of this file of it, however large it is. Raises NotFound, CannotBeRead."""
    with _opened(package, name) as (size_bytes, content):
        return LookedAt(name, size_bytes, as_text(content.read(MOST_BYTES + 1)))


@contextmanager
def unpack_one(package: Package, name: str) -> Iterator[tuple[int, Iterator[bytes]]]:
    """The size of this file of it, and its bytes, unpacked as they are read. Raises NotFound, CannotBeRead."""
    with _opened(package, name) as (size_bytes, content):
        yield size_bytes, iter(lambda: content.read(_CHUNK_BYTES), b"")


def _opened(package: Package, name: str) -> AbstractContextManager[OpenFile]:
    return open_one(package_path(package.sha256), package.name, name)
