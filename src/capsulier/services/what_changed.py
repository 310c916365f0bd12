"""What changed since it last worked: a failed execution beside the last success before it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from capsulier.core.wording import duration_in_words, size_in_words
from capsulier.services.given_variables import FINGERPRINT
from capsulier.services.sealing import fingerprint
from capsulier.services.trigger_words import trigger_words
from capsulier.store.models import Execution, Variable
from capsulier.store.reads.job import read_last_success_before
from capsulier.store.reads.variables import read_given

_PLAIN = {
    "runtime": "Runtime",
    "timeout_s": "Timeout",
    "memory_mb": "Memory limit",
    "cpus": "CPU limit",
}
_LONGEST_VALUE = 200
_UNITS = {"timeout_s": " s", "memory_mb": " MB", "cpus": " CPUs"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    label: str
    before: str
    after: str
    is_text: bool = False
    """Long enough to be compared word by word."""
    is_cause: bool = True
    """False for what follows from the failure as well: how long it took, and what."""


@dataclass(frozen=True, slots=True)
class Comparison:
    success: Execution
    differences: tuple[Difference, ...]

    @property
    def has_cause(self) -> bool:
        return any(each.is_cause for each in self.differences)

    @property
    def older_version(self) -> int | None:
        """The version to roll back to, where the success ran another."""
        return next((self.success.version.number for each in self.differences if each.label == "Version"), None)


def what_changed(execution: Execution) -> Comparison | None:
    """An execution beside the last success before it; None where there is none."""
    success = read_last_success_before(execution)
    return compare(execution, success) if success else None


def compare(failed: Execution, success: Execution) -> Comparison:
    return Comparison(success, tuple(_differences(failed, success)))


def _differences(failed: Execution, success: Execution) -> Iterator[Difference]:
    now, then = _facts(failed), _facts(success)
    if now["version"] != then["version"]:
        yield Difference("Version", str(then["version"]), str(now["version"]))
    if now["command"] != then["command"]:
        yield Difference("Command", then["command"], now["command"], is_text=True)
    if now["sha256"] != then["sha256"]:
        yield Difference("Package", _package(then), _package(now))
    for key, label in _PLAIN.items():
        if now[key] != then[key]:
            yield Difference(label, _value(key, then[key]), _value(key, now[key]))
    yield from _variables(failed, success)
    if failed.trigger != success.trigger and "retry" not in {failed.trigger, success.trigger}:
        yield Difference("Started by", trigger_words(success), trigger_words(failed))
    for label, words in _USED.items():
        before, after = words(success), words(failed)
        if before and after and before != after:
            yield Difference(label, before, after, is_cause=False)


def _lasted(execution: Execution) -> str:
    if execution.ended_us is None or execution.started_us is None:
        return ""
    return duration_in_words((execution.ended_us - execution.started_us) / 1_000_000)


_USED: dict[str, Callable[[Execution], str]] = {
    "Duration": _lasted,
    "CPU time": lambda execution: "" if execution.cpu_us is None else duration_in_words(execution.cpu_us / 1_000_000),
    "Peak memory": lambda execution: size_in_words(execution.peak_bytes) if execution.peak_bytes else "",
}
"""What an execution has taken, in words; empty where that is not known."""


def _facts(execution: Execution) -> dict[str, Any]:
    """What its snapshot says; an old one may lack something that is stored today."""
    return {**dict.fromkeys(("version", "command", "package", "sha256", *_PLAIN)), **execution.snapshot}


class _Given(NamedTuple):
    """A variable as an execution was given it."""

    fingerprint: str
    value: str | None
    """None: it is secret, or may be."""


def _variables(failed: Execution, success: Execution) -> Iterator[Difference]:
    rows = read_given([failed, success])
    then, now = _given(success, rows), _given(failed, rows)
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name), now.get(name)
        if before is None or after is None or before.fingerprint != after.fingerprint:
            yield Difference(f"Variable {name}", *_values(before, after))


def _given(execution: Execution, rows: Mapping[int, Variable]) -> dict[str, _Given]:
    of_both = {name: rows[row_id] for name, row_id in (execution.given or {}).items() if row_id in rows}
    given = {name: _Given(row.fingerprint, None if row.is_secret else row.value) for name, row in of_both.items()}
    for name, kept in execution.variables.items():
        # Whether a value of one run is secret only who gave it knows.
        given[name] = _Given(kept[FINGERPRINT] if isinstance(kept, dict) else fingerprint(kept), None)
    return given


def _values(before: _Given | None, after: _Given | None) -> tuple[str, str]:
    """Of a secret only that it is set, or another."""
    if before is None or after is None:
        return _value_of(before, "set"), _value_of(after, "set")
    return _value_of(before, "one value"), _value_of(after, "another")


def _value_of(given: _Given | None, unseen: str) -> str:
    if given is None:
        return "not set"
    return unseen if given.value is None else _cut(given.value) or "empty"


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]} …"


def _package(facts: dict[str, Any]) -> str:
    return f"{facts['package']} ({facts['sha256'][:8]})" if facts["sha256"] else "none"


def _value(key: str, value: object) -> str:
    return "none" if value in (None, "") else f"{value}{_UNITS.get(key, '')}"
