"""What changed since it last worked: a failed execution beside the last success before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from capsulier.core.wording import duration_in_words
from capsulier.store.models import Execution
from capsulier.web.job.execution_words import lasted_us, trigger_words
from capsulier.web.job.text_diff import Piece, diff_words

_PLAIN = {
    "runtime": "Runtime",
    "timeout_s": "Timeout",
    "memory_mb": "Memory limit",
    "cpus": "CPU limit",
}
_UNITS = {"timeout_s": " s", "memory_mb": " MB", "cpus": " CPUs"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()
    """Of a text: what went and what came, word by word."""
    is_cause: bool = True
    """False for what follows from the failure as well: how long it took."""


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


def compare(failed: Execution, success: Execution) -> Comparison:
    return Comparison(success, tuple(_differences(failed, success)))


def _differences(failed: Execution, success: Execution) -> Iterator[Difference]:
    now, then = _facts(failed), _facts(success)
    if now["version"] != then["version"]:
        yield Difference("Version", str(then["version"]), str(now["version"]))
    if now["command"] != then["command"]:
        yield Difference("Command", then["command"], now["command"], diff_words(then["command"], now["command"]))
    if now["sha256"] != then["sha256"]:
        yield Difference("Package", _package(then), _package(now))
    for key, label in _PLAIN.items():
        if now[key] != then[key]:
            yield Difference(label, _value(key, then[key]), _value(key, now[key]))
    yield from _variables(failed, success)
    if failed.trigger != success.trigger and "retry" not in {failed.trigger, success.trigger}:
        yield Difference("Started by", trigger_words(success), trigger_words(failed))
    lasted = [lasted_us(each) for each in (success, failed)]
    if all(each is not None for each in lasted):
        words = [duration_in_words((each or 0) / 1_000_000) for each in lasted]
        if words[0] != words[1]:
            yield Difference("Duration", words[0], words[1], is_cause=False)


def _facts(execution: Execution) -> dict[str, Any]:
    """What its snapshot says; an old one may lack something that is stored today."""
    return {**dict.fromkeys(("version", "command", "package", "sha256", *_PLAIN)), **execution.snapshot}


def _variables(failed: Execution, success: Execution) -> Iterator[Difference]:
    """Of this one run, by name: a value may be a secret."""
    for name in sorted({*failed.variables, *success.variables}):
        then, now = success.variables.get(name), failed.variables.get(name)
        if then is None or now is None:
            yield Difference(f"Variable {name}", _is_set(then), _is_set(now))
        elif then != now:
            yield Difference(f"Variable {name}", "one value", "another")


def _is_set(value: str | None) -> str:
    return "not set" if value is None else "set"


def _package(facts: dict[str, Any]) -> str:
    return f"{facts['package']} ({facts['sha256'][:8]})" if facts["sha256"] else "none"


def _value(key: str, value: object) -> str:
    return "none" if value in (None, "") else f"{value}{_UNITS.get(key, '')}"
