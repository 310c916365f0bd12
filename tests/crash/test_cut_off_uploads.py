"""Uploads that never come to their end: nothing of them is kept, and what a killed process left is tidied up."""

import os
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from capsulier.config import config
from capsulier.packages.storage import package_path, store
from capsulier.services.tidy_up import tidy_up
from capsulier.services.upload_package import upload_package
from tests.builders import make_actor, make_platform
from tests.servers import Server, serving, until

BODY = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n'
    b"Content-Type: application/zip\r\n\r\n" + bytes(3_000_000)
)


def begin_upload(server: Server) -> socket.socket:
    """Send a part of what is announced, and no more."""
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname, address.port))
    head = (
        f"POST /api/v2/packages HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {server.key}\r\n"
        "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 50000000\r\n\r\n"
    )
    connection.sendall(head.encode() + BODY)
    return connection


def files(packages: Path) -> list[Path]:
    return [path for path in packages.rglob("*") if path.is_file()]


def is_arriving(packages: Path) -> bool:
    return any(path.stat().st_size > 0 for path in files(packages))


@pytest.mark.crash
def test_a_connection_that_breaks_and_a_process_that_is_killed_in_the_middle(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    with serving(tmp_path, CAPSULIER_LEASE_S="1.5") as server:
        with begin_upload(server):
            until(lambda: is_arriving(packages), what="bytes on the disk")
        until(lambda: not files(packages), what="they are gone")

        with begin_upload(server):
            until(lambda: is_arriving(packages))
            [killed] = server.pids("web")
            server.kill("web")
            until(lambda: server.pids("web") not in ([], [killed]), what="another web process")
        server.ready()
        [left] = files(packages)
        assert left.parent.name == "incoming"
        with server.api() as api:
            sent = api.post("/packages", files={"file": ("a.zip", b"PK")}).raise_for_status()
            assert sent.json()["id"] == 1, "nothing of those before is known"

        os.utime(left, (time.time() - 25 * 3600,) * 2)
        server.kill("conductor")  # a new one tidies up at once
        until(lambda: not left.exists(), within_s=30, what="the half is removed")
        assert len(files(packages)) == 1


@pytest.mark.database
@pytest.mark.django_db
def test_files_that_belong_to_nobody_go_after_a_day() -> None:
    package = upload_package(make_actor(), make_platform().id, "a.zip", [b"kept"])
    kept, stray, young = package_path(package.sha256), package_path(store([b"stray"]).sha256), store([b"young"])
    half, new_half = config().incoming_dir / "half", config().incoming_dir / "new"
    half.touch()
    new_half.touch()
    for path in (kept, stray, half):
        os.utime(path, (time.time() - 25 * 3600,) * 2)
    tidy_up()
    tidy_up()
    assert kept.exists()
    assert package_path(young.sha256).exists()
    assert new_half.exists()
    assert not stray.exists()
    assert not half.exists()
    new_half.unlink()
