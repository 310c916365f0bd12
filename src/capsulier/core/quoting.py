"""Shell quoting: is there a quote without an end?

A reader of quotes, not of the whole language: it follows quotes, comments, here-documents and substitutions as far as
they decide whether a quote is one (POSIX XCU 2.2, 2.3, 2.7.4; bash where it differs). Shells disagree in a few places
and telling `case` the keyword from `case` the argument needs a parser; there it reads the text both ways, and a quote
is unclosed only if it is so in every reading.
"""

import re
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

_HERE_DOCUMENT = re.compile(r"<<(?P<dash>-?)[ \t]*(?P<word>(?:'[^'\n]*'|\"[^\"\n]*\"|\\.|[^\s'\"`\\;&|<>()])+)")
_DOLLAR_QUOTES = re.compile(r"\$'(?:[^'\\]|\\.)*'", re.DOTALL)
_BACKQUOTES = re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL)
_PATTERN_FOLLOWS = re.compile(r"\w+[#%]", re.ASCII)
_ENDS_A_WORD = " \t\n;&|()<>"
_KEYWORD = re.compile(r"(case|esac)(?=[\s;&|()]|$)")


class _Unclosed(Exception):
    def __init__(self, quote: str, at: int) -> None:
        self.quote, self.at = quote, at


class _Dialect(NamedTuple):
    """How the text is read where shells, or we, are not sure."""

    knows_case: bool
    """`case` and `esac` are keywords wherever they are words: the `)` of a pattern ends no substitution."""
    knows_dollar_quotes: bool
    """`$'…'` has escapes, as in bash and POSIX 2024; in an older dash it is a dollar and plain single quotes."""
    knows_arithmetic: bool
    """`$((` is a sum; otherwise a subshell in a substitution."""
    quotes_in_braces: bool
    """In `"${x:-it's}"` the single quote is one for bash, and an apostrophe for dash."""


class _Unsure(Exception):
    """Shells do not agree on what this is."""


def unclosed_quote(text: str) -> tuple[str, int] | None:
    """The quote that has no end and the line it is on, from 1; None if every quote may have one."""
    found = None
    for choices in product((True, False), repeat=len(_Dialect._fields)):
        try:
            _Reader(text, _Dialect(*choices)).read_commands(end="")
        except _Unclosed as unclosed:
            found = found or unclosed
        except (_Unsure, RecursionError):
            return None
        else:
            return None
    return (found.quote, text.count("\n", 0, found.at) + 1) if found else None


@dataclass(slots=True)
class _Reader:
    """One reading of the text. Each method stands at `at` and leaves it behind what it has read."""

    text: str
    dialect: _Dialect
    at: int = 0
    escaped: int = -1
    """Where the last escaped character ends: a space before it does not make a word begin there."""
    here_documents: list[tuple[str, bool, bool]] = field(default_factory=list)
    """Opened on this line: the word that ends it, whether tabs before it count for nothing, whether it was quoted."""

    def read_commands(self, end: str) -> None:
        """Up to the `)` that ends them, or to the end of the text."""
        cases = 0
        while self.at < len(self.text):
            char = self.text[self.at]
            if self._is_word_start():
                if char == "#":
                    self._skip_to_newline()
                    continue
                if self.dialect.knows_case and (keyword := _KEYWORD.match(self.text, self.at)):
                    cases = max(0, cases + (1 if keyword[1] == "case" else -1))
                    self.at = keyword.end()
                    continue
            if char == ")" and end and not cases:
                self.at += 1
                return
            if char == "(":
                self.at += 1
                self.read_commands(end=")")
            elif char == "\n":
                self.at += 1
                self._skip_here_documents()
            elif char == "<" and self.text.startswith("<<", self.at):
                self._open_here_document()
            else:
                self._read_piece()

    def _read_piece(self) -> None:
        """A quote, an escape, a substitution or any other character, outside double quotes."""
        char = self.text[self.at]
        if char == "'":
            self._read_single_quotes()
        elif char == '"':
            self._read_double_quotes()
        elif self.dialect.knows_dollar_quotes and self.text.startswith("$'", self.at):
            self._read_dollar_quotes()
        else:
            self._read_substitution(is_quoted=False)

    def _read_substitution(self, *, is_quoted: bool) -> None:
        """What is alike inside and outside double quotes; any other character is stepped over."""
        rest = self.text[self.at : self.at + 3]
        if rest[:1] == "\\":
            is_continuation = self.text.startswith("\\\n", self.at)
            self.at += 2
            self.escaped = self.escaped if is_continuation else self.at
        elif rest[:1] == "`":
            self._skip_backquotes()
        elif rest == "$((" and self.dialect.knows_arithmetic:
            self.at += 3
            self._read_arithmetic()
        elif rest[:2] == "$(":
            self.at += 2
            self.read_commands(end=")")
        elif rest[:2] == "${":
            self.at += 2
            self._read_braces(is_quoted=is_quoted)
        else:
            self.at += 1

    def _read_single_quotes(self) -> None:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise _Unclosed("'", self.at)
        self.at = end + 1

    def _read_dollar_quotes(self) -> None:
        end = _DOLLAR_QUOTES.match(self.text, self.at)
        if not end:
            raise _Unclosed("'", self.at + 1)
        self.at = end.end()

    def _read_double_quotes(self) -> None:
        begin = self.at
        self.at += 1
        while self.at < len(self.text):
            if self.text[self.at] == '"':
                self.at += 1
                return
            self._read_substitution(is_quoted=True)
        raise _Unclosed('"', begin)

    def _skip_backquotes(self) -> None:
        """Up to the next one without a backslash, whatever stands between: bash reads that only when it runs."""
        whole = _BACKQUOTES.match(self.text, self.at)
        if not whole:
            raise _Unclosed("`", self.at)
        self.at = whole.end()

    def _read_arithmetic(self) -> None:
        """In sums `#` is a base, `<<` a shift, and a quote is nothing that could hide the end."""
        depth = 2
        while self.at < len(self.text) and depth:
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self._read_substitution(is_quoted=True)

    def _read_braces(self, *, is_quoted: bool) -> None:
        is_pattern = _PATTERN_FOLLOWS.match(self.text, self.at) is not None
        single_quotes_quote = not is_quoted or is_pattern or self.dialect.quotes_in_braces
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "}":
                self.at += 1
                return
            if char == '"':
                self._read_double_quotes()
            elif single_quotes_quote:
                self._read_piece()
            else:
                self._read_substitution(is_quoted=True)

    def _open_here_document(self) -> None:
        opened = _HERE_DOCUMENT.match(self.text, self.at)
        if opened is None or self.text.startswith("<<<", self.at):
            self.at += 3 if self.text.startswith("<<<", self.at) else 2
            return
        self.at = opened.end()
        if "$" in opened["word"] or self.text[self.at : self.at + 1] in tuple("`'\"\\"):
            raise _Unsure
        word = re.sub(r"\\(.)|['\"]", r"\1", opened["word"])
        self.here_documents.append((word, bool(opened["dash"]), word != opened["word"]))

    def _skip_here_documents(self) -> None:
        """Nothing in their text opens a quote. One without an end goes to the end of the text, as in every shell."""
        for word, strips_tabs, is_quoted in self.here_documents:
            continued = False
            while self.at < len(self.text):
                line = self._take_line()
                if not continued and (line.lstrip("\t") if strips_tabs else line) == word:
                    break
                continued = not is_quoted and (len(line) - len(line.rstrip("\\"))) % 2 == 1
        self.here_documents.clear()

    def _take_line(self) -> str:
        begin = self.at
        self._skip_to_newline()
        self.at += 1
        return self.text[begin : self.at - 1].removesuffix("\r")

    def _skip_to_newline(self) -> None:
        newline = self.text.find("\n", self.at)
        self.at = len(self.text) if newline < 0 else newline

    def _is_word_start(self) -> bool:
        return self.at == 0 or (self.text[self.at - 1] in _ENDS_A_WORD and self.at != self.escaped)
