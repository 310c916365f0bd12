"""Executions that run for longer than their job's `warn_after_s`."""

from capsulier.core.wording import duration_in_words


def in_words(warn_after_s: float | None, ran_s: float | None = None) -> str:
    """ "runs longer than usual: 2 h 10 min, warned after 1 h", as far as it is known; `ran_s` is left out where a clock
    beside it counts on, `warn_after_s` where the job has no such limit any more."""
    so_far = f": {duration_in_words(ran_s)}" if ran_s is not None else ""
    limit = f", warned after {duration_in_words(warn_after_s)}" if warn_after_s is not None else ""
    return f"runs longer than usual{so_far}{limit}"
