"""What the command line refuses by itself, before or instead of the server."""

from typing import ClassVar

from capsulier.core.errors import CapsulierError


class NoServer(CapsulierError):
    """No Manager was found, or it does not answer."""

    code: ClassVar[str] = "no_server"


class Unclear(CapsulierError):
    """What was named is not there, or there is more than one of it."""

    code: ClassVar[str] = "unclear"


class NotAFile(CapsulierError):
    """A file of this machine that cannot be read or written."""

    code: ClassVar[str] = "not_a_file"
