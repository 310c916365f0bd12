"""Bytes of files that nobody vouches for, shown as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.readable import as_text


def shown(data: bytes, **bounds: int) -> str:
    readable = as_text(data, **bounds)
    assert readable is not None
    return readable.text


def test_text_is_shown_as_it_is() -> None:
    assert shown("naïve\t<b>\nčaj 🍵\n".encode()) == "naïve\t<b>\nčaj 🍵\n"


@pytest.mark.parametrize(
    "data",
    [
        b"a\r\nb\rc\n",
        "\ufeffa\nb\nc\n".encode(),
        "a\nb\nc\n".encode("utf-16"),
        b"\xfe\xff" + "a\nb\nc\n".encode("utf-16-be"),
    ],
)
def test_ends_of_lines_and_marks_of_encodings_are_understood(data: bytes) -> None:
    assert shown(data) == "a\nb\nc\n"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\x7fELF\0", bytes(range(128, 256)) * 9])
def test_what_is_no_text_is_not_shown(data: bytes) -> None:
    assert as_text(data) is None


def test_a_text_in_another_encoding_is_shown_with_what_cannot_be_told() -> None:
    readable = as_text("# Résumé des données de la journée".encode("latin-1"))
    assert readable is not None
    assert readable.text.startswith("# R\ufffdsum\ufffd des")
    assert not readable.is_valid


def test_of_a_long_text_the_beginning_is_shown_and_no_half_character() -> None:
    readable = as_text("aé🍵x".encode(), most_bytes=5)
    assert readable is not None
    assert (readable.text, readable.is_cut, readable.is_valid) == ("aé", True, True)
    assert as_text(b"12345", most_bytes=5) == as_text(b"12345")


def test_nothing_in_it_hides_or_turns_what_a_program_would_read() -> None:
    assert shown("a\u202eb\x1b[8mc\x08d\u2069\x85".encode()) == "a⟨U+202E⟩b␛[8mc␈d⟨U+2069⟩\ufffd"


@given(st.binary(max_size=300), st.integers(1, 300))
def test_any_bytes_give_a_text_or_none(data: bytes, most: int) -> None:
    readable = as_text(data, most_bytes=most)
    assert readable is None or readable.is_cut == (len(data) > most)
