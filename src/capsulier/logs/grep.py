"""Find lines with grep, in a child process: it can be ended at any moment, whatever the pattern makes of it."""

import errno
import os
import resource
import select
import subprocess
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, NamedTuple, cast

from capsulier.core.errors import Invalid
from capsulier.logs.dialect import to_grep

MAX_QUERY_CHARACTERS = 2000
TICK_S = 0.1

_CPU_LIMIT_S = 10
"""For one call, which searches some 64 MB and takes 50 ms if the pattern is harmless. Kept by the kernel, so that it
holds whatever we are doing, and so that a slow reader of our answer does not count."""
_MEMORY_LIMIT_BYTES = 512 * 1024 * 1024
"""Repetitions of repetitions make a pattern of a few characters take gigabytes."""
_PIPE_BYTES = 1024 * 1024


class FilePart(NamedTuple):
    """Text that lies in a file: the kernel hands it on, which is half the work of reading and writing it."""

    descriptor: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, within a line."""

    text: str
    is_pattern: bool = False
    ignore_case: bool = False


class Grep:
    """Grep for one query; `Invalid` if that cannot be searched for."""

    def __init__(self, query: Query, *, cpu_limit_s: int = _CPU_LIMIT_S) -> None:
        _refuse_unsearchable(query.text)
        text = to_grep(query.text) if query.is_pattern else query.text
        self._arguments = ["-a", "-E" if query.is_pattern else "-F", *(["-i"] if query.ignore_case else []), "-e", text]
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            # Bytes are several times faster to match; letters beyond ASCII must be known as letters, though.
            "LC_ALL": "C" if text.isascii() else "C.UTF-8",
        }
        self._limits = {resource.RLIMIT_CPU: cpu_limit_s, resource.RLIMIT_AS: _MEMORY_LIMIT_BYTES}
        for _ in self.run("-c", ()):
            pass

    def run(self, options: str, chunks: Iterable[bytes | FilePart]) -> Generator[bytes, None, None]:
        """What grep prints about this text, piece by piece; an empty piece now and then while it prints nothing, so
        that a caller who has lost interest can close this iterator, which ends grep."""
        with _start(["grep", options, *self._arguments], self._environment) as grep:
            try:
                for limit, value in self._limits.items():
                    resource.prlimit(grep.pid, limit, (value, value))
                yield from _exchange(grep, iter(chunks))
                complaint = _last_words(grep)
            finally:
                grep.kill()
        if grep.returncode < 0:
            raise Invalid("Searching for this pattern takes too long: make it simpler.", field="q")
        if complaint or grep.returncode > 1:
            raise Invalid(f"This pattern cannot be searched for: {complaint or 'it is too large'}.", field="q")


def _refuse_unsearchable(text: str) -> None:
    if not text:
        raise Invalid("Type what to search for.", field="q")
    if len(text) > MAX_QUERY_CHARACTERS:
        raise Invalid(f"Search for at most {MAX_QUERY_CHARACTERS} characters.", field="q")
    if "\n" in text or "\0" in text:
        raise Invalid("Search for text within one line, without NUL characters.", field="q")


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, bufsize=0, pipesize=_PIPE_BYTES
        )
    except FileNotFoundError as error:
        raise Invalid("Searching needs the program grep, which the server does not have.", field="q") from error


def _exchange(grep: subprocess.Popen[bytes], chunks: Iterator[bytes | FilePart]) -> Iterator[bytes]:
    """Feed the chunks while reading what comes back, so that neither side waits for the other."""
    feed = cast("IO[bytes]", grep.stdin)
    stdin, stdout = feed.fileno(), cast("IO[bytes]", grep.stdout).fileno()
    os.set_blocking(stdin, False)
    ready = select.poll()
    ready.register(stdin, select.POLLOUT)
    ready.register(stdout, select.POLLIN)
    pending: bytes | memoryview | FilePart | None = None
    told_at = time.monotonic()
    while True:
        for descriptor, _ in ready.poll(TICK_S * 1000):
            if descriptor == stdout:
                if not (printed := os.read(stdout, _PIPE_BYTES)):
                    return
                told_at = time.monotonic()
                yield printed
            elif pending := pending or next(chunks, None):
                try:
                    pending = _push(pending, stdin)
                except BrokenPipeError:  # it refused the pattern; its exit code says so
                    pending, chunks = None, iter(())
            else:
                ready.unregister(stdin)
                feed.close()
        if time.monotonic() - told_at >= TICK_S:
            told_at = time.monotonic()
            yield b""


def _push(text: bytes | memoryview | FilePart, pipe: int) -> bytes | memoryview | FilePart | None:
    """Give the pipe as much as it takes; what is left, if anything is."""
    if not isinstance(text, FilePart):
        return memoryview(text)[os.write(pipe, text) :] or None
    try:
        length = min(text.end - text.start, _PIPE_BYTES)
        moved = os.splice(text.descriptor, pipe, length, offset_src=text.start, flags=os.SPLICE_F_NONBLOCK)
    except BlockingIOError:
        return text
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # Some file systems cannot: it goes through us.
        data = os.pread(text.descriptor, min(text.end - text.start, _PIPE_BYTES // 4), text.start)
        moved = os.write(pipe, data)
    # Nothing moved: its program truncated it.
    return text._replace(start=text.start + moved) if moved and text.start + moved < text.end else None


def _last_words(grep: subprocess.Popen[bytes]) -> str:
    """What it said against the pattern; also a mere warning, with which it would look for something else than was
    meant."""
    said = cast("IO[bytes]", grep.stderr).read().decode(errors="replace")
    grep.wait()
    return said.removeprefix("grep: ").partition("\n")[0].removeprefix("warning: ")
