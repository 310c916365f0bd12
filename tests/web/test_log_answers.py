"""What the log viewer asks for: pages of lines either way, matches, marks."""

from typing import Any

import pytest

from capsulier.core.access import Role
from capsulier.services.log_files import log_directory, logs_of
from capsulier.store.models import Execution
from capsulier.web.logs.view import LogView, Streams
from tests.builders import make_job
from tests.web.past import live_execution, past_execution
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

OUT = b"".join(b"out %d\n" % number for number in range(1, 1001))
ERR = b"".join(b"err %d\n" % number for number in range(1, 11))


@pytest.fixture
def execution() -> Execution:
    return past_execution(make_job(), logs={"stdout": OUT, "stderr": ERR})


def ask(execution: Execution, what: str = "lines", **asked: Any) -> dict[str, Any]:
    answer = client_of(Role.VIEWER).get(f"/executions/{execution.pk}/log/{what}", asked)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def texts(page: dict[str, Any]) -> list[str]:
    return [line["t"] for line in page["lines"]]


def test_the_tail_ends_at_the_bottom(execution: Execution) -> None:
    page = ask(execution, stream="stdout", tail=3)
    assert texts(page) == ["out 998", "out 999", "out 1000"]
    assert [line["n"] for line in page["lines"]] == [998, 999, 1000]
    assert (page["top"], page["bottom"], page["live"]) == (False, True, False)


@pytest.mark.parametrize("stream", ["stdout", "stderr", "both"])
def test_pages_turned_upwards_from_the_end_are_the_pages_turned_downwards(execution: Execution, stream: str) -> None:
    page = ask(execution, stream=stream, tail=70)
    upwards = texts(page)
    while not page["top"]:
        page = ask(execution, stream=stream, before=page["start"], count=70)
        upwards = texts(page) + upwards
    page = ask(execution, stream=stream, at=0, count=90)
    downwards = texts(page)
    while not page["bottom"]:
        page = ask(execution, stream=stream, after=page["end"], count=90)
        downwards += texts(page)
    assert upwards == downwards
    assert len(downwards) == {"stdout": 1000, "stderr": 10, "both": 1010}[stream]


def test_both_streams_stand_in_the_order_of_time(execution: Execution) -> None:
    page = ask(execution, stream="both", at=0, count=4)
    assert [(line["s"], line["t"]) for line in page["lines"]] == [
        ("stdout", "out 1"),
        ("stderr", "err 1"),
        ("stdout", "out 2"),
        ("stderr", "err 2"),
    ]


@pytest.mark.parametrize("stream", ["stdout", "both"])
def test_the_setup_log_stands_before_what_the_program_wrote(stream: str) -> None:
    execution = past_execution(make_job(), logs={"setup": b"one\ntwo\nthree\n", "stdout": b"a\nb\n"})
    assert texts(ask(execution, stream=stream, tail=100)) == ["one", "two", "three", "a", "b"]
    page = ask(execution, stream=stream, tail=3)
    assert texts(page) == ["three", "a", "b"]
    assert texts(ask(execution, stream=stream, before=page["start"], count=1)) == ["two"]
    page = ask(execution, stream=stream, at=0, count=2)
    assert texts(page) == ["one", "two"]
    assert texts(ask(execution, stream=stream, after=page["end"], count=2)) == ["three", "a"]


@pytest.mark.parametrize("stream", list(Streams))
def test_what_is_written_while_the_log_is_read_is_no_less_the_bottom(stream: Streams) -> None:
    execution = live_execution(make_job(), logs={"stdout": b"one\n", "stderr": b"one\n"})
    view = LogView(logs_of(execution), stream)
    for name in ("stdout", "stderr"):
        with (log_directory(execution) / f"{name}.log").open("ab") as log:
            log.write(b"two\n")
    page = view.as_json(view.after(view.top))
    assert "two" in texts(page)
    assert page["bottom"]


def test_a_setup_log_that_grows_is_followed_into_what_the_program_writes() -> None:
    execution = live_execution(make_job(), logs={"setup": b"one\n"})
    page = ask(execution, stream="both", tail=10)
    assert (texts(page), page["bottom"], page["live"]) == (["one"], True, True)
    directory = log_directory(execution)
    (directory / "setup.log").write_bytes(b"one\ntwo\n")
    (directory / "stdout.log").write_bytes(b"begun\n")
    assert texts(ask(execution, stream="both", after=page["end"])) == ["two", "begun"]


def test_a_line_that_is_still_written_comes_again_when_it_is_longer() -> None:
    execution = live_execution(make_job(), logs={"stdout": b"done\nhalf"})
    page = ask(execution, stream="stdout", tail=10)
    assert [line.get("open") for line in page["lines"]] == [None, True]
    (log_directory(execution) / "stdout.log").write_bytes(b"done\nhalf and whole\nnext\n")
    assert texts(ask(execution, stream="stdout", after=page["end"])) == ["half and whole", "next"]


@pytest.mark.parametrize("stream", ["stdout", "both"])
def test_lines_are_settled_up_to_the_first_whose_time_is_not_known_yet(stream: str) -> None:
    execution = live_execution(make_job(), logs={"stdout": b"one\ntwo\n", "stderr": b"bad\n"})
    page = ask(execution, stream=stream, tail=10)
    assert page["settled_lines"] == len(page["lines"])
    assert page["settled"] == page["end"]
    with (log_directory(execution) / "stdout.log").open("ab") as log:
        log.write(b"three\nfour")
    page = ask(execution, stream=stream, tail=10)
    assert page["settled_lines"] == len(page["lines"]) - 2
    assert texts(ask(execution, stream=stream, after=page["settled"])) == ["three", "four"]


@pytest.mark.parametrize("stream", ["stdout", "both"])
def test_any_line_can_be_reached_by_its_number(execution: Execution, stream: str) -> None:
    assert texts(ask(execution, stream=stream, line="stdout:500", count=1)) == ["out 500"]
    assert texts(ask(execution, stream=stream, line="stdout:99999", count=1)) == ["out 1000"]


def test_an_error_line_can_be_reached_among_both(execution: Execution) -> None:
    assert texts(ask(execution, stream="both", line="stderr:7", count=1)) == ["err 7"]


@pytest.mark.parametrize("stream", ["stdout", "both"])
def test_points_of_the_scale_lead_down_the_log(execution: Execution, stream: str) -> None:
    total = ask(execution, stream=stream, tail=1)["total"]
    pages = [ask(execution, stream=stream, at=total * part // 10, count=1) for part in range(10)]
    begins = [page["begin"] for page in pages]
    assert begins == sorted(begins)
    assert all(abs(begin - total * part / 10) < 20 for part, begin in enumerate(begins))


def test_bytes_that_are_no_text_are_shown_and_control_characters_drawn() -> None:
    execution = past_execution(make_job(), logs={"stdout": b"a\xff\x00b\n10%\r50%\rdone\n<script>\n"})
    assert texts(ask(execution, stream="stdout")) == ["a�␀b", "done", "<script>"]


def test_an_endless_line_is_cut_and_says_where() -> None:
    execution = past_execution(make_job(), logs={"stdout": b"x" * 3_000_000 + b"\nlast\n"})
    page = ask(execution, stream="stdout", at=0)
    line = page["lines"][0]
    assert len(line["t"]) + line["cut"] == 3_000_000
    assert line["cut_at"] == len(line["t"])
    assert texts(ask(execution, stream="stdout", tail=1)) == ["last"]


def test_a_program_that_truncated_its_log_is_noticed_by_the_scale(execution: Execution) -> None:
    page = ask(execution, stream="stdout", tail=1)
    (log_directory(execution) / "stdout.log").write_bytes(b"new\n")
    after = ask(execution, stream="stdout", after=page["end"])
    assert (after["lines"], after["total"]) == ([], 4)
    assert after["total"] < page["finish"]


def test_an_execution_without_logs_answers_an_empty_page() -> None:
    execution = live_execution(make_job(), "queued")
    page = ask(execution)
    assert (page["lines"], page["top"], page["bottom"], page["live"], page["gone"]) == ([], True, True, True, False)


def test_logs_that_are_no_longer_kept_say_so(execution: Execution) -> None:
    directory = log_directory(execution)
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()
    assert ask(execution)["gone"]


def test_a_search_counts_all_matches_and_tells_where_they_are(execution: Execution) -> None:
    found = ask(execution, "search", stream="stdout", q="OUT 99")
    assert found["total"] == 11
    assert [number for _, _, number, _ in found["hits"]] == [99, *range(990, 1000)]
    assert ask(execution, "search", stream="stdout", q="OUT 99", case="1")["total"] == 0


def test_a_search_in_both_is_in_the_order_of_the_view(execution: Execution) -> None:
    found = ask(execution, "search", stream="both", q="[a-z] 2$", pattern="1")
    assert [(log, number) for log, _, number, _ in found["hits"]] == [("stdout", 2), ("stderr", 2)]
    scales = [scale for *_, scale in ask(execution, "search", stream="both", q="err")["hits"]]
    assert scales == sorted(scales)


def test_a_pattern_that_cannot_be_searched_for_is_refused_in_words(execution: Execution) -> None:
    answer = client_of(Role.VIEWER).get(f"/executions/{execution.pk}/log/search", {"q": "(", "pattern": "1"})
    assert answer.status_code == 422
    assert "pattern" in answer.json()["refused"]


def test_the_rail_marks_where_errors_are(execution: Execution) -> None:
    found = ask(execution, "marks", stream="both")
    assert found["marks"]
    assert max(found["marks"]) < found["total"] / 20
    assert ask(execution, "marks", stream="stdout")["marks"] == []


@pytest.mark.parametrize("asked", [{"after": "x"}, {"after": "1,2,x"}, {"before": "out:1"}, {"beside": "other:1"}])
def test_an_address_that_makes_no_sense_is_refused(execution: Execution, asked: dict[str, str]) -> None:
    assert client_of(Role.VIEWER).get(f"/executions/{execution.pk}/log/lines", asked).status_code == 422


@pytest.mark.parametrize("asked", [{"after": "999999999"}, {"before": "999999999,5"}, {"at": "999999"}, {"tail": "x"}])
def test_an_address_beyond_the_log_is_answered(execution: Execution, asked: dict[str, str]) -> None:
    assert ask(execution, **asked)["total"] == len(OUT) + len(ERR)


@pytest.mark.parametrize("what", ["lines", "search", "marks"])
def test_a_stranger_finds_no_log(execution: Execution, what: str) -> None:
    assert client_of(None).get(f"/executions/{execution.pk}/log/{what}").status_code == 404
