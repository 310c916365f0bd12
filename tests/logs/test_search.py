"""Search finds all lines, with exact counts, in masked text, and stops when nobody is interested any more."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.logs import search as searching
from capsulier.logs.grep import Grep, Query
from capsulier.logs.mask import Masker
from capsulier.logs.search import Hit, Span, search
from capsulier.logs.source import LogFile
from tests.logs.naive import logged, naive_lines, unmasked

pytestmark = pytest.mark.usefixtures("small_blocks")


def hits(spans: list[Span]) -> list[Hit]:
    return [hit for span in spans for hit in span.hits]


def count(spans: list[Span]) -> int:
    return sum(span.matching_lines for span in spans)


def assert_covers(spans: list[Span], size: int) -> None:
    """Every byte was searched once."""
    searched = sorted((span.start, span.end) for span in spans if span.start < span.end)
    assert [start for start, _ in searched] + [size] == [0] + [end for _, end in searched]


pages = st.fixed_dictionaries(
    {"start": st.integers(0, 150), "backwards": st.booleans(), "limit": st.integers(1, 6)},
)


@settings(max_examples=60)
@given(data=logged, text=st.sampled_from(["a", "b", "é", "secret", "ab", "than"]), page=pages)
def test_all_lines_are_counted_and_the_nearest_hits_come_first(
    scratch: Path, data: bytes, text: str, page: dict[str, Any]
) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    spans = list(search(unmasked(path), Query(text), **page))

    expected = [Hit(line.offset, line.number) for line in naive_lines(data) if text.encode() in line.text]
    assert_covers(spans, len(data))
    assert count(spans) == len(expected)
    if page["backwards"]:
        assert hits(spans) == [hit for hit in reversed(expected) if hit.offset < page["start"]][: page["limit"]]
    else:
        assert hits(spans) == [hit for hit in expected if hit.offset >= page["start"]][: page["limit"]]


def test_a_page_backwards_has_the_hits_nearest_to_where_it_begins(write: Callable[..., Path]) -> None:
    path = write(b"a\n" * 30)
    assert hits(list(search(unmasked(path), Query("a"), start=20, backwards=True, limit=3))) == [
        Hit(18, 10),
        Hit(16, 9),
        Hit(14, 8),
    ]
    assert hits(list(search(unmasked(path), Query("a"), start=20, limit=3))) == [Hit(20, 11), Hit(22, 12), Hit(24, 13)]


@settings(max_examples=30)
@given(data=logged, start=st.integers(0, 150), backwards=st.booleans())
def test_pages_of_hits_follow_each_other_without_gap(scratch: Path, data: bytes, start: int, backwards: bool) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(data)
    found, at = list[int](), start
    while page := hits(list(search(unmasked(path), Query("a"), start=at, backwards=backwards, limit=2))):
        found += [hit.offset for hit in page]
        at = found[-1] if backwards else found[-1] + 1
    matching = [line.offset for line in naive_lines(data) if b"a" in line.text]
    assert sorted(found) == [offset for offset in matching if (offset < start) == backwards]


@settings(max_examples=60)
@given(data=logged, values=st.lists(st.sampled_from([b"secret", b"abab", b"longer"]), min_size=1, unique=True))
def test_a_search_sees_only_what_a_reader_may_see(scratch: Path, data: bytes, values: list[bytes]) -> None:
    path, masker = scratch / "stdout.log", Masker(values)
    path.write_bytes(data)
    for text in ("s", "a", "*", "cre"):
        expected = [line for line in naive_lines(masker.mask(data)) if text.encode() in line.text]
        spans = list(search(LogFile(path, masker), Query(text)))
        assert count(spans) == len(expected)
        assert [hit.offset for hit in hits(spans)] == [line.offset for line in expected]


def test_letters_may_be_of_either_case_in_any_alphabet(write: Callable[..., Path]) -> None:
    path = write("Error\nERROR\nÉtat\nétat\n".encode() + b"\xff error\n")
    assert count(list(search(unmasked(path), Query("error", ignore_case=True)))) == 3
    assert count(list(search(unmasked(path), Query("état", ignore_case=True)))) == 2
    assert count(list(search(unmasked(path), Query("[é]tat", is_pattern=True)))) == 1


def test_a_literal_is_no_pattern_and_no_option(write: Callable[..., Path]) -> None:
    path = write(b"a.c\nabc\n-v\n")
    assert hits(list(search(unmasked(path), Query("a.c")))) == [Hit(0, 1)]
    assert hits(list(search(unmasked(path), Query("-v")))) == [Hit(8, 3)]


def test_what_is_written_during_a_search_waits_for_the_next(write: Callable[..., Path]) -> None:
    path = write(b"found\n" * 20)
    spans = search(unmasked(path), Query("found"))
    first = next(spans)
    with path.open("ab") as log:
        log.write(b"found\n")
    assert count([first, *spans]) == 20


@pytest.mark.parametrize("text", ["", "two\nlines", "a\0b", "x" * 2001])
def test_what_cannot_be_looked_for_is_refused_at_the_field(write: Callable[..., Path], text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        search(unmasked(write(b"")), Query(text))
    assert refusal.value.field == "q"


def test_a_pattern_that_would_take_all_memory_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(Invalid, match="cannot be searched for"):
        search(unmasked(write(b"")), Query("((a{1,200}){1,200}){1,200}", is_pattern=True))


def test_a_machine_without_grep_says_so(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Invalid, match="needs the program grep"):
        search(unmasked(write(b"")), Query("a"))


ENDLESS = Query(r"^(a*)(a*)(a*)(a*)\1\2\3\4\1b$", is_pattern=True)
ENDLESS_TEXT = b"a" * 3001 + b"b\n"


def test_a_pattern_that_would_take_for_ever_is_ended_and_refused() -> None:
    with pytest.raises(Invalid, match="takes too long"):
        list(Grep(ENDLESS, cpu_limit_s=1).run("-c", [ENDLESS_TEXT]))


def test_a_reader_who_leaves_ends_the_search(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SPAN_BYTES", 10_000)
    spans = search(unmasked(write(ENDLESS_TEXT)), ENDLESS)
    assert next(spans) == Span(0, 0)
    (child,) = [each for each in psutil.Process().children() if each.name() == "grep"]
    left_at = time.monotonic()
    spans.close()
    assert not child.is_running()
    assert time.monotonic() - left_at < 3  # it would have gone on until its limit of CPU time
