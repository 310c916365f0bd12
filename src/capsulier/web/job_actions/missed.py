"""The question that resuming a schedule asks: what becomes of the runs that were missed meanwhile."""

from typing import NamedTuple

from django.http import HttpRequest

from capsulier.core.catch_up import LIMIT, CatchUp
from capsulier.core.errors import Invalid
from capsulier.services.resume_schedule import Passed


class Choice(NamedTuple):
    value: str
    label: str
    is_chosen: bool


def choices_for_one(passed: Passed, policy: CatchUp) -> list[Choice]:
    """The answers that differ, the job's own policy chosen; none where nothing was missed."""
    if not passed.count:
        return []
    if passed.count == 1:
        return [
            Choice(CatchUp.LATEST, "Make up for it", policy is not CatchUp.NONE),
            Choice(CatchUp.NONE, "Leave it out", policy is CatchUp.NONE),
        ]
    every = "both" if passed.count == 2 else f"all {passed.count}"
    every = every if passed.at_most == passed.count else f"the latest {passed.at_most}"
    return _choices({CatchUp.ALL: f"Make up for {every}"}, policy)


def choices_for_many() -> list[Choice]:
    """With each job's own policy as the first answer, and chosen."""
    own = Choice("", "As the settings of each job say", is_chosen=True)
    return [own, *_choices({CatchUp.ALL: f"Make up for all, at most {LIMIT} of a job"}, None)]


def policy_of(request: HttpRequest) -> CatchUp | None:
    """The answer that was given; None leaves it to the job's own policy."""
    given = request.POST.get("missed", "")
    try:
        return CatchUp(given) if given else None
    except ValueError:
        raise Invalid(f"Missed runs are treated as {', '.join(CatchUp)}, not “{given}”.", field="missed") from None


def _choices(own_words: dict[CatchUp, str], policy: CatchUp | None) -> list[Choice]:
    words = {CatchUp.LATEST: "Make up for the latest one", CatchUp.ALL: "", CatchUp.NONE: "Leave them out"} | own_words
    return [Choice(each, label, each is policy) for each, label in words.items()]
