"""Runs one placement on a node of a cluster: claims it from the Manager, fetches its files, prepares it, runs its
command, sends what it writes and the files that it makes, and reports how it ended.

Travels inside the script that a cluster's scheduler is given. Needs Python 3.8 or later and nothing else; in the
environment CAPSULIER_LAUNCHER_URL (of this placement) and CAPSULIER_LAUNCHER_TOKEN, which the program does not get.

The program writes into files on the node's disk, never into a pipe of ours: a Manager that is away holds nothing up.
One thread watches the program and holds it to its limits, another talks to the Manager. A Manager that does not answer
is asked again for as long as it takes; one that says "superseded" (410) means that another placement took our place, or
that nobody waits for us any more: then the program is killed at once, and we end.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import resource
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from fnmatch import fnmatchcase
from io import FileIO
from typing import Any, BinaryIO, Callable, Iterator, TypeVar
from urllib.parse import quote, urlsplit

T = TypeVar("T")

TICK_S = 0.1
SEND_EVERY_S = 0.3
BEAT_EVERY_S = 2.0
LONGEST_PAUSE_S = 5.0
ANSWER_WITHIN_S = 30.0
LOOK_AT_MEMORY_EVERY_S = 0.5
KILL_FOR_S = 30.0
UNKNOWN_FOR_S = 600.0
MOST_BYTES = 1000000
MOST_MARKS = 2000
MOST_PROGRESS_BYTES = 64000
MOST_FILES = 5000
STREAMS = ("setup", "stdout", "stderr")
MARK = "CAPSULIER_PLACEMENT"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Away(Exception):
    """The Manager cannot be reached, or is in trouble: ask again."""


class Refused(Exception):
    """The Manager's answer is no; `status` says which."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Failed(Exception):
    """The placement cannot be prepared; says why in a sentence for a person."""

    def __init__(self, words: str, code: int | None = None) -> None:
        super().__init__(words)
        self.code = code


class Manager:
    """The web process, asked over one connection that is made anew where it broke."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._https = parts.scheme == "https"
        self._address = parts.netloc
        self._path = parts.path.rstrip("/")
        self._token = token
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"") -> Any:
        """The answer's JSON. Raises Away, Refused."""
        with self._open(method, path, body) as answer:
            return json.loads(answer.read())

    def put(self, path: str, file: BinaryIO) -> None:
        """Send an open file, as long as it is now. Raises Away, also where it became shorter meanwhile; Refused."""
        size = os.fstat(file.fileno()).st_size
        try:
            with self._open("PUT", path, pieces(file, size), {"Content-Length": str(size)}) as answer:
                answer.read()
        except (Away, Refused):
            self._close()  # it may not have got all of it
            raise

    def fetch(self, path: str, target: BinaryIO) -> tuple[int, str]:
        """Write what is there into an open file; its size and SHA-256. Raises Away also where it was cut off."""
        digest, size = hashlib.sha256(), 0
        with self._open("GET", path, b"") as answer:
            expected = answer.getheader("Content-Length")
            try:
                for data in iter(lambda: answer.read(1 << 18), b""):
                    target.write(data)
                    digest.update(data)
                    size += len(data)
            except (OSError, http.client.HTTPException) as error:
                self._close()
                raise Away from error
        if expected is not None and size != int(expected):
            self._close()
            raise Away
        return size, digest.hexdigest()

    def _open(
        self, method: str, path: str, body: bytes | Iterator[bytes], more: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        headers = {"Authorization": "Bearer " + self._token, "Content-Type": "application/octet-stream"}
        headers.update(more or {})
        try:
            if self._connection is None:
                kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
                self._connection = kind(self._address, timeout=ANSWER_WITHIN_S)
            self._connection.request(method, self._path + path, body, headers)
            answer = self._connection.getresponse()
            if answer.status in (200, 204):
                return answer
            words = answer.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._close()
            raise Away from error
        if answer.status >= 500 or answer.status in (408, 425, 429):
            self._close()
            raise Away
        raise Refused(answer.status, words)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Stop:
    """Whether the scheduler has asked us to stop (SIGTERM), from our first moment on."""

    def __init__(self) -> None:
        self.is_asked = False
        self.program: Program | None = None
        signal.signal(signal.SIGTERM, self._on_term)

    def pass_on_to(self, program: Program) -> None:
        self.program = program
        if self.is_asked:
            program.stop("stop")

    def _on_term(self, *_: object) -> None:
        self.is_asked = True
        if self.program is not None:
            self.program.stop("stop")


def insist(ask: Callable[[], T], stop: Stop) -> T:
    """What `ask` answers, however long the Manager is away. Raises Failed where we are to stop meanwhile."""
    pause_s = 0.1
    while True:
        try:
            return ask()
        except Away:
            if stop.is_asked:
                raise Failed("it was stopped before it began", 128 + signal.SIGTERM) from None
            time.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)


class Process:
    """What /proc tells of one."""

    __slots__ = ("cpu_us", "parent", "pid", "rss", "session", "started", "state")

    def __init__(self, pid: int) -> None:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        self.pid = pid
        self.state = fields[0]
        self.parent, self.session = int(fields[1]), int(fields[3])
        self.cpu_us = sum(map(int, fields[11:15])) * 1000000 // CLOCK_TICKS  # with children that it has waited for
        self.started, self.rss = int(fields[19]), int(fields[21]) * PAGE_BYTES

    @property
    def identity(self) -> tuple[int, int]:
        return self.pid, self.started


class Tree:
    """The processes of the program: the session that we made for it, all that descends from it, and whatever still
    carries the placement's mark in its environment."""

    def __init__(self, mark: str) -> None:
        self._mark = ("%s=%s" % (MARK, mark)).encode()
        self.root: int | None = None

    def look(self, *, by_mark: bool = False) -> list[Process]:
        """Those that live. By their marks, too, where they are to be ended: reading these takes its time."""
        if self.root is None:
            return []
        found = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    found[int(name)] = Process(int(name))
                except OSError:
                    continue
        ours, own = set(), os.getpid()
        for process in found.values():
            if self.root in (process.session, process.pid) or (by_mark and self._is_marked(process.pid)):
                ours.add(process.pid)
        grew = True
        while grew:
            before = len(ours)
            ours.update(process.pid for process in found.values() if process.parent in ours)
            grew = len(ours) > before
        return [found[pid] for pid in ours if pid != own and found[pid].state not in (b"Z", b"X")]

    def _is_marked(self, pid: int) -> bool:
        try:
            with open("/proc/%d/environ" % pid, "rb") as file:
                return self._mark in file.read().split(b"\0")
        except OSError:
            return False


def own_memory(process: Process) -> int:
    """Without what it shares with others: where the sum of resident sizes is above the limit, this decides."""
    try:
        with open("/proc/%d/smaps_rollup" % process.pid, "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return process.rss


def count_of_memory_kills() -> int:
    """How many processes of our cgroup the kernel has killed for their memory so far; 0 where nobody tells."""
    try:
        with open("/proc/self/cgroup") as file:
            lines = [line.rstrip("\n").split(":", 2) for line in file]
        for _, controllers, path in lines:
            if controllers == "":
                places = ["/sys/fs/cgroup%s/memory.events" % path, "/sys/fs/cgroup/unified%s/memory.events" % path]
            elif "memory" in controllers.split(","):
                places = ["/sys/fs/cgroup/memory%s/memory.oom_control" % path]
            else:
                continue
            for place in places:
                if os.path.exists(place):
                    with open(place) as file:
                        return sum(int(line.split()[1]) for line in file if line.startswith("oom_kill "))
    except (OSError, ValueError):
        pass
    return 0


class Program:
    """The placement's files and processes on this node, and what is known of how it goes."""

    def __init__(self, launch: dict[str, Any], directory: str) -> None:
        self.launch = launch
        self.directory = directory
        self.work = os.path.join(directory, "work")
        self.progress = os.path.join(self.work, ".progress.json")
        self.limits = launch["limits"]
        self.tree = Tree(directory)
        self.stir = threading.Event()
        """Set when there is something to do before the next tick."""
        self.news = threading.Event()
        """Set when it has begun and when it has ended."""
        self.marks: list[tuple[int, int, int]] = []
        """(microseconds, size of stdout, size of stderr) that the Manager has not been told."""
        self.lock = threading.Lock()
        self.started_us: int | None = None
        self.end: dict[str, Any] | None = None
        """The report; None while it has not ended."""
        self.found: dict[str, tuple[int, int]] = {}
        """The files that stood in its working directory before the command."""
        self.peak_bytes = 0
        self._seen_cpu_us = 0
        """What was seen while they lived: whoever kills a shell is not told what its children have used."""
        self._sizes = (0, 0)
        self._why = ""
        self._asked_at = 0.0
        self.is_forced = False
        self._killed_since: float | None = None
        self._told: set[tuple[int, int]] = set()
        self._memory_due = 0.0
        os.mkdir(self.work)
        for stream in STREAMS[1:]:
            open(self.log(stream), "ab").close()

    def log(self, stream: str) -> str:
        return os.path.join(self.directory, stream + ".log")

    def stop(self, why: str, *, force: bool = False) -> None:
        """End it for this reason, the first one given; `force` gives no more grace. May be called from any thread."""
        if not self._why:
            self._asked_at = time.monotonic()
            self._why = why
            self.stir.set()
        if force and not self.is_forced:
            self.is_forced = True
            self.stir.set()

    def give_up(self, error: Failed) -> None:
        """It cannot be prepared, for this reason."""
        self._report(error.code, str(error), None, now_us())

    def kill(self) -> None:
        """At once, whatever comes of it."""
        deadline = time.monotonic() + KILL_FOR_S
        while time.monotonic() < deadline:
            try:
                living = self.tree.look(by_mark=True)
            except OSError:  # no descriptor left to look with: the group at least, and look again
                if self.tree.root is not None:
                    send(-self.tree.root, signal.SIGKILL)
            else:
                if not living:
                    return
                for process in living:
                    send(process.pid, signal.SIGKILL)
            time.sleep(0.02)

    def run(self, keep_files: Callable[[], None]) -> None:
        """Prepare it and run its command to its end; the report stands in `end` afterwards. `keep_files` is called in
        between."""
        kills_before = count_of_memory_kills()
        code: int | None = None
        detail, usage = "", None
        try:
            for step in self.launch["steps"]:
                self._run_step(step)
            if self._why:
                raise Failed("it was stopped before it began", 128 + signal.SIGTERM)  # noqa: TRY301
            status, usage = self._run_command()
            code = code_of(status)
            if code == 128 + signal.SIGKILL and count_of_memory_kills() > kills_before:
                self._why = self._why or "out_of_memory"
        except Failed as error:
            code, detail = error.code, str(error)
            self._why = self._why or "setup"
        except Exception as error:
            # A command or a variable that is longer than the system takes, a full disk, no descriptor left; or a fault
            # of ours. Nobody watches what may have begun by then: it must not run on unrecorded.
            self.kill()
            self.started_us = self.started_us if self.tree.root else None
            detail = str(error) or type(error).__name__
            self._why = self._why or "engine"
        self.note_sizes()
        ended_us = max(now_us(), self.started_us or 0)
        if self.started_us is not None and not self.is_forced:
            try:
                keep_files()
            except Exception as error:  # a full disk, or a fault of ours: its end counts for more
                print("Its files are not kept: %s" % error, flush=True)
        self._report(code, detail, usage, ended_us)

    def _report(self, code: int | None, detail: str, usage: resource.struct_rusage | None, ended_us: int) -> None:
        self.end = {
            "exit_code": code,
            "why": self._why or ("setup" if self.started_us is None else ""),
            "detail": detail,
            "started_us": self.started_us,
            "ended_us": ended_us,
            "cpu_us": max(self._seen_cpu_us, int((usage.ru_utime + usage.ru_stime) * 1e6)) if usage else None,
            "peak_bytes": max(self.peak_bytes, usage.ru_maxrss * 1024) if usage else None,
            "sizes": {stream: size_of(self.log(stream)) for stream in STREAMS},
        }
        self.news.set()

    def say(self, words: str) -> None:
        """In the log of its preparation, which is ours."""
        with open(self.log("setup"), "ab", buffering=0) as log:
            log.write(("> %s\n" % words).encode(errors="replace"))

    def _run_step(self, step: dict[str, str]) -> None:
        self.say(label_of(step))
        with open(self.log("setup"), "ab", buffering=0) as log:
            code = code_of(self._run_to_end(step["command"], log, log)[0])
        if code != 0:
            raise Failed(": ".join(["%s: exit %d" % (label_of(step), code), *last_words(self.log("setup"))]), code)

    def _run_command(self) -> tuple[int, resource.struct_rusage]:
        self.found = files_in(self.work)
        with open(self.log("stdout"), "ab", buffering=0) as out, open(self.log("stderr"), "ab", buffering=0) as err:
            self.started_us = now_us()
            self._memory_due = time.monotonic() + LOOK_AT_MEMORY_EVERY_S
            return self._run_to_end(self.launch["command"], out, err)

    def _run_to_end(self, command: str, out: FileIO, err: FileIO) -> tuple[int, resource.struct_rusage]:
        """Its status and the resources that it and what it waited for have used."""
        self.tree.root = None
        child = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=self.work,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        self.tree.root = child.pid
        ended: list[tuple[int, resource.struct_rusage]] = []

        def wait() -> None:
            _, status, usage = os.wait4(child.pid, 0)
            ended.append((status, usage))
            self.stir.set()

        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
        self.news.set()
        while not ended or (self._why and not self._is_over()):
            self.stir.wait(TICK_S)
            self.stir.clear()
            self._tick()
        child.returncode = 0  # it has been waited for: nobody else is to try
        return ended[0]

    def _environment(self) -> dict[str, str]:
        patterns = self.launch["inherits"]
        own = {name: text for name, text in os.environ.items() if any(fnmatchcase(name, each) for each in patterns)}
        own.update(self.launch["environment"])
        if "CAPSULIER_JOB_PROGRESS" in own:
            own["CAPSULIER_JOB_PROGRESS"] = self.progress
        own.update({"CAPSULIER_EXECUTION": self.launch["name"], MARK: self.directory})
        if self.launch["tools"]:
            own.update(CAPSULIER_TOOLS=os.path.join(self.directory, "tools"), CAPSULIER_PYTHON=sys.executable)
        return own

    def _tick(self) -> None:
        self.note_sizes()
        now, limits = time.monotonic(), self.limits
        if self.started_us is not None:
            if limits["timeout_s"] is not None and now_us() - self.started_us >= limits["timeout_s"] * 1e6:
                self.stop("timeout")
            if limits["log_bytes"] is not None and sum(self._sizes) > limits["log_bytes"]:
                # One that goes on writing through its grace gets none.
                self.stop("log_limit", force=sum(self._sizes) > 2 * limits["log_bytes"])
            if now >= self._memory_due:
                self._look_at_memory(limits["memory_bytes"])
                self._memory_due = now + LOOK_AT_MEMORY_EVERY_S
        if self._why:
            self._signal_all(is_over_grace=self.is_forced or now - self._asked_at >= limits["grace_s"])

    def _look_at_memory(self, limit: int | None) -> None:
        processes = self.tree.look()
        self._note_cpu(processes)
        used = sum(process.rss for process in processes)
        if used > self.peak_bytes or (limit and used > limit):
            used = sum(map(own_memory, processes))
            self.peak_bytes = max(self.peak_bytes, used)
            if limit and used > limit:
                self.stop("out_of_memory", force=True)

    def _signal_all(self, *, is_over_grace: bool) -> None:
        """TERM once to each process, also to those that come later; KILL to all once the grace is over. Parents first:
        a shell that outlives its child would say "Terminated" in the program's own log."""
        living = self.tree.look(by_mark=True)
        self._note_cpu(living)
        for process in sorted(living, key=lambda each: (each.started, each.pid)):
            if is_over_grace:
                send(process.pid, signal.SIGKILL)
            elif process.identity not in self._told:
                self._told.add(process.identity)
                send(process.pid, signal.SIGTERM)
            if process.state == b"T":
                send(process.pid, signal.SIGCONT)
        if is_over_grace and self._killed_since is None:
            self._killed_since = time.monotonic()

    def _note_cpu(self, processes: list[Process]) -> None:
        self._seen_cpu_us = max(self._seen_cpu_us, sum(process.cpu_us for process in processes))

    def _is_over(self) -> bool:
        """Whether nothing is left of it, or only what not even KILL has ended for half a minute."""
        if self._killed_since is not None and time.monotonic() - self._killed_since > KILL_FOR_S:
            return True
        return not self.tree.look(by_mark=True)

    def note_sizes(self) -> None:
        with self.lock:
            sizes = (size_of(self.log("stdout")), size_of(self.log("stderr")))
            if sizes != self._sizes:
                self._sizes = sizes
                self.marks.append((now_us(), sizes[0], sizes[1]))
                if len(self.marks) > MOST_MARKS:
                    del self.marks[: MOST_MARKS // 2 : 2]  # the Manager is away for long: coarser times


class Sender:
    """Tells the Manager what has been written and how it goes, in the order in which it happened."""

    def __init__(self, manager: Manager, program: Program) -> None:
        self._manager = manager
        self._program = program
        self._have = dict.fromkeys(STREAMS, 0)
        """How much of each log the Manager has."""
        self._restarts = dict.fromkeys(STREAMS, 0)
        """How often the program has truncated it."""
        self._progress: str | None = None
        self._told_start = False
        self._is_full = False
        """The last beat had no room for all there was."""

    def send_all(self) -> None:
        """Until the end has been reported. Raises Refused when the Manager has no use for us any more."""
        pause_s, beat_due = SEND_EVERY_S, 0.0
        unknown_since: float | None = None
        while True:
            self._program.news.clear()
            is_over = self._program.end is not None
            try:
                if is_over or time.monotonic() >= beat_due or self._has_news():
                    if self._send(is_over=is_over):
                        return
                    beat_due = time.monotonic() + BEAT_EVERY_S
                pause_s, unknown_since = SEND_EVERY_S, None
                if not self._is_full:
                    self._program.news.wait(pause_s)
                continue
            except Refused as refused:
                # One that does not know us may have its disk back in a moment, and a proxy may be set right.
                unknown_since = unknown_since or time.monotonic()
                if refused.status in (409, 410) or time.monotonic() - unknown_since > UNKNOWN_FOR_S:
                    raise
            except Away:
                pass
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            time.sleep(pause_s)

    def _has_news(self) -> bool:
        program = self._program
        return (
            (program.started_us is not None and not self._told_start)
            or self._is_behind()
            or bool(self._read_progress())
        )

    def _is_behind(self) -> bool:
        return any(size_of(self._program.log(stream)) != self._have[stream] for stream in STREAMS)

    def _send(self, *, is_over: bool) -> bool:
        """Whether the end has been taken."""
        program = self._program
        logs: dict[str, list[int]] = {}
        head: dict[str, Any] = {"logs": logs}
        parts, room = [], MOST_BYTES
        marks = self._take_marks()
        for stream in STREAMS:
            size = size_of(program.log(stream))
            if size < self._have[stream]:
                self._restarts[stream] += 1
                self._have[stream] = 0
            data = read(program.log(stream), self._have[stream], room)
            room -= len(data)
            logs[stream] = [self._restarts[stream], self._have[stream], len(data)]
            parts.append(data)
        self._is_full = room <= 0
        head["times"] = marks
        head["started_us"] = program.started_us
        progress = self._read_progress()
        if progress:
            head["progress"] = progress
        if is_over:
            head["end"] = program.end
        try:
            answer = self._manager.ask("POST", "/beat", json.dumps(head).encode() + b"\n" + b"".join(parts))
        except (Away, Refused):
            self._give_back(marks)
            raise
        self._told_start = self._told_start or head["started_us"] is not None
        self._progress = progress or self._progress
        self._have.update(answer["sizes"])
        if answer["stop"]:
            program.stop("stop", force=answer["stop"] == "kill")
        return bool(answer["ended"])

    def _take_marks(self) -> list[tuple[int, int, int]]:
        self._program.note_sizes()  # no byte is to come before its time
        with self._program.lock:
            marks, self._program.marks[:] = self._program.marks[:], []
        return marks

    def _give_back(self, marks: list[tuple[int, int, int]]) -> None:
        with self._program.lock:
            self._program.marks[:0] = marks

    def _read_progress(self) -> str | None:
        """What it has told of its progress, if that is new."""
        try:
            file = os.open(self._program.progress, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            return None
        try:
            said = os.read(file, MOST_PROGRESS_BYTES + 1)
        except OSError:
            return None
        finally:
            os.close(file)
        text = said.decode(errors="replace")
        return text if len(said) <= MOST_PROGRESS_BYTES and text != self._progress else None


def fetch_files(manager: Manager, program: Program, stop: Stop) -> None:
    """Raises Failed where one is not what it should be."""
    for number, file in enumerate(program.launch["files"]):
        name = os.path.basename(file["name"])

        def fetch(number: int = number, name: str = name) -> tuple[int, str]:
            with open(os.path.join(program.work, name), "wb") as target:
                return manager.fetch("/files/%d" % number, target)

        try:
            size, digest = insist(fetch, stop)
        except Refused as refused:
            if refused.status != 404:
                raise
            raise Failed("The stored file “%s” is no longer there." % name) from refused
        if size != file["size_bytes"] or digest != file["sha256"]:
            raise Failed(
                "The stored file “%s” is damaged: it has %d bytes of %d, or others than it had. "
                "Upload it again as a new version." % (name, size, file["size_bytes"])
            )


def files_in(directory: str) -> dict[str, tuple[int, int]]:
    """The size and the last change of each file below it, by its path there: no links, and nothing that Python has
    compiled for itself."""
    found, waiting = {}, [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(os.path.join(directory, inside)) as entries:
                for entry in entries:
                    path = inside + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            waiting.append(path + "/")
                    elif entry.is_file(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        found[path] = (status.st_size, status.st_mtime_ns)
        except OSError:  # gone meanwhile, or not ours to look into
            continue
    return found


def keep_files(manager: Manager, program: Program, stop: Stop) -> None:
    """Send what the command has made or changed in its working directory. What finds no room there is named."""
    made = {path: facts for path, facts in files_in(program.work).items() if program.found.get(path) != facts}
    made.pop(os.path.basename(program.progress), None)
    room, left = program.launch["keep_bytes"], []
    for number, (path, (size, changed_ns)) in enumerate(sorted(made.items())):
        address = "/work/%s?changed_us=%d" % (quote(path.encode(errors="surrogateescape")), changed_ns // 1000)

        def put(path: str = path, address: str = address) -> None:
            with open_file(os.path.join(program.work, path)) as file:
                manager.put(address, file)

        try:
            if size > room or number >= MOST_FILES or program.is_forced:
                raise Failed("no room")  # noqa: TRY301
            insist(put, stop)
            room -= size
        except (Failed, Refused, OSError):
            left.append(path)
    if left:
        more = " and %d more" % (len(left) - 10) if len(left) > 10 else ""
        program.say(" ".join(("Not kept of its files: " + ", ".join(left[:10]) + more).split()))


def open_file(path: str) -> BinaryIO:
    """To be read. Raises OSError, also for what is no file any more: what the command has left running may have put a
    pipe or a link in its place."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("no file any more: %s" % path)
    return file


def pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """So many bytes of a file. Raises Away where it has less by now."""
    while size:
        data = file.read(min(size, 1 << 18))
        if not data:
            raise Away
        size -= len(data)
        yield data


def now_us() -> int:
    return time.time_ns() // 1000


def code_of(status: int) -> int:
    """As a shell tells it: 128 + n for signal n."""
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


def size_of(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def read(path: str, offset: int, most: int) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        return os.pread(file, most, offset)
    except OSError:
        return b""
    finally:
        os.close(file)


def label_of(step: dict[str, str]) -> str:
    return " ".join(step["label"].split())[:200] or "step"


def last_words(path: str) -> list[str]:
    size = size_of(path)
    lines = [line.strip() for line in read(path, max(0, size - 2000), 2000).decode(errors="replace").splitlines()]
    said = [line for line in lines if line]
    return [said[-1][:300]] if said and not said[-1].startswith("> ") else []


def place_tools(launch: dict[str, Any], directory: str) -> None:
    """Programs that preparation steps run, named by the path that they are found at."""
    for path, text in launch["tools"].items():
        target = os.path.join(directory, "tools", path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)


def run(manager: Manager, uploads: Manager, stop: Stop, launch: dict[str, Any], directory: str) -> None:
    """Raises Refused where the Manager has no use for us any more before it has begun. `uploads` has a connection of
    its own: beats go on meanwhile."""
    program = Program(launch, directory)
    stop.pass_on_to(program)

    def talk() -> None:
        try:
            Sender(manager, program).send_all()
        except Refused as refused:
            print("Superseded: %s" % refused, flush=True)
            program.kill()
            shutil.rmtree(directory, ignore_errors=True)
            os._exit(0)

    try:
        place_tools(launch, directory)
        fetch_files(manager, program, stop)
    except Failed as error:
        program.give_up(error)
    talking = threading.Thread(target=talk, daemon=True)
    talking.start()
    if program.end is None:
        program.run(lambda: keep_files(uploads, program, stop))
    talking.join()


def main() -> int:
    stop = Stop()
    address = os.environ.pop("CAPSULIER_LAUNCHER_URL"), os.environ.pop("CAPSULIER_LAUNCHER_TOKEN")
    manager, uploads = Manager(*address), Manager(*address)
    asked = json.dumps(
        {
            "claimant": secrets.token_hex(16),
            "node": os.environ.get("SLURMD_NODENAME") or os.uname().nodename,
            "job": os.environ.get("SLURM_JOB_ID", ""),
        }
    ).encode()
    directory = ""
    try:
        launch = insist(lambda: manager.ask("POST", "/claim", asked), stop)
        directory = tempfile.mkdtemp(prefix="capsulier-%s-" % launch["name"])
        run(manager, uploads, stop, launch, directory)
    except (Refused, Failed) as error:
        # Somebody has it already, or nobody wants it any more: there is nothing for us to do.
        print("Nothing is run: %s" % error)
    finally:
        if directory:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
