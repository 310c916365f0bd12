"""The files in the package of a version, through the API."""

import httpx
import pytest

from capsulier.core.access import Role
from tests.api.conftest import Clients
from tests.archives import zip_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def new_job(api: httpx.Client, name: str, content: bytes) -> str:
    """The address of its first version."""
    package = api.post("/packages", files={"file": (name, content)}).json()
    job = api.post("/jobs", json={"name": "nightly", "capsule": "bash", "package": package["id"]}).json()
    return f"/jobs/{job['id']}/versions/1"


def test_files_are_listed_and_come_byte_for_byte(api: httpx.Client, signed_in: Clients) -> None:
    files = {"main.py": b"print(1)", "lib/\u00fc #1.bin": bytes(range(256)) * 5_000, "empty": b""}
    version = new_job(api, "load.zip", zip_of(files))
    viewer = signed_in(Role.VIEWER)
    listed = viewer.get(f"{version}/files").json()
    assert {each["path"]: each["size_bytes"] for each in listed["items"]} == {n: len(c) for n, c in files.items()}
    assert (listed["is_cut"], listed["next"]) == (False, None)
    for name, content in files.items():
        answer = viewer.get(f"{version}/files/{name.replace('#', '%23')}")
        assert answer.content == content
        assert int(answer.headers["Content-Length"]) == len(content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="empty"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_package_that_is_no_archive_is_its_only_file(api: httpx.Client) -> None:
    version = new_job(api, "run.sh", b"echo")
    assert [each["path"] for each in api.get(f"{version}/files").json()["items"]] == ["run.sh"]
    assert api.get(f"{version}/files/run.sh").content == b"echo"


def test_what_is_not_there_is_not_found(api: httpx.Client, signed_in: Clients) -> None:
    version = new_job(api, "load.zip", zip_of({"main.py": b""}))
    for path in ("gone.py", "..%2Fmain.py", "%2Fetc%2Fpasswd", "a%00b"):
        assert api.get(f"{version}/files/{path}").status_code == 404
    assert signed_in(None).get(f"{version}/files").status_code == 404
    assert signed_in(None).get(f"{version}/files/main.py").status_code == 404
    bare = api.post("/jobs", json={"name": "bare", "capsule": "bash"}).json()
    refused = api.get(f"/jobs/{bare['id']}/versions/1/files")
    assert (refused.status_code, refused.json()["detail"]) == (404, "Version 1 has no package.")


def test_what_cannot_be_unpacked_is_refused(api: httpx.Client) -> None:
    refused = api.get(f"{new_job(api, 'a.tar.gz', b'no tar')}/files/a")
    assert (refused.status_code, refused.json()["code"]) == (422, "cannot_be_read")
