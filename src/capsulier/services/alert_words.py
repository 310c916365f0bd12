"""What an alert is about, in a few words: for subjects, lists and headlines."""

from capsulier.core.alerts import TEST, AlertKind, AlertLimit
from capsulier.core.reasons import Reason, in_words
from capsulier.core.states import State
from capsulier.core.wording import duration_in_words
from capsulier.store.models import Alert, Execution, Occasion

NOTICES: dict[str, str] = {
    AlertKind.MISSED: "Did not start",
    AlertLimit.LATE: "Late",
    AlertLimit.WAITING: "Waits",
    AlertLimit.LONG: "Runs long",
    TEST: "Test",
}
"""Kinds that are about no end, and their words."""
_US = 1_000_000
_LONGEST_NAME = 80
"""In a subject, where a list shows fewer."""
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that would turn around what stands after them, too."""


def execution_of(alert: Alert) -> Execution | None:
    return alert.occasion.execution if alert.occasion else None


def tone(alert: Alert) -> str:
    execution = execution_of(alert)
    if alert.kind in NOTICES or execution is None:
        return "notice"
    return execution.state


def what(alert: Alert) -> str:
    """The words that a subject begins with."""
    execution = execution_of(alert)
    if alert.kind in NOTICES or execution is None:
        return NOTICES[alert.kind]
    if alert.kind == AlertLimit.REPEATED and alert.job and alert.job.alert_failures:
        return f"Failed {alert.job.alert_failures} times in a row"
    if alert.kind == AlertKind.RETRY:
        return "Failed, runs again"
    return "Back to normal" if alert.kind == AlertKind.RECOVERY else execution.state.capitalize()


def because(alert: Alert, *, is_short: bool = True) -> str:
    """What comes after a comma."""
    execution, occasion = execution_of(alert), alert.occasion
    if occasion is None:
        return "alerts reach you here"
    if execution is None:
        return _missed_in_words(occasion)
    if alert.kind == AlertLimit.LATE and execution.due_us is not None:
        began_us = execution.started_us
        late = duration_in_words(((began_us or occasion.at_us) - execution.due_us) / _US)
        return f"began {late} after it was due" if began_us else f"not begun {late} after it was due"
    if alert.kind == AlertLimit.WAITING:
        since_us = max(execution.queued_us, execution.not_before_us)
        return f"in the queue for {duration_in_words((occasion.at_us - since_us) / _US)}"
    if alert.kind == AlertLimit.LONG and execution.started_us is not None:
        return f"for {duration_in_words((occasion.at_us - execution.started_us) / _US)}"
    return why(execution, is_short=is_short)


def _missed_in_words(occasion: Occasion) -> str:
    """ "3 times: the manager was down": the record of the fire, without its first words."""
    return one_line(occasion.words.removeprefix("Did not run").strip(" ,:.").strip())


def why(execution: Execution, *, is_short: bool = False) -> str:
    """The reason in words; short without its details, but for who stopped it."""
    reason = Reason(execution.reason) if execution.reason else None
    detail = "" if is_short and reason is not Reason.STOPPED else execution.detail
    return one_line(in_words(State(execution.state), reason, execution.exit_code, execution.signal, detail))


def cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def one_line(text: str) -> str:
    """Without line breaks of any kind: what ends a header or begins another line is no part of a name."""
    return " ".join(text.translate(_DIRECTIONS).split())
