"""What is known of placements that launchers run: small files in each placement's directory, beside the logs.

The engine hands a placement over and reads how it stands; the web process writes down what its launcher tells. Neither
has to be there for the other. The files:

`handover`    The launch, sealed: it names secret values. Gone once the command has begun.
`tokens/H`    Empty; H is the SHA-256 of a token by which a launcher may claim it. A second submit makes one more.
`claim`       Who has it, made in one step, once for ever. `fenced`: nobody, and nobody can any more.
`began`       When its command began.
`end`         The launcher's report: the truth about the exit. The first one stays.
`heard`       Empty; its time is when the launcher was last heard of.
`stop`        `term` or `kill`: somebody wants it stopped.
`superseded`  Empty: its launcher is to kill its program and itself.
`restarts`    How often the program has truncated each of its logs.
`kept`        What it has sent of the files that its program made (`kept.py`).

In the directory `news` below the root there is an empty file for each placement that something was written down of. The
time of the file `open` there is when a web process last said that launchers can tell it things.
"""

import asyncio
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from capsulier.core.errors import CapsulierError
from capsulier.engines.launcher.kept import KeptFiles
from capsulier.engines.local.paths import SETUP, STDERR, STDOUT, WORK, directory_of
from capsulier.engines.local.times import append_times, last_record

NEWS = "news"
_OPEN = "open"
_OPEN_EVERY_S = 5.0
_CLOSED_AFTER_S = 15.0
_LOGS = {"setup": SETUP, "stdout": STDOUT, "stderr": STDERR}


class UnknownLauncher(CapsulierError):
    """No placement is to be claimed by this token."""

    code, title, status = "unknown_launcher", "This launcher is not known", 401


class AlreadyClaimed(CapsulierError):
    code, title, status = "already_claimed", "The placement has been claimed", 409


class Superseded(CapsulierError):
    """Nobody waits for this launcher any more: it has to end its program and itself."""

    code, title, status = "superseded", "The placement was given up", 410


@dataclass(frozen=True, slots=True)
class Claim:
    """Who runs a placement."""

    claimant: str = ""
    """A word that this launcher process has made up: asking again, it gets the same answer."""
    token: str = ""
    """The SHA-256 of its token."""
    node: str = ""
    job: str = ""
    """The cluster's own number for it."""
    is_fenced: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """How it ended, in the launcher's words."""

    exit_code: int | None
    why: str
    """Empty for an end of its own; `stop`, or the value of a Reason."""
    detail: str
    started_us: int | None
    ended_us: int
    cpu_us: int | None
    peak_bytes: int | None
    sizes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Beat:
    """What a launcher tells in one go."""

    logs: Mapping[str, tuple[int, int, bytes]]
    """By stream: how often it was truncated, the offset, the bytes from there on."""
    times: list[tuple[int, int, int]]
    """For the time index."""
    started_us: int | None = None
    progress: str | None = None
    end: Report | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """To a beat."""

    sizes: dict[str, int]
    """How much of each log there is now: it goes on from there."""
    stop: str
    """The wish: empty, `term` or `kill`."""
    ended: bool
    """Its end was written down, with all of its logs: there is no more to tell."""


class Desk:
    """The files of one placement."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.directory = directory_of(root, name)
        self._news = root / NEWS

    # The engine's side.

    def hand_over(self, sealed: str) -> str:
        """Prepare it to be claimed; the answer is a token for one launcher. Doing it twice gives a second token, and of
        both launchers one will get it."""
        self.directory.mkdir(0o700, parents=True, exist_ok=True)  # accounts of the local engine may pass its parent
        (self.directory / WORK).mkdir(exist_ok=True)
        (self.directory / "tokens").mkdir(exist_ok=True)
        _make(self.directory / "handover", sealed)
        token = secrets.token_urlsafe(32)
        (self.directory / "tokens" / _hash(token)).touch(0o600)
        return token

    def is_handed_over(self) -> bool:
        """Whether somebody has prepared it before."""
        return (self.directory / "tokens").exists()

    def claim(self) -> Claim | None:
        """None: nobody has it yet."""
        found = _read(self.directory / "claim")
        return None if found is None else Claim(**json.loads(found))

    def fence(self) -> bool:
        """Take the claim ourselves, for nobody. False: somebody has it."""
        self.directory.mkdir(0o700, parents=True, exist_ok=True)
        _make(self.directory / "claim", json.dumps(asdict(Claim(is_fenced=True))))
        claim = self.claim()
        if claim is None or not claim.is_fenced:
            return False
        self._forget_launch()
        return True

    def supersede(self) -> None:
        """Whatever its launcher tells from now on, it is answered that nobody waits for it."""
        with self._locked():
            (self.directory / "superseded").touch()

    def wish_stop(self, *, force: bool) -> None:
        wish = self.directory / "stop"
        if force:
            _replace(wish, "kill")
        else:
            _make(wish, "term")

    def wished_stop(self) -> str:
        return _read(self.directory / "stop") or ""

    def began_us(self) -> int | None:
        found = _read(self.directory / "began")
        return int(found) if found else None

    def report(self) -> Report | None:
        found = _read(self.directory / "end")
        return Report(**json.loads(found)) if found else None

    def heard_at(self) -> float | None:
        """Seconds since the epoch, by the clock of the web's machine."""
        with suppress(FileNotFoundError):
            return (self.directory / "heard").stat().st_mtime
        return None

    # The launcher's side, as the web process does it for it.

    def let_claim(self, token: str, claimant: str, node: str, job: str) -> str:
        """Give it to this launcher: the sealed launch. Raises UnknownLauncher, AlreadyClaimed, Superseded."""
        self._know(token)
        claim = Claim(claimant, _hash(token), node, job)
        _make(self.directory / "claim", json.dumps(asdict(claim)))
        found = self.claim()
        if found is None or found.is_fenced or (self.directory / "superseded").exists():
            raise Superseded(f"Placement {self.name} was given up before it was claimed.")
        if (found.claimant, found.token) != (claim.claimant, claim.token):
            raise AlreadyClaimed(f"Placement {self.name} runs on {found.node} already.")
        sealed = _read(self.directory / "handover")
        if sealed is None:
            raise AlreadyClaimed(f"Placement {self.name} has begun already.")
        self._say_news()
        return sealed

    def sealed_launch(self, token: str) -> str:
        """For who has claimed it and not begun it."""
        self._check(token)
        sealed = _read(self.directory / "handover")
        if sealed is None:
            raise AlreadyClaimed(f"Placement {self.name} has begun already.")
        return sealed

    def hear(self, token: str, beat: Beat) -> Answer:
        """Write down what its launcher tells; telling it again is the same as once. Raises UnknownLauncher,
        AlreadyClaimed, Superseded."""
        self._check(token)
        with self._locked():
            self._check(token)  # it may have been given up while we waited
            for stream, (restarts, offset, data) in beat.logs.items():
                self._write_log(stream, restarts, offset, data, has_begun=beat.started_us is not None)
            self._write_times(beat.times)
            if beat.progress is not None:
                _replace(self.directory / WORK / ".progress.json", beat.progress)
            if beat.started_us is not None and _make(self.directory / "began", str(beat.started_us)):
                self._forget_launch()
                self._say_news()
            sizes = {stream: self._size(stream) for stream in _LOGS}
            ended = beat.end is not None and all(sizes[each] >= size for each, size in beat.end.sizes.items())
            if beat.end is not None and ended and self.report() is None:
                self._keep_logs()
                KeptFiles(self.directory).clean()
                _make(self.directory / "end", json.dumps(asdict(beat.end)))
                self._forget_launch()
                self._say_news()
        (self.directory / "heard").touch()
        return Answer(sizes, self.wished_stop(), ended)

    def keep_file(self, token: str, path: str, changed_us: int, chunks: Iterable[bytes]) -> None:
        """Write down a file that its program has made. Raises UnknownLauncher, AlreadyClaimed, Superseded, and what
        `KeptFiles.keep` does."""
        self._check(token)
        if self.report() is not None:
            raise Superseded(f"Placement {self.name} has ended already.")
        KeptFiles(self.directory).keep(path, changed_us, chunks)

    def _know(self, token: str) -> None:
        if not (self.directory / "tokens" / _hash(token)).exists():
            raise UnknownLauncher(f"No placement {self.name} is to be claimed by this token.")

    def _check(self, token: str) -> None:
        self._know(token)
        claim = self.claim()
        if (self.directory / "superseded").exists() or (claim is not None and claim.is_fenced):
            raise Superseded(f"Nobody waits for placement {self.name} any more.")
        if claim is None or not hmac.compare_digest(claim.token, _hash(token)):
            raise AlreadyClaimed(f"Placement {self.name} was not claimed by this launcher.")

    def _write_log(self, stream: str, restarts: int, offset: int, data: bytes, *, has_begun: bool) -> None:
        """Add what is not there yet. What would leave a gap is left out: the answer says where to go on; and so is
        what a beat that comes late tells of a log that was truncated since."""
        if not data and not restarts and (stream == "setup" or not has_begun):
            return
        known = self._restarts().get(stream, 0)
        if restarts < known:
            return
        file = os.open(self.directory / _LOGS[stream], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if restarts > known:
                os.ftruncate(file, 0)
                _replace(self.directory / "restarts", json.dumps(self._restarts() | {stream: restarts}))
            size = os.fstat(file).st_size
            rest = memoryview(data)[size - offset :] if offset <= size else memoryview(b"")
            while rest:
                size += os.pwrite(file, rest, size)
                rest = memoryview(data)[size - offset :]
        finally:
            os.close(file)

    def _write_times(self, times: list[tuple[int, int, int]]) -> None:
        """Without those that are there already: a beat may come again."""
        last_us = last_record(str(self.directory))[0]
        for at_us, out, err in times:
            if at_us > last_us:
                append_times(str(self.directory), at_us, (out, err))

    def _restarts(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(_read(self.directory / "restarts") or "{}")
        return found

    def _size(self, stream: str) -> int:
        with suppress(FileNotFoundError):
            return (self.directory / _LOGS[stream]).stat().st_size
        return 0

    def _keep_logs(self) -> None:
        """On the disk, before the launcher throws its own away."""
        for name in _LOGS.values():
            with suppress(FileNotFoundError), (self.directory / name).open("rb") as log:
                os.fsync(log.fileno())

    def _forget_launch(self) -> None:
        (self.directory / "handover").unlink(missing_ok=True)

    def _say_news(self) -> None:
        self._news.mkdir(exist_ok=True)
        (self._news / self.name).touch()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One beat after the other: a launcher that got no answer may be heard twice at once."""
        lock = os.open(self.directory / "claim", os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def take_news(root: Path) -> list[str]:
    """The names of placements that something was written down of since the last time. Taken before they are looked at:
    what comes meanwhile is news again."""
    try:
        names = os.listdir(root / NEWS)  # noqa: PTH208  # twenty times a second
    except FileNotFoundError:
        return []
    for name in names:
        (root / NEWS / name).unlink(missing_ok=True)
    return names


async def keep_open(root: Path) -> None:
    """For ever, in a web process: say that launchers can tell it things."""
    while True:
        with suppress(OSError):  # a full disk: what launchers tell cannot be written down either
            (root / _OPEN).touch()
        await asyncio.sleep(_OPEN_EVERY_S)


def is_open(root: Path) -> bool:
    """Whether launchers can tell us things now. While they cannot, their silence means nothing."""
    with suppress(FileNotFoundError):
        return time.time() - (root / _OPEN).stat().st_mtime < _CLOSED_AFTER_S
    return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


def _make(path: Path, text: str) -> bool:
    """Make the file with this in it, all at once; False: it is there already, and stays as it is. Whoever hears of it
    can rely on it: a claim or an end that a pulled plug could take back would be given twice, or be lost."""
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return True


def _replace(path: Path, text: str) -> None:
    _draft(path, text).replace(path)


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
