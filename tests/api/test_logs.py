"""Logs over HTTP: last lines, ranges, whole, searched, followed."""

import base64
import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.core.reasons import Reason
from capsulier.ledger.ends import Ended
from capsulier.ledger.moves import Begun, place, record
from capsulier.ledger.queueing import queue
from capsulier.ledger.wake import PAGES, wake
from capsulier.services.log_files import log_directory
from capsulier.store.models import Execution, Token
from tests.builders import make_job, new_execution
from tests.servers import until
from tests.web.people import client_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

LINES = b"".join(b"line %d\n" % number for number in range(1, 1001))


@pytest.fixture
def running() -> Iterator[Execution]:
    """An execution at work, with an empty directory for its logs."""
    [queued] = queue([new_execution(make_job("nightly"))], 1)
    place([queued.id], engine="local", node="here", now_us=2)
    record([Begun(queued.id, 1, 3, {"name": f"{queued.id}-1"})], 3)
    execution = Execution.objects.get(id=queued.id)
    directory = log_directory(execution)
    shutil.rmtree(directory, ignore_errors=True)  # of a test before: ids come again, files stay
    directory.mkdir(parents=True)
    yield execution
    shutil.rmtree(directory, ignore_errors=True)


def end(execution: Execution, exit_code: int = 0) -> None:
    now = time.time_ns() // 1000
    record([Ended(execution.id, Reason.EXIT, now, exit_code=exit_code)], now)
    wake(PAGES)


def write(execution: Execution, content: bytes, name: str = "stdout") -> Path:
    path = log_directory(execution) / f"{name}.log"
    with path.open("ab") as log:
        log.write(content)
    return path


def url(execution: Execution, name: str = "stdout", more: str = "") -> str:
    return f"/executions/{execution.id}/logs/{name}{more}"


def test_a_log_is_read_whole_by_its_end_and_by_ranges(api: httpx.Client, running: Execution) -> None:
    write(running, LINES)
    assert api.get(url(running)).content == LINES
    assert api.get(url(running), params={"tail": 2}).text == "line 999\nline 1000\n"
    assert api.get(url(running), params={"tail": 0}).text == ""
    assert api.get(url(running), params={"tail": 10**6}).content == LINES
    for asked, content in (("0-6", LINES[:7]), ("-5", LINES[-5:]), ("8000-", LINES[8000:]), ("0-99999", LINES)):
        answer = api.get(url(running), headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content) == (206, content), asked
        assert answer.headers["Content-Range"].endswith(f"/{len(LINES)}")
    for asked in ("bytes=0-1,4-5", "lines=0-1", "bytes=x-", "bytes=5-2"):
        assert api.get(url(running), headers={"Range": asked}).content == LINES
    beyond = api.get(url(running), headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(LINES)}")


def test_whatever_a_program_wrote_is_never_a_page(api: httpx.Client, running: Execution) -> None:
    write(running, b"<script>alert(1)</script>")
    headers = api.get(url(running)).headers
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert headers["Cache-Control"] == "no-store"
    saved = api.get(url(running, "stderr"), params={"download": True})
    assert saved.status_code == 200
    saved = api.get(url(running), params={"download": True})
    assert saved.headers["Content-Disposition"] == 'attachment; filename="nightly-1-stdout.log"'


def test_a_log_that_nothing_was_written_to_is_empty(api: httpx.Client, running: Execution) -> None:
    for name in ("setup", "stdout", "stderr"):
        answer = api.get(url(running, name))
        assert (answer.status_code, answer.content) == (200, b"")
        assert api.get(url(running, name, "/search"), params={"q": "x"}).json()["total"] == 0
    assert api.get(url(running, "other")).status_code == 422


def test_a_log_that_is_no_longer_kept_says_so(api: httpx.Client, running: Execution) -> None:
    end(running)
    shutil.rmtree(log_directory(running))
    for more in ("", "/search?q=x", "/follow"):
        answer = api.get(url(running, more=more))
        assert (answer.status_code, answer.json()["code"]) == (410, "log_gone")


def test_a_search_counts_all_and_shows_page_by_page(api: httpx.Client, running: Execution) -> None:
    write(running, LINES)
    first = api.get(url(running, more="/search"), params={"q": "line 9", "size": 100}).json()
    assert first["total"] == 111
    assert first["items"][1] == {"offset": LINES.index(b"line 90\n"), "number": 90, "text": "line 90"}
    rest = api.get(url(running, more="/search"), params={"q": "line 9", "size": 100, "page": first["next"]}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (100, 11, None)
    pattern = {"q": "LINE 1.0$", "pattern": True, "ignore_case": True}
    assert api.get(url(running, more="/search"), params=pattern).json()["total"] == 10
    refused = api.get(url(running, more="/search"), params={"q": "(", "pattern": True})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "q")


class Following:
    """A reader of a followed log, in a thread of its own."""

    def __init__(self, api: httpx.Client, path: str, **headers: str) -> None:
        self.content = b""
        self.ended: dict[str, object] | None = None
        self.ids: list[int] = []
        self.restarted = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(api, path, headers))
        self._thread.start()

    def _read(self, api: httpx.Client, path: str, headers: dict[str, str]) -> None:
        name = ""
        with api.stream("GET", path, headers=headers, timeout=30) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            for line in answer.iter_lines():
                field, _, value = line.partition(": ")
                with self._changed:
                    if field == "event":
                        name = value
                    elif field == "id":
                        self.ids.append(int(value))
                    elif field == "data":
                        self._take(name, json.loads(value))
                        name = ""
                    self._changed.notify_all()

    def _take(self, name: str, data: dict[str, object]) -> None:
        if name == "end":
            self.ended = data
        elif data.get("restarted"):
            self.restarted = True
        else:
            self.content += base64.b64decode(str(data["data"]))

    def wait_for(self, content: bytes, within_s: float = 60) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: content in self.content, within_s), self.content[-200:]

    def wait_for_end(self) -> dict[str, object]:
        self._thread.join(60)
        assert self.ended is not None
        return self.ended


def test_a_log_is_followed_from_its_first_byte_to_the_end(api: httpx.Client, running: Execution) -> None:
    write(running, b"one\n")
    reader = Following(api, url(running, more="/follow"))
    reader.wait_for(b"one\n")
    write(running, b"two\n\xff\x00half")
    reader.wait_for(b"half")
    write(running, b" a line\n")
    end(running, 3)
    ended = reader.wait_for_end()
    assert reader.content == b"one\ntwo\n\xff\x00half a line\n"
    assert (ended["state"], ended["exit_code"]) == ("failed", 3)
    assert reader.ids[-1] == len(reader.content)


def test_an_end_is_told_soon(api: httpx.Client, running: Execution) -> None:
    reader = Following(api, url(running, more="/follow"))
    write(running, b"x")
    reader.wait_for(b"x")
    begun = time.monotonic()
    end(running)
    reader.wait_for_end()
    assert time.monotonic() - begun < 1.5


def test_a_reader_who_was_cut_off_goes_on_where_they_were(api: httpx.Client, running: Execution) -> None:
    write(running, LINES)
    end(running)
    for path, headers in (("/follow?offset=8880", {}), ("/follow", {"Last-Event-ID": "8880"})):
        reader = Following(api, url(running, more=path), **headers)
        reader.wait_for_end()
        assert reader.content == LINES[8880:]


def test_a_log_that_is_written_before_anybody_placed_it_is_waited_for(api: httpx.Client) -> None:
    """Followed from the queue on: its directory is known only when it has been placed."""
    [queued] = queue([new_execution(make_job())], 1)
    execution = Execution.objects.get(id=queued.id)
    reader = Following(api, url(execution, more="/follow"))
    place([queued.id], engine="local", node="here", now_us=now_us())
    record([Begun(queued.id, 1, now_us(), {"name": f"{queued.id}-1"})], now_us())
    wake(PAGES)
    execution.refresh_from_db()
    log_directory(execution).mkdir(parents=True, exist_ok=True)
    write(execution, b"here\n")
    reader.wait_for(b"here\n")
    end(execution)
    assert reader.wait_for_end()["state"] == "success"
    shutil.rmtree(log_directory(execution))


def test_one_that_was_killed_in_the_queue_ends_without_a_byte(api: httpx.Client) -> None:
    [queued] = queue([new_execution(make_job())], 1)
    reader = Following(api, url(Execution.objects.get(id=queued.id), more="/follow"))
    assert api.post(f"/executions/{queued.id}/stop").status_code == 202
    assert reader.wait_for_end()["state"] == "killed"
    assert reader.content == b""


def test_a_program_that_truncates_its_log_is_followed_anew(api: httpx.Client, running: Execution) -> None:
    path = write(running, b"a long beginning\n")
    reader = Following(api, url(running, more="/follow"))
    reader.wait_for(b"beginning\n")
    path.write_bytes(b"anew\n")
    reader.wait_for(b"anew\n")
    assert reader.restarted
    end(running)
    reader.wait_for_end()


def test_who_may_no_longer_read_is_shown_no_more(
    api: httpx.Client, running: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    from capsulier.api.v2 import following  # noqa: PLC0415

    monkeypatch.setattr(following, "ASK_AGAIN_S", 0.2)
    reader = Following(api, url(running, more="/follow"))
    write(running, b"seen\n")
    reader.wait_for(b"seen\n")
    Token.objects.all().delete()
    time.sleep(0.3)
    write(running, b"not seen\n")
    reader._thread.join(60)
    assert reader.content == b"seen\n"


SLOW = {"q": r"^(a*)(a*)(a*)(a*)\1\2\3\4\1b$", "pattern": "1"}
"""A pattern that takes grep for ever on a line of `a`."""


@pytest.mark.parametrize("is_page", [True, False], ids=["the log screen's", "the API's"])
def test_a_reader_who_leaves_ends_the_search(
    api: httpx.Client, address: str, running: Execution, is_page: bool
) -> None:
    write(running, b"a" * 3001 + b"b\n")
    where = f"{address}/executions/{running.id}/log/search" if is_page else url(running, more="/search")
    if is_page:
        api.cookies["sessionid"] = client_of(Role.EDITOR).cookies["sessionid"].value
    reader = threading.Thread(target=read_for_a_while, args=(api, where))
    reader.start()
    until(greps, what="grep at work")
    reader.join()
    until(lambda: not greps(), within_s=15, what="the end of grep")


def read_for_a_while(api: httpx.Client, where: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        api.get(where, params=SLOW, timeout=3.0)


def greps() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if each.name() == "grep"]
