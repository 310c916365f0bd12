"""A pattern finds the lines that it finds in Python, whatever grep would have read into it."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.logs.dialect import to_grep
from capsulier.logs.grep import Query
from capsulier.logs.search import search
from tests.logs.naive import unmasked

LINES = [
    b"",
    b"a",
    b"b",
    b"ab",
    b"aab",
    b"abab",
    b"a-b",
    b"a.b",
    b"[a]",
    b"a]",
    b"^a",
    b"a\\b",
    b"7",
    b"a 7",
    b"_",
    b"*",
]

atoms = st.sampled_from(
    [*"ab7-_ ,:/", ".", r"\.", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\[", r"\]", r"\\", r"\-", r"\x61", r"\<"]
)
set_items = st.lists(
    st.sampled_from(
        [*"ab7.^_", "a-b", r"\d", r"\w", r"\s", r"\]", r"\[", r"\\", r"\-", r"\.", r"\^", r"\x61", "[", r"\n"]
    ),
    min_size=1,
    max_size=4,
).map("".join)
sets = st.builds("{}{}{}]".format, st.sampled_from(["[", "[^"]), st.sampled_from(["", "-", "]"]), set_items)
repeats = st.sampled_from(["", "", "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{1,}"])
patterns = st.recursive(
    st.builds("{}{}".format, atoms | sets, repeats),
    lambda inner: (
        st.builds("({}){}".format, inner, repeats)
        | st.builds("(?:{}|{})".format, inner, inner)
        | st.builds("{}{}".format, inner, inner)
    ),
    max_leaves=4,
)


@pytest.mark.filterwarnings("ignore:Possible nested set")
@settings(max_examples=150)
@given(pattern=st.builds("{}{}{}".format, st.sampled_from(["", "^"]), patterns, st.sampled_from(["", "$"])))
def test_the_same_lines_match_as_in_python(scratch: Path, pattern: str) -> None:
    path = scratch / "stdout.log"
    path.write_bytes(b"".join(line + b"\n" for line in LINES))
    try:
        python = re.compile(pattern.encode())
    except re.error:
        assume(False)
    expected = [number for number, line in enumerate(LINES, 1) if python.search(line)]
    try:
        hits = [hit for span in search(unmasked(path), Query(pattern, is_pattern=True)) for hit in span.hits]
    except Invalid:
        assert r"\n" in pattern
        return
    assert [hit.number for hit in hits] == expected


@pytest.mark.parametrize(
    ("pattern", "for_grep"),
    [
        (r"\d+ rows", "[0-9]+ rows"),
        (r"(?:a|b)+?", "(a|b)+"),
        (r"[^\n]*", ".*"),
        (r"[\w.-]+@", r"[[:alnum:]_.-]+@"),
        (r"[]^-]", "[]^-]"),
        (r"\t", "\t"),
        (r"\x2e", r"\."),
        (r"[[:digit:]]", "[[:digit:]]"),
        ("état", "état"),
    ],
)
def test_what_grep_is_given(pattern: str, for_grep: str) -> None:
    assert to_grep(pattern) == for_grep


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)", "(?<name>a)", "(?i)a", r"a\nb", r"\p{L}", r"\q", r"[\n]", "(", "a)b(", "[a", "a{2,1}", "*a", "a\\"],
)
def test_what_cannot_be_searched_for_is_refused_at_the_field(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "stdout.log").write_bytes(b"a\n")
    with pytest.raises(Invalid) as refusal:
        search(unmasked(tmp_path / "stdout.log"), Query(pattern, is_pattern=True))
    assert refusal.value.field == "q"
