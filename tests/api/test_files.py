"""The working directory of an execution, and what a program tells of itself."""

import json
import os
import shutil
from pathlib import Path

import pytest

from capsulier.core.access import Role
from capsulier.logs.source import LogFile, open_log
from capsulier.services.execution_files import execution_directory
from capsulier.services.run_job import run_job
from capsulier.store.models import Execution
from tests.api.conftest import Clients
from tests.builders import make_actor, make_job
from tests.engines.accounts import NOBODY, as_root

pytestmark = [pytest.mark.database]


@pytest.fixture
def execution(transactional_db: None) -> Execution:
    return run_job(make_actor(), make_job().id)


@pytest.fixture
def work(execution: Execution) -> Path:
    directory = execution_directory(execution.id, 1) / "work"
    shutil.rmtree(directory, ignore_errors=True)  # of an execution before, that had this id
    directory.mkdir(parents=True)
    return directory


def test_what_became_a_link_between_the_look_and_the_opening_is_not_read(work: Path, tmp_path: Path) -> None:
    """Its program may run as another account than we do, who may read everything."""
    (tmp_path / "shadow").write_text("not for it")
    (work / "folder").symlink_to(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_log(LogFile(work / "folder" / "shadow", None, within=work))
    (work / "own").write_text("for it")
    assert open_log(LogFile(work / "own", None, within=work)).read(0, 100) == b"for it"


@as_root
def test_another_name_of_a_file_of_somebody_else_is_not_read(work: Path, tmp_path: Path) -> None:
    (tmp_path / "shadow").write_text("not for it")
    os.link(tmp_path / "shadow", work / "mine")
    os.chown(work, NOBODY.uid, NOBODY.gid)
    with pytest.raises(FileNotFoundError):
        open_log(LogFile(work / "mine", None, within=work))
    os.chown(work, 0, 0)
    assert open_log(LogFile(work / "mine", None, within=work)).size == 10


def test_files_are_listed_and_downloaded(signed_in: Clients, execution: Execution, work: Path) -> None:
    api = signed_in(Role.VIEWER)
    (work / "out" / "deep").mkdir(parents=True, exist_ok=True)
    (work / "out" / "deep" / "plot 1.png").write_bytes(b"png")
    (work / "report.html").write_text("<script>")
    (work / "link").symlink_to("/etc/passwd")
    files = api.get(f"/executions/{execution.id}/files").json()
    assert [(each["path"], each["size_bytes"]) for each in files["items"]] == [
        ("report.html", 8),
        ("out/deep/plot 1.png", 3),
    ]
    assert files["is_cut"] is False
    page = api.get(f"/executions/{execution.id}/files/report.html")
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
    part = api.get(f"/executions/{execution.id}/files/out/deep/plot%201.png", headers={"Range": "bytes=1-"})
    assert (part.status_code, part.content) == (206, b"ng")


@pytest.mark.parametrize("path", ["gone.txt", "link", "..%2Fclaim", "out", "a%00b", "%2e%2e/%2e%2e/claim"])
def test_nothing_else_can_be_had(signed_in: Clients, execution: Execution, work: Path, path: str) -> None:
    (work / "out").mkdir(exist_ok=True)
    (work.parent / "claim").write_text("secret")
    if not (work / "link").is_symlink():
        (work / "link").symlink_to("../claim")
    assert signed_in().get(f"/executions/{execution.id}/files/{path}").status_code == 404


def test_files_of_others_are_not_there(signed_in: Clients, execution: Execution, work: Path) -> None:
    (work / "a.txt").write_text("a")
    assert signed_in(None).get(f"/executions/{execution.id}/files").status_code == 404
    assert signed_in(None).get(f"/executions/{execution.id}/files/a.txt").status_code == 404


def test_progress_is_told_with_the_time_left(signed_in: Clients, execution: Execution, work: Path) -> None:
    (work / ".progress.json").write_text(json.dumps({"progress": 0.25, "note": "loading", "outputs": {"rows": 3}}))
    api = signed_in()
    told_us = (work / ".progress.json").stat().st_mtime_ns // 1000
    rows = Execution.objects.filter(id=execution.id)
    rows.update(state="running", placement=1, pending_us=told_us, started_us=told_us - 10_000_000)
    progress = api.get(f"/executions/{execution.id}").json()["progress"]
    assert {key: progress[key] for key in ("progress", "note", "outputs", "left_s")} == {
        "progress": 0.25,
        "note": "loading",
        "outputs": {"rows": 3},
        "left_s": 30.0,
    }
    [listed] = api.get("/executions").json()["items"]
    assert listed["progress"] == progress
