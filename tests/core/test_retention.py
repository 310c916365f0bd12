"""What is kept: held against a rule that looks at everything at once."""

from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.retention import Fate, Judge, Past, Retention
from capsulier.core.states import ENDED, State

DAY = 24 * 3600 * 1_000_000
NOW = 1000 * DAY
MB = 1_000_000

pasts = st.lists(
    st.builds(
        lambda state, age, log, work: Past(state, None if state not in ENDED else NOW - age * DAY, log * MB, work * MB),
        st.sampled_from(list(State)),
        st.integers(0, 30),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=30,
)
"""The executions of a job, the newest first."""
limits = st.none() | st.integers(0, 20)
retentions = st.builds(Retention, limits, limits, limits, limits, limits)


def fates(all_of_job: list[Past], retention: Retention) -> list[Fate]:
    judge = Judge(retention, NOW)
    return [judge.fate(each) for each in all_of_job]


def always_stay(all_of_job: list[Past]) -> set[int]:
    states = [each.state for each in all_of_job]
    last = {states.index(state) for state in (State.SUCCESS, State.FAILED) if state in states}
    return last | {0} | {at for at, each in enumerate(all_of_job) if each.ended_us is None}


@given(pasts, retentions)
def test_it_is_the_rule_that_the_settings_say(all_of_job: list[Past], wanted: Retention) -> None:
    ended = [at for at, each in enumerate(all_of_job) if each.ended_us is not None]
    found = fates(all_of_job, wanted)
    for at in ended:
        age = (NOW - (all_of_job[at].ended_us or 0)) / DAY
        expected = Fate.STAYS
        if wanted.keep_work_days and age > wanted.keep_work_days:
            expected = Fate.WORK_GOES
        if wanted.keep_log_days and age > wanted.keep_log_days:
            expected = Fate.FILES_GO
        if wanted.keep_mb and taken(all_of_job[: at + 1], found[: at + 1], wanted) > wanted.keep_mb * MB:
            expected = Fate.FILES_GO
        if wanted.keep_days and age > wanted.keep_days:
            expected = Fate.ALL_GOES
        if wanted.keep_executions and ended.index(at) >= wanted.keep_executions:
            expected = Fate.ALL_GOES
        assert found[at] == (Fate.STAYS if at in always_stay(all_of_job) else expected)


def taken(newer: list[Past], found: list[Fate], wanted: Retention) -> int:
    """What it and all newer ones take; a working directory that is too old takes nothing any more."""

    def work(at: int, each: Past) -> int:
        age = (NOW - (each.ended_us or NOW)) / DAY
        goes = (wanted.keep_work_days and age > wanted.keep_work_days) or found[at] is Fate.ALL_GOES
        goes = goes or (wanted.keep_log_days and age > wanted.keep_log_days)
        return 0 if goes and at not in always_stay(newer) else each.work_bytes

    return sum(each.log_bytes + work(at, each) for at, each in enumerate(newer))


@given(pasts, retentions)
def test_what_lives_the_newest_the_last_success_and_the_last_failure_stay(
    all_of_job: list[Past], wanted: Retention
) -> None:
    for at, fate in enumerate(fates(all_of_job, wanted)):
        assert fate is Fate.STAYS or at not in always_stay(all_of_job)


@given(pasts)
def test_without_limits_everything_stays(all_of_job: list[Past]) -> None:
    assert set(fates(all_of_job, Retention(0, 0, None, 0, 0))) <= {Fate.STAYS}


@given(pasts, retentions)
def test_looking_again_at_what_was_left_lets_nothing_more_go(all_of_job: list[Past], wanted: Retention) -> None:
    found = fates(all_of_job, wanted)
    left = [each for each, fate in zip(all_of_job, found, strict=True) if fate is not Fate.ALL_GOES]
    assert Fate.ALL_GOES not in fates(left, Retention(wanted.keep_days, wanted.keep_executions and 30))


def test_a_job_says_otherwise_than_its_platform_where_it_says_something() -> None:
    platform = Retention(keep_days=30, keep_executions=None, keep_log_days=7)
    assert Retention(keep_days=0, keep_mb=5).within(platform) == Retention(0, None, 7, 5, None)
