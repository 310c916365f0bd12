"""The runtimes on this machine: the versions of a technology that a job's version chooses from."""

import re
import shlex
import subprocess
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from capsulier.capsules.finding import find_programs
from capsulier.capsules.rules import RuntimeRule
from capsulier.capsules.templates import fill

_ANSWER_WITHIN_S = 5
_FAILURES_HOLD_S = 60.0
_AT_ONCE = 4

_answers: dict[tuple[str, str, int, int], tuple[str, float]] = {}
"""What a program said of its version, by the program as it stands on disk; and when."""


@dataclass(frozen=True, slots=True)
class FoundRuntime:
    id: str
    label: str
    version: str
    """In full, where the technology tells it: 3.12.4 of 3.12."""
    executable: str
    path: tuple[str, ...]
    """Directories to put before PATH."""
    variables: dict[str, str] = field(default_factory=dict, hash=False)
    deprecated_since: date | None = None
    recommended: bool = False
    is_kernel: bool = False
    """A kernel of Jupyter: what runs it is the interpreter that is recommended."""

    @property
    def is_deprecated(self) -> bool:
        return self.deprecated_since is not None and self.deprecated_since <= datetime.now(UTC).date()


def find_runtimes(rules: Sequence[RuntimeRule]) -> tuple[FoundRuntime, ...]:
    """All of them, the newest first. Of one version in two places it is the one found first."""
    pairs = [(rule, program) for rule in rules for program in find_programs(rule.find)]
    if not pairs:
        return ()
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # a program takes from 5 ms to a second to tell its version
        answers = list(pool.map(_look_at, *zip(*pairs, strict=True)))
    found: dict[str, FoundRuntime] = {}
    for runtime in answers:
        if runtime is not None:
            found.setdefault(runtime.id, runtime)
    best = _recommended(found.values())
    newest_first = sorted(found.values(), key=lambda each: _numbers(each.version), reverse=True)
    return tuple(replace(each, recommended=each is best) for each in newest_first)


def choose_runtime(rules: Sequence[RuntimeRule], runtime_id: str) -> FoundRuntime | None:
    """The one of this id, or the recommended one where it is empty; None where there is none. Looks no further than
    it must: this stands between "run" and the program's first instruction."""
    looks = (_look_at(rule, program) for rule in rules for program in find_programs(rule.find))
    found = (runtime for runtime in looks if runtime is not None)
    if runtime_id:
        return next((runtime for runtime in found if runtime.id == runtime_id), None)
    return _recommended(found)


def _recommended(found: Iterable[FoundRuntime]) -> FoundRuntime | None:
    """The first whose time is not over, or else the first."""
    first = None
    for runtime in found:
        if not runtime.is_deprecated:
            return runtime
        first = first or runtime
    return first


def _look_at(rule: RuntimeRule, program: Path) -> FoundRuntime | None:
    """What this program is. None: it does not tell its version, so it does not work."""
    told = {"version": "", "full": "", "executable": str(program)}
    if rule.version:
        answer = re.search(rule.pattern, _ask(rule.version, program))
        if answer is None:
            return None
        told |= {name: text for name, text in answer.groupdict().items() if text}
    executable = Path(told["executable"])
    home = executable.resolve().parent.parent
    values = {**told, "name": program.name, "directory": str(executable.parent), "home": str(home)}
    runtime_id = fill(rule.id, values)
    return FoundRuntime(
        id=runtime_id,
        label=fill(rule.label, values),
        version=told["full"] or told["version"],
        executable=str(executable),
        path=tuple(fill(each, values) for each in rule.path),
        variables={name: fill(text, values) for name, text in rule.variables.items()},
        deprecated_since=rule.deprecated.get(runtime_id),
    )


def _ask(command: str, program: Path) -> str:
    """What it says of its version: asked once as long as the program on disk is the same."""
    stands = program.stat()
    key = (command, str(program), stands.st_mtime_ns, stands.st_size)
    known = _answers.get(key)
    if known is not None and (known[0] or time.monotonic() - known[1] < _FAILURES_HOLD_S):
        return known[0]
    values = {"executable": program, "directory": program.parent, "home": program.resolve().parent.parent}
    try:
        asked = subprocess.run(
            ["sh", "-c", fill(command, {name: shlex.quote(str(path)) for name, path in values.items()})],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_ANSWER_WITHIN_S,
            check=False,
        )
        answer = asked.stdout.decode(errors="replace")[:10_000] if asked.returncode == 0 else ""
    except (OSError, subprocess.TimeoutExpired):
        answer = ""
    _answers[key] = answer, time.monotonic()
    return answer


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]
