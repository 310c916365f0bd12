"""Programs that do their worst to their logs, their wrapper and us: each ends, what is known of it is true, and the
next one runs."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import httpx
import psutil
import pytest

from tests.servers import Server, serving, until

pytestmark = [pytest.mark.crash]

_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hostile")) as server:
        yield server


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    """With the assurance that nobody died of the test."""
    before = server.pids("web") + server.pids("conductor")
    with server.api() as api:
        yield api
        assert server.wait_for_end(api, start(api, "echo fine"))["state"] == "success"
    assert server.pids("web") + server.pids("conductor") == before
    assert "Traceback" not in server.log()


@pytest.fixture
def browser(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=10, base_url=server.url) as browser:
        browser.get(server.sign_in_link())
        yield browser


def start(api: httpx.Client, command: str, **more: Any) -> int:
    body = {"name": f"job {next(_numbers)}", "capsule": "bash", "command": command, **more}
    job_id = api.post("/jobs", json=body).raise_for_status().json()["id"]
    return int(api.post(f"/jobs/{job_id}/run").raise_for_status().json()["id"])


@pytest.mark.parametrize(
    ("command", "reason", "exit_code"),
    [
        ("kill -9 $PPID; sleep 9", "lost", None),
        ("kill -9 0", "lost", None),
        ("kill -9 $$", "signal", 137),
        ("kill 0; sleep 9", "signal", 143),
        ("trap '' TERM; kill 0; exit 3", "exit", 3),
        ("rm -rf ..; exit 4", "exit", 4),
        ("exec 1>&- 2>&-; echo x; exit 5", "exit", 5),
        ("echo exit 0 > ../claim; exit 6", "exit", 6),
        ("setsid sh -c 'sleep 0.3; echo late' & exit 7", "exit", 7),
        ("rm ../times; mkfifo ../times; exit 8", "exit", 8),
        ("rm -f ../times; mkfifo ../times; echo seen; sleep 1; exit 8", "exit", 8),
        ("rm ../claim; mkfifo ../claim ../stdout.idx; exit 9", "exit", 9),
        ("ulimit -n 3; exit 10", "exit", 10),
    ],
)
def test_its_end_is_known_for_what_it_was(
    server: Server, api: httpx.Client, command: str, reason: str, exit_code: int | None
) -> None:
    ended = server.wait_for_end(api, start(api, command), within_s=30)
    assert (ended["state"], ended["reason"], ended["exit_code"]) == ("failed", reason, exit_code)


def test_one_that_ignores_term_is_killed_by_force_with_all_that_it_hid(server: Server, api: httpx.Client) -> None:
    execution_id = start(
        api,
        "trap '' TERM; setsid sleep 97 & setsid setsid sh -c 'sleep 97 & exec sleep 97' & echo up; "
        "while :; do sleep 0.1; done",
    )
    hidden = until(lambda: three(sleepers(server)), what="three hidden programs")
    until(lambda: api.get(f"/executions/{execution_id}/logs/stdout").text)
    api.post(f"/executions/{execution_id}/stop", json={"force": True}).raise_for_status()
    ended = server.wait_for_end(api, execution_id, within_s=30)
    assert (ended["state"], ended["reason"]) == ("killed", "stopped")
    assert not [each for each in hidden if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def sleepers(server: Server) -> list[psutil.Process]:
    mine = str(server.data_dir)
    found = [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == ["sleep", "97"]]
    return [each for each in found if mine in each.cwd()]


def three(found: list[psutil.Process]) -> list[psutil.Process]:
    return found if len(found) == 3 else []


def logs(api: httpx.Client, browser: httpx.Client, execution_id: int) -> dict[str, httpx.Response]:
    """Every way to read it."""
    log = f"/executions/{execution_id}/logs/stdout"
    ways: dict[str, Callable[[], httpx.Response]] = {
        "whole": lambda: api.get(log),
        "tail": lambda: api.get(log, params={"tail": 20}),
        "search": lambda: api.get(f"{log}/search", params={"q": "x"}),
        "follow": lambda: api.get(f"{log}/follow"),
        "page": lambda: browser.get(f"/executions/{execution_id}"),
    }
    return {way: ask() for way, ask in ways.items()}


def test_one_endless_line_is_read_in_all_ways(server: Server, api: httpx.Client, browser: httpx.Client) -> None:
    execution_id = start(api, "head -c 50000000 /dev/zero | tr '\\0' x")
    server.wait_for_end(api, execution_id)
    read = logs(api, browser, execution_id)
    assert {each.status_code for each in read.values()} == {200}
    assert len(read["whole"].content) == 50_000_000
    assert len(read["page"].content) < 1_000_000, "a page shows a piece of it"


def test_bytes_that_are_no_text_come_back_as_they_were(
    server: Server, api: httpx.Client, browser: httpx.Client
) -> None:
    execution_id = start(api, r"printf '\377\376\000\001\355\240\200<script>\n\033]0;title\007x\n'")
    server.wait_for_end(api, execution_id)
    read = logs(api, browser, execution_id)
    assert {each.status_code for each in read.values()} == {200}
    assert read["whole"].content == b"\xff\xfe\x00\x01\xed\xa0\x80<script>\n\x1b]0;title\x07x\n"
    assert read["search"].json()["total"] == 1
    assert "&lt;script&gt;" in read["page"].text


@pytest.mark.parametrize("put", ["ln -s /etc/passwd", "mkfifo", "mkdir"])
def test_what_it_puts_in_the_place_of_its_log_misleads_nobody(
    server: Server, api: httpx.Client, browser: httpx.Client, put: str
) -> None:
    execution_id = start(api, f"rm ../stdout.log; {put} ../stdout.log; exit 2")
    assert server.wait_for_end(api, execution_id)["exit_code"] == 2
    read = logs(api, browser, execution_id)
    assert {each.status_code for each in read.values()} == {200}
    assert read["whole"].content == read["tail"].content == b""
    assert "root:x:" not in read["page"].text


def test_a_log_truncated_by_its_program_goes_on(server: Server, api: httpx.Client) -> None:
    execution_id = start(api, "echo one; : > /dev/stdout; echo two")
    server.wait_for_end(api, execution_id)
    assert api.get(f"/executions/{execution_id}/logs/stdout").text == "two\n"


def test_a_name_is_text_on_every_page(api: httpx.Client, browser: httpx.Client) -> None:
    name = "<script>alert(1)</script>\u202e🚀العربية"
    body = {"name": name, "capsule": "bash", "command": "true </textarea><script>", "note": "<b>", "description": "<i>"}
    job_id = api.post("/jobs", json=body).raise_for_status().json()["id"]
    assert api.get(f"/jobs/{job_id}").json()["name"] == name
    pages = (
        "/",
        f"/jobs/{job_id}",
        f"/jobs/{job_id}/versions/1",
        f"/jobs/{job_id}/settings",
        f"/jobs/{job_id}/upgrade",
    )
    for page in (*pages, f"/jobs/new?from={job_id}", "/activity"):
        shown = browser.get(page)
        assert shown.status_code == 200, page
        assert "<script>alert" not in shown.text, page
        assert "</textarea><script>" not in shown.text, page
