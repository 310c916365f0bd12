"""Capsules as a whole installation offers and runs them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.archives import wheel_of, zip_of
from tests.servers import Server, serving, until

PAINT = """
id = "paint"
label = "Paint"
icon = "package"
colour = "pink"
categories = ["smart-apps"]
command = "paint {file}"
[package]
[commands]
".red" = "paint --red {file}"
[[needs]]
find = ["paint-that-is-not-there"]
install = "Paint is not installed. Buy some."
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("served") / "data"
    (directory / "capsules").mkdir(parents=True)
    (directory / "capsules" / "paint.toml").write_text(PAINT)
    (directory / "capsules" / "broken.toml").write_text('id = "x"\nlabel = \n')
    with serving(directory, UV_OFFLINE="1") as server:
        yield server


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with server.api() as client:
        yield client


def upload(api: httpx.Client, name: str, content: bytes) -> int:
    return int(api.post("/packages", files={"file": (name, content)}).raise_for_status().json()["id"])


def new_job(api: httpx.Client, **facts: Any) -> dict[str, Any]:
    job: dict[str, Any] = api.post("/jobs", json=facts).raise_for_status().json()
    return job


def ended(server: Server, api: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    execution = api.post(f"/jobs/{job['id']}/run").raise_for_status().json()
    return server.wait_for_end(api, execution["id"], within_s=60)


def test_capsules_are_listed_with_their_health_and_what_is_broken(server: Server, api: httpx.Client) -> None:
    page = api.get("/capsules").raise_for_status().json()
    found = {each["id"]: each for each in page["items"]}
    assert found["bash"]["health"] == {"is_healthy": True, "missing": []}
    assert found["paint"]["health"] == {"is_healthy": False, "missing": ["Paint is not installed. Buy some."]}
    assert [each["recommended"] for each in found["python"]["runtimes"]].count(True) == 1
    assert found["spark"]["commands"][".py"] == "spark-submit {file} arg1 arg2"
    assert page["broken"] == [{"file": "broken.toml", "line": 2, "what": "Invalid value"}]
    listed = subprocess.run(
        [sys.executable, "-m", "capsulier", "capsules"],
        env=server.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Paint is not installed. Buy some." in listed.stdout
    assert "broken.toml, line 2: Invalid value" in listed.stderr


def test_a_job_whose_tool_is_missing_fails_with_the_sentence(server: Server, api: httpx.Client) -> None:
    job = new_job(api, name="wall", capsule="paint", package=upload(api, "wall.red", b""))
    assert job["version"]["command"] == "paint --red {file}"
    execution = ended(server, api, job)
    assert (execution["state"], execution["reason"]) == ("failed", "setup")
    assert execution["why"] == "setup failed: Paint is not installed. Buy some."
    assert execution["started_at"] is None


def test_a_python_program_with_requirements_tells_its_progress(server: Server, api: httpx.Client) -> None:
    name, wheel = wheel_of("telling", "2.0", {"telling.py": "def so(): return 'so'\n"})
    main = "import json, os, telling, time\n"
    main += "with open(os.environ['CAPSULIER_JOB_PROGRESS'], 'w') as file:\n"
    main += "    json.dump({'progress': 0.5, 'note': telling.so()}, file)\n"
    main += "while not os.path.exists('go'): time.sleep(0.05)\n"
    content = zip_of({"__main__.py": main, "requirements.txt": f"./{name}\n", name: wheel})
    job = new_job(api, name="telling", capsule="python", package=upload(api, "telling.zip", content))
    execution = api.post(f"/jobs/{job['id']}/run").raise_for_status().json()
    path = f"/executions/{execution['id']}"
    until(lambda: api.get(path).json()["state"] == "running", within_s=60)
    told = until(lambda: api.get(path).json()["progress"], what="its progress")
    assert (told["progress"], told["note"]) == (0.5, "so")
    assert told["left_s"] is not None
    [work] = server.data_dir.glob(f"executions/*/{execution['id']}-1/work")
    (work / "go").touch()
    assert server.wait_for_end(api, execution["id"])["state"] == "success"
    assert "telling==2.0" in api.get(f"{path}/logs/setup").text
    assert [each["path"] for each in api.get(f"{path}/files").json()["items"]] == [
        ".progress.json",
        "go",
        "telling.zip",
    ]


def test_a_package_with_nothing_to_run_in_it_is_refused(api: httpx.Client) -> None:
    package = upload(api, "export.zip", zip_of({"readme.txt": ""}))
    refused = api.post("/jobs", json={"name": "export", "capsule": "talend", "package": package})
    assert refused.status_code == 422
    assert "There is no *_run.sh in export.zip" in refused.text


def test_a_capsule_that_is_added_is_there_at_once(server: Server, api: httpx.Client) -> None:
    own = Path(server.data_dir, "capsules", "shout.toml")
    own.write_text(PAINT.replace("paint", "shout").replace("shout {file}", "echo LOUD").split("[[needs]]")[0])
    assert ended(server, api, new_job(api, name="shout", capsule="shout"))["state"] == "success"
