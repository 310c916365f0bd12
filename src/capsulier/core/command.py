"""A job's command: a template for `sh -c` in which `{file}` stands for the package. Nothing else is rewritten."""

import re
import shlex

from capsulier.core.errors import Invalid
from capsulier.core.quoting import unclosed_quote

LONGEST_COMMAND_BYTES = 100_000
"""Linux hands a program at most 128 KiB in one argument (MAX_ARG_STRLEN), the path of the package included."""

_FILE = re.compile(r"(?<!\$)\{file\}")
"""`${file}` is a variable of the shell's own."""


def render_command(template: str, file: str | None) -> str:
    """Put the path of the package's file in, quoted where a shell would not take it as one word."""
    return template if file is None else _FILE.sub(lambda _: shlex.quote(file), template)


def check_command(text: str, has_package: bool) -> None:
    """Refuse what can only be a mistake. Never refuses a command that a shell would run."""
    if not text.strip():
        raise Invalid("Give a command to run.", field="command")
    if "\0" in text:
        raise Invalid("A command cannot contain a NUL character.", field="command")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("The command contains half a character: it is not valid Unicode.", field="command")
    if len(text.encode()) > LONGEST_COMMAND_BYTES:
        raise Invalid("A command has at most 100 kB. Put a longer one into a package and run that.", field="command")
    if not has_package and _FILE.search(text):
        raise Invalid("The command names {file}, but there is no package. Upload one, or take it out.", field="command")
    if found := unclosed_quote(text):
        quote, line = found
        raise Invalid(f"The {quote} on line {line} has no end: add the closing {quote}.", field="command")
