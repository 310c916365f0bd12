"""What a person gets to see of the bytes of a line."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capsulier.logs.display import to_text

RED, PLAIN = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("plain, tab\tand état".encode(), "plain, tab\tand état"),
        (b"\xff\xfe caf\xe9", "�� caf�"),
        (b"nul \0, bell \a, delete \x7f, backspace \b", "nul ␀, bell ␇, delete ␡, backspace ␈"),
        ("next line \u0085".encode(), "next line �"),
        (b"10 %\r50 %\r100 %", "100 %"),
        (b"100 %\r", "100 %"),
        (b"windows\r", "windows"),
        (b"\r\r", ""),
        (b"\x1b[31mred\x1b[0m", f"{RED}red{PLAIN}"),
        (b"\x1b[1;38;5;208mbright\x1b[m", "\x1b[1;38;5;208mbright\x1b[m"),
        (b"\x1b[31mold\rnew", f"{RED}new"),
        (b"\x1b[2K\x1b[1Gline", "line"),
        (b"\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        (b"\x1b]0;title\x07text", "text"),
        (b"\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b(Bcharset\x1b=", "charset"),
        (b"cut off \x1b[3", "cut off ␛[3"),
        (b"cut off \x1b]0;title", "cut off ␛]0;title"),
        (b"\x1b", "␛"),
        (b"<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_a_line_as_it_is_shown(line: bytes, text: str) -> None:
    assert to_text(line) == text


@given(
    line=st.lists(
        st.sampled_from([b"\x1b", b"[", b"]", b"0", b";", b"m", b"\x07", b"\\", b"\r", b"a", b"\xc2\x9b"])
        | st.binary(max_size=3)
    ).map(b"".join)
)
@example(b"\x1b\x1b[0K[31m")
def test_nothing_but_colours_is_left_to_act_on_a_terminal_or_a_page(line: bytes) -> None:
    for at, part in enumerate(to_text(line).split("\x1b")):
        if at:
            assert part.startswith("[")
            assert part[1:].lstrip("0123456789;:").startswith("m")
        assert not [each for each in part if unicodedata.category(each) == "Cc" and each != "\t"]


@pytest.mark.timeout(5)
def test_a_line_of_nothing_but_unfinished_escapes_does_no_harm() -> None:
    assert to_text(b"\x1b]" * 32_000) == "␛]" * 32_000
    assert to_text(b"\x1b[" * 32_000) == "␛[" * 32_000
    assert to_text(b"\x1b[" + b"0" * 64_000) == "␛[" + "0" * 64_000
