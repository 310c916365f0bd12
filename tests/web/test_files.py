"""Files that one can look at: of packages, between two versions, of executions."""

import base64
import json
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from capsulier.core.access import Role
from capsulier.services.drafts import VersionDraft
from capsulier.services.execution_files import execution_directory
from capsulier.services.run_job import run_job
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.upload_package import upload_package
from capsulier.store.models import Execution, Job
from tests.builders import make_actor, make_job
from tests.web.people import client_of, text_of
from tests.web.test_versions_pages import make_package

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HOSTILE = "<script>alert(1)</script> & “ü”"
PNG = b"\x89PNG\r\n\x1a\n\0\0"


@pytest.fixture
def job() -> Job:
    first = make_package(
        {"main.py": "a = 1\nb = 2\n", "data/ü #1.csv": HOSTILE, "logo.png": "\x89PNG\0", "old.py": "x\n"}
    )
    made = make_job(command="python {file}", version={"package_id": first.pk})
    second = make_package(
        {"main.py": "a = 1\nb = 3\n", "data/ü #1.csv": HOSTILE, "logo.png": "\x89PNG\1\0", "new.py": "y\n"}
    )
    upgrade_job(make_actor(), made.pk, VersionDraft(command="python {file}", package_id=second.pk))
    return made


@pytest.fixture
def work(job: Job) -> Path:
    execution = run_job(make_actor(), job.pk)
    Execution.objects.filter(pk=execution.pk).update(state="running", placement=1, pending_us=1, started_us=1)
    directory = execution_directory(execution.pk, 1) / "work"
    shutil.rmtree(directory, ignore_errors=True)  # of a test before: ids come again, files stay
    directory.mkdir(parents=True)
    return directory


def id_of(work: Path) -> int:
    return int(work.parent.name.split("-")[0])


def file_page(job: Job, number: int, path: str, client: Client | None = None) -> str:
    return text_of((client or client_of(Role.VIEWER)).get(f"/jobs/{job.pk}/versions/{number}/file?path={quote(path)}"))


def test_a_text_file_of_a_package_is_shown(job: Job) -> None:
    listed = client_of(Role.VIEWER).get(f"/jobs/{job.pk}/versions/1").content.decode()
    assert f'href="/jobs/{job.pk}/versions/1/file?path=data/%C3%BC%20%231.csv"' in listed
    shown = client_of(Role.VIEWER).get(f"/jobs/{job.pk}/versions/1/file?path=data/%C3%BC%20%231.csv").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “ü”" in shown
    assert f'href="/api/v2/jobs/{job.pk}/versions/1/files/data/%C3%BC%20%231.csv"' in shown
    assert '<li id="L2">b = 2</li>' in client_of().get(f"/jobs/{job.pk}/versions/1/file?path=main.py").content.decode()


def test_a_package_that_is_no_archive_is_its_only_file(job: Job) -> None:
    plain = upload_package(make_actor(), job.platform_id, "run.sh", [b"echo one\n"])
    upgrade_job(make_actor(), job.pk, VersionDraft(command="sh {file}", package_id=plain.pk))
    assert "run.sh 9 B" in text_of(client_of().get(f"/jobs/{job.pk}/versions/3"))
    assert "echo one" in file_page(job, 3, "run.sh")


def test_what_is_no_text_is_offered_to_be_downloaded(job: Job) -> None:
    assert "This file is no text. Download it" in file_page(job, 1, "logo.png")


def test_of_a_large_file_the_beginning_is_shown(job: Job) -> None:
    large = make_package({"big.txt": "line\n" * 200_000})
    upgrade_job(make_actor(), job.pk, VersionDraft(command="true", package_id=large.pk))
    shown = file_page(job, 3, "big.txt")
    assert shown.count("line ") == 100_000
    assert "Only its beginning is shown. Download all of it" in shown


@pytest.mark.parametrize("path", ["gone.py", "", "../main.py", "/etc/passwd", "a\0b"])
def test_a_file_that_is_not_in_the_package_is_not_found(job: Job, path: str) -> None:
    assert client_of().get(f"/jobs/{job.pk}/versions/1/file", {"path": path}).status_code == 404


def test_a_damaged_package_is_refused_with_a_sentence(job: Job) -> None:
    broken = upload_package(make_actor(), job.platform_id, "a.tar.gz", [b"\x1f\x8b broken"])
    upgrade_job(make_actor(), job.pk, VersionDraft(command="true", package_id=broken.pk))
    answer = client_of().get(f"/jobs/{job.pk}/versions/3/file?path=a.txt")
    assert answer.status_code == 422
    assert "the archive is damaged" in text_of(answer)


def test_a_stranger_finds_no_file(job: Job, work: Path) -> None:
    (work / "a.txt").write_text("secret")
    stranger = client_of(None)
    for address in (
        f"/jobs/{job.pk}/versions/1/file?path=main.py",
        f"/jobs/{job.pk}/versions/compare/file?from=1&to=2&path=main.py",
        f"/executions/{id_of(work)}/files",
        f"/executions/{id_of(work)}/file?path=a.txt",
        f"/executions/{id_of(work)}/image?path=a.txt",
    ):
        assert stranger.get(address).status_code == 404


def compared(job: Job, path: str) -> str:
    return text_of(client_of(Role.VIEWER).get(f"/jobs/{job.pk}/versions/compare/file?from=1&to=2&path={quote(path)}"))


def test_a_changed_file_is_shown_line_by_line(job: Job) -> None:
    listed = client_of().get(f"/jobs/{job.pk}/versions/compare?from=1&to=2").content.decode()
    assert f'href="/jobs/{job.pk}/versions/compare/file?from=1&amp;to=2&amp;path=main.py"' in listed
    assert "1 1 a = 1 2 b = 2 2 b = 3" in compared(job, "main.py")


def test_a_file_of_one_version_only_came_or_went(job: Job) -> None:
    assert "not in version 2" in compared(job, "old.py")
    assert "not in version 1" in compared(job, "new.py")
    assert client_of().get(f"/jobs/{job.pk}/versions/compare/file?from=1&to=2&path=none").status_code == 404
    assert client_of().get(f"/jobs/{job.pk}/versions/compare/file?from=1&path=main.py").status_code == 404


def test_what_cannot_be_compared_says_why(job: Job) -> None:
    assert "no text" in compared(job, "logo.png")
    assert "Both are the same" in compared(job, "data/ü #1.csv")
    for content in ("a\n" * 6_000, "b\n" * 6_000):
        upgrade_job(make_actor(), job.pk, VersionDraft(command="true", package_id=make_package({"long": content}).pk))
    answer = client_of().get(f"/jobs/{job.pk}/versions/compare/file?from=3&to=4&path=long")
    assert "too long to be compared" in text_of(answer)


def test_the_files_of_an_execution_are_listed_and_shown(job: Job, work: Path) -> None:
    (work / "out").mkdir()
    (work / "out" / "r 1.txt").write_text(HOSTILE)
    listed = client_of(Role.VIEWER).get(f"/executions/{id_of(work)}/files").content.decode()
    assert f'href="/executions/{id_of(work)}/file?path=out/r%201.txt"' in listed
    shown = client_of(Role.VIEWER).get(f"/executions/{id_of(work)}/file?path=out/r%201.txt").content.decode()
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    (work / "link").symlink_to("/etc/passwd")
    for path in ("gone", "../claim", "link", "out", "/etc/passwd"):
        assert client_of().get(f"/executions/{id_of(work)}/file?path={path}").status_code == 404
    assert f'href="/executions/{id_of(work)}/files"' in client_of().get(f"/executions/{id_of(work)}").content.decode()


def test_an_image_is_shown_and_cannot_run_anything(work: Path) -> None:
    (work / "plot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (work / "page.html").write_text("<script>alert(1)</script>")
    assert (
        f'src="/executions/{id_of(work)}/image?path=plot.svg"'
        in client_of().get(f"/executions/{id_of(work)}/file?path=plot.svg").content.decode()
    )
    image = client_of().get(f"/executions/{id_of(work)}/image?path=plot.svg")
    assert image.headers["Content-Type"] == "image/svg+xml"
    assert image.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert client_of().get(f"/executions/{id_of(work)}/image?path=page.html").status_code == 404


def notebook_of(*outputs: object, **more: object) -> str:
    cells = [
        {"cell_type": "markdown", "source": ["# Sales\n", "<b>bold</b>"]},
        {"cell_type": "code", "source": "show()", "execution_count": 3, "outputs": list(outputs)},
    ]
    return json.dumps({"cells": cells, "metadata": {"kernelspec": {"display_name": "Python 3"}}, "nbformat": 4, **more})


def test_an_executed_notebook_is_shown_with_what_it_has_put_out(job: Job, work: Path) -> None:
    outputs = (
        {"output_type": "stream", "name": "stdout", "text": ["10 %\r20 %\n", "\x1b[31mred\x1b[0m <i>"]},
        {
            "output_type": "display_data",
            "data": {"image/png": base64.b64encode(PNG).decode(), "text/plain": "<Figure>"},
        },
        {"output_type": "execute_result", "data": {"text/html": "<script>alert(1)</script>", "text/plain": "a table"}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mZeroDivisionError\x1b[0m"]},
    )
    (work / "output.ipynb").write_text(notebook_of(*outputs))
    address = f"/executions/{id_of(work)}/file?path=output.ipynb"
    page = client_of(Role.VIEWER).get(address).content.decode()
    shown = text_of(client_of(Role.VIEWER).get(address))
    assert "Kernel: Python 3 # Sales &lt;b&gt;bold&lt;/b&gt; [3] show() 20 % red &lt;i&gt;" in shown
    assert "a table" in shown
    assert "ZeroDivisionError" in shown
    assert "<script>alert" not in page
    assert f'src="/executions/{id_of(work)}/image?path=output.ipynb&amp;output=1.1"' in page
    image = client_of().get(f"/executions/{id_of(work)}/image?path=output.ipynb&output=1.1")
    assert (image.headers["Content-Type"], image.content) == ("image/png", PNG)
    assert "&quot;cells&quot;" in client_of().get(f"{address}&as=text").content.decode()


@pytest.mark.parametrize("place", ["0.0", "1.0", "9.9", "1.99", "x", "1.1.1", "-1.0", "9999999.1"])
def test_there_is_no_image_elsewhere_in_a_notebook(work: Path, place: str) -> None:
    (work / "output.ipynb").write_text(notebook_of({"output_type": "stream", "text": "a"}))
    assert client_of().get(f"/executions/{id_of(work)}/image?path=output.ipynb&output={place}").status_code == 404


def test_where_papermill_says_that_a_cell_failed_its_words_are_shown_without_its_tags(work: Path) -> None:
    said = {"cell_type": "markdown", "metadata": {"tags": ["papermill-error-cell-tag"]}}
    said["source"] = '<span style="color:red">Exception at <a href="#x">In [5]</a>.</span>'
    (work / "output.ipynb").write_text(json.dumps({"cells": [said]}))
    shown = client_of().get(f"/executions/{id_of(work)}/file?path=output.ipynb").content.decode()
    assert '<div class="notebook-words is-error">Exception at In [5].</div>' in shown


HALF = [
    '{"cells": [',
    "[]",
    '{"cells": {}}',
    '{"cells": [1, {}, {"cell_type": 5, "source": {}, "outputs": [7, {"data": 5}]}]}',
    '{"cells": [{"cell_type": "code", "outputs": [{"output_type": "stream", "text": 3}]}]}',
    '{"cells": [{"cell_type": "code", "outputs": [{"output_type": "error", "traceback": 5}]}], "metadata": [1]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("content", HALF)
def test_what_is_no_notebook_breaks_nothing(work: Path, content: str) -> None:
    (work / "output.ipynb").write_text(content)
    assert client_of().get(f"/executions/{id_of(work)}/file?path=output.ipynb").status_code == 200
    assert client_of().get(f"/executions/{id_of(work)}/image?path=output.ipynb&output=0.0").status_code == 404


def test_the_notebook_capsule_leads_to_its_executed_notebook(job: Job, work: Path) -> None:
    Job.objects.filter(pk=job.pk).update(capsule="notebook")
    link = f'href="/executions/{id_of(work)}/file?path=output.ipynb"'
    assert link not in client_of().get(f"/jobs/{job.pk}").content.decode()
    (work / "output.ipynb").write_text(notebook_of())
    assert link in client_of().get(f"/jobs/{job.pk}").content.decode()
    assert link in client_of().get(f"/executions/{id_of(work)}").content.decode()
