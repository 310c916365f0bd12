"""The script that a scheduler is given: the launcher itself, and what it has to know."""

from pathlib import Path
from shlex import quote

_LAUNCHER = Path(__file__).with_name("launcher.py").read_text(encoding="utf-8")
"""Read once: an upgrade that replaces the file under a running process must not give a placement another one."""
_END = "END_OF_LAUNCHER"


def batch_script(url: str, token: str, *, python: str = "python3", directory: str = "") -> str:
    """Runs the launcher for the placement at this address of the API. The token stands in the script and in the
    launcher's environment, in no list of arguments. `directory` is where its files go on the node; empty: where the
    node itself puts what is temporary."""
    if _END in _LAUNCHER:
        raise AssertionError("the launcher would end early")
    lines = [
        "#!/bin/sh",
        f"export CAPSULIER_LAUNCHER_URL={quote(url)} CAPSULIER_LAUNCHER_TOKEN={quote(token)}",
        *([f"export TMPDIR={quote(directory)}"] if directory else []),
        # Isolated: what a user has set for Python, or installed, is not for us.
        f"exec {quote(python)} -I -S - <<'{_END}'",
        _LAUNCHER + _END,
    ]
    return "\n".join(lines) + "\n"
