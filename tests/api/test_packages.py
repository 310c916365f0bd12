"""Packages: streamed both ways, whole or not at all."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import psutil
import pytest

from capsulier.config import config
from capsulier.store.models import Package
from tests.api.conftest import Clients
from tests.servers import serving, until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

BOUNDARY = "-----boundary"
MEGABYTE = 1_000_000


def form(*parts: bytes) -> bytes:
    return b"".join(b"--" + BOUNDARY.encode() + b"\r\n" + part + b"\r\n" for part in parts) + (
        b"--" + BOUNDARY.encode() + b"--\r\n"
    )


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    ending = f'; filename="{file_name}"' if file_name is not None else ""
    return f'Content-Disposition: form-data; name="{name}"{ending}\r\n\r\n'.encode() + content


def post(api: httpx.Client, body: bytes | Iterator[bytes]) -> httpx.Response:
    return api.post("/packages", content=body, headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def incoming() -> list[Path]:
    directory = config().packages_dir / "incoming"
    return list(directory.iterdir()) if directory.exists() else []


def test_what_goes_up_comes_down_byte_for_byte(api: httpx.Client) -> None:
    content = os.urandom(3 * MEGABYTE) + b"\r\n--" + BOUNDARY.encode()[:-1]
    package = api.post("/packages", files={"file": ("données 1.zip", content)}).json()
    assert package["name"] == "donn_es_1.zip"
    assert (package["size_bytes"], package["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    job = api.post("/jobs", json={"name": "nightly", "capsule": "bash", "package": package["id"]}).json()
    answer = api.get(f"/jobs/{job['id']}/versions/1/package")
    assert answer.content == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="donn_es_1.zip"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    part_of = api.get(f"/jobs/{job['id']}/versions/1/package", headers={"Range": "bytes=-5"})
    assert (part_of.status_code, part_of.content) == (206, content[-5:])


def test_other_fields_and_their_order_do_not_matter(api: httpx.Client) -> None:
    body = form(part("note", b"x" * 100), part("file", b"abc", "a.txt"), part("file", b"second", "b.txt"))
    package = post(api, body).json()
    assert (package["name"], package["size_bytes"]) == ("a.txt", 3)


def test_an_empty_file_is_a_file(api: httpx.Client) -> None:
    assert post(api, form(part("file", b"", "empty"))).json()["size_bytes"] == 0


def test_a_form_of_unknown_length_is_taken(api: httpx.Client) -> None:
    body = form(part("file", b"abc" * 100_000, "a.txt"))
    answer = post(api, (body[at : at + 1000] for at in range(0, len(body), 1000)))
    assert answer.json()["size_bytes"] == 300_000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (form(part("note", b"x")), "invalid"),
        (form(part("file", b"no file name")), "invalid"),
        (b"no form at all", "invalid"),
        (form(part("file", b"x" * 5000, "a.txt"))[:-2000], "upload_cut_off"),
        (b"", "upload_cut_off"),
    ],
)
def test_a_form_that_is_not_whole_is_refused_and_leaves_nothing(api: httpx.Client, body: bytes, code: str) -> None:
    answer = post(api, body)
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["field"] == "file"
    assert incoming() == []
    assert not Package.objects.exists()


def test_something_else_than_a_form_is_refused(api: httpx.Client) -> None:
    answer = api.post("/packages", json={"file": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


@pytest.mark.parametrize("announced", [True, False])
def test_what_is_too_large_is_refused_early(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    monkeypatch.setattr(config(), "max_package_bytes", MEGABYTE)
    body = form(part("file", b"x" * 2 * MEGABYTE, "a.txt"))
    answer = post(api, body if announced else iter([body]))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "1 MB" in answer.json()["detail"]
    assert incoming() == []


def test_an_upload_that_breaks_off_leaves_nothing(address: str, api: httpx.Client) -> None:
    host, port = address.removeprefix("http://").split(":")
    body = form(part("file", b"x" * MEGABYTE, "a.txt"))
    head = (
        f"POST /api/v2/packages HTTP/1.1\r\nHost: {host}\r\nAuthorization: {api.headers['Authorization']}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])
        until(lambda: incoming() != [], what="the upload has begun")
    until(lambda: incoming() == [], what="nothing is left of it")
    assert not Package.objects.exists()


def test_slow_uploads_do_not_hold_up_other_calls(address: str, signed_in: Clients) -> None:
    """More of them than there are threads for."""
    go_on, clients = False, [signed_in() for _ in range(14)]
    body = form(part("file", b"x" * MEGABYTE, "a.txt"))

    def slowly() -> Iterator[bytes]:
        yield body[: MEGABYTE // 2]
        until(lambda: go_on, what="the other calls have been answered")
        yield body[MEGABYTE // 2 :]

    uploads = [Thread(target=post, args=(client, slowly())) for client in clients]
    for upload in uploads:
        upload.start()
    until(lambda: len(incoming()) >= 12, what="the uploads have begun")
    client = signed_in()
    begun = time.monotonic()
    assert client.get("/jobs").status_code == 200
    assert time.monotonic() - begun < 5
    go_on = True
    for upload in uploads:
        upload.join()
    assert Package.objects.count() == 14


@pytest.mark.long
def test_a_large_package_costs_no_memory(tmp_path: Path) -> None:
    """300 MB up and down, through a server of its own."""
    size = 300 * MEGABYTE
    chunk = os.urandom(MEGABYTE)
    head, tail = form(part("file", b"", "large.bin")).split(b"\r\n\r\n", 1)
    with serving(tmp_path, "web", "--port", "0") as server, server.api() as api:
        api.get("/jobs")
        [pid] = server.pids("web")
        process, peak = psutil.Process(pid), 0
        before = process.memory_info().rss

        def content() -> Iterator[bytes]:
            nonlocal peak
            yield head + b"\r\n\r\n"
            for _ in range(size // MEGABYTE):
                yield chunk
                peak = max(peak, process.memory_info().rss)
            yield tail

        package = post(api, content()).json()
        assert package["size_bytes"] == size
        job = api.post("/jobs", json={"name": "x", "capsule": "bash", "package": package["id"]}).json()
        got = 0
        with api.stream("GET", f"/jobs/{job['id']}/versions/1/package") as answer:
            for received in answer.iter_raw():
                got += len(received)
                peak = max(peak, process.memory_info().rss)
    assert got == size
    assert peak - before < 50 * MEGABYTE
