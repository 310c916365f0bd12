"""The bytes of a line as text that is safe to show. Escaping for HTML is the page's business."""

import re

_COLOUR = r"\x1b\[[0-9;:]*m"
_ESCAPE = re.compile(
    rf"(?P<kept>{_COLOUR})"
    r"|(?P<gone>"
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # moves the cursor, erases, sets a mode
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # window titles, links and other strings
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"  # two characters
    r")|\x1b"
)

_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x1B}}
_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
"""What stands for a control character; those from 0x80 on have no picture. A tab stays, for the page to align."""


def to_text(data: bytes) -> str:
    """What a person gets to see of a line.

    Invalid UTF-8 becomes U+FFFD, a control character its picture. Of a line written over by carriage returns the last
    state stays, in the colours set so far. Colours (SGR sequences) are left for the viewer to draw, other escape
    sequences go.
    """
    *earlier, last = data.decode(errors="replace").rstrip("\r").split("\r")
    colours = (colour for state in earlier for colour in re.findall(_COLOUR, state))
    return "".join(colours) + _ESCAPE.sub(_shown_escape, last).translate(_PICTURES)


def _shown_escape(escape: re.Match[str]) -> str:
    if escape["kept"]:
        return escape["kept"]
    return "" if escape["gone"] else "␛"
