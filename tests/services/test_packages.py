"""Taking packages in: whole or not at all."""

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsulier.config import config
from capsulier.core.errors import StorageFull, TooLarge
from capsulier.packages import storage
from capsulier.packages.storage import package_path
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Package
from tests.builders import make_actor, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def upload(*chunks: bytes, name: str = "a.zip") -> Package:
    return upload_package(make_actor(), make_platform().id, name, chunks)


def leftovers() -> list[Path]:
    return list((config().packages_dir / "incoming").iterdir())


def test_a_package_lies_under_the_hash_of_its_bytes_once() -> None:
    first, second = upload(b"abc", b"def"), upload(b"abcdef", name="ü b/../c.zip")
    digest = hashlib.sha256(b"abcdef").hexdigest()
    assert (first.sha256, second.sha256, first.size_bytes) == (digest, digest, 6)
    assert package_path(digest).read_bytes() == b"abcdef"
    assert second.name == "__b_.._c.zip"
    assert leftovers() == []


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    def broken() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        upload_package(make_actor(), make_platform().id, "a.zip", broken())
    assert leftovers() == []
    assert not Package.objects.exists()


def test_what_is_too_large_is_refused_before_all_of_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "max_package_bytes", 10)
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"x" * 4

    with pytest.raises(TooLarge):
        upload_package(make_actor(), make_platform().id, "a.zip", endless())
    assert len(taken) == 3
    assert leftovers() == []


def test_a_full_disk_is_said_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(StorageFull):
        upload(b"abc")
    assert leftovers() == []
    assert not Package.objects.exists()
