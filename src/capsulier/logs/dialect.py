"""Patterns as people write them (Perl, Python, JavaScript) in the extended regular expressions of grep, which matches
in one pass over the text where those engines can be made to take for ever."""

import re

from capsulier.core.errors import Invalid

_TOKEN = re.compile(
    r"(?P<escape>\\x[0-9a-fA-F]{2}|\\.)"
    r"|(?P<set>\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\])"
    r"|(?P<repeat>[*+?]|\{\d+(?:,\d*)?\})[?+]?"  # matching lazily or possessively finds the same lines
    r"|(?P<group>\((?:\?:)?)(?P<extension>\?)?"
)
_SET_ITEM = re.compile(r"\[:\w+:\]|\\x[0-9a-fA-F]{2}|\\.|.", re.DOTALL)

_SPECIAL = frozenset(r".[]*+?{}()|^$\\")
_ESCAPES = {"d": "[0-9]", "D": "[^0-9]", "A": "^", "Z": "$", "z": "$"} | {
    same: f"\\{same}" for same in "wWsSbB123456789"
}
_SETS = {"d": "0-9", "w": "[:alnum:]_", "s": "[:space:]"}
_CHARACTERS = {"t": "\t", "r": "\r", "f": "\f", "v": "\v", "e": "\x1b", "a": "\a"}


def to_grep(pattern: str) -> str:
    """The same pattern for `grep -E`. What that has no word for (looking ahead, named groups) is refused."""
    return _TOKEN.sub(_translate, pattern)


def _translate(token: re.Match[str]) -> str:
    if token["escape"]:
        return _escape(token["escape"])
    if token["set"]:
        return _set(token["set"])
    if token["repeat"]:
        return token["repeat"]
    if token["extension"]:
        raise Invalid("Of groups that begin with (? only (?:…) can be searched for.", field="q")
    return "("


def _escape(escape: str) -> str:
    letter = escape[1]
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    character = _character(escape)
    return f"\\{character}" if character in _SPECIAL else character


def _set(text: str) -> str:
    """A set in brackets. Here a backslash is nothing special to grep; `]`, `[`, `^` and `-` are what they are by their
    place."""
    negated = text.startswith("[^")
    items = _SET_ITEM.findall(text[2 if negated else 1 : -1])
    placed, body = set[str](), ""
    for at, item in enumerate(items):
        if item == r"\n":
            continue
        character = item
        if item.startswith("\\"):
            character = _SETS.get(item[1]) or _character(item)
        if character in {"]", "[", "^"} or (character == "-" and (item == r"\-" or at in {0, len(items) - 1})):
            placed.add(character)
        else:
            body += character
    body = ("]" if "]" in placed else "") + body + ("[" if "[" in placed else "")
    body += "".join(each for each in ("^-" if body else "-^") if each in placed)
    if not body:
        return "." if negated else _character(r"\n")
    if body == "^" and not negated:
        return r"\^"
    return f"[{'^' if negated else ''}{body}]"


def _character(escape: str) -> str:
    """The character that an escape stands for."""
    letter = escape[1]
    if letter == "n":
        raise Invalid(r"Lines are searched one by one, so \n is never found.", field="q")
    if letter == "x" and len(escape) > 2:
        return chr(int(escape[2:], 16))
    if letter in _CHARACTERS:
        return _CHARACTERS[letter]
    if letter.isalnum():
        raise Invalid(f"{escape} cannot be searched for.", field="q")
    return letter
