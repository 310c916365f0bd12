"""Why did it run, or not, at a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from capsulier.core.why import Around, Recorded, answer, stretch_of

DAY = datetime(2026, 11, 24, tzinfo=UTC)
NOW = DAY + timedelta(hours=12)
NONE = Around(None, None, None)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute, seconds=second)


def say(asked: datetime, around: Around = NONE, due: datetime | None = None, *, is_led: bool = True) -> str:
    return answer(asked, around, due=due, now=NOW, is_led=is_led)


def test_one_that_was_due_is_told_by_its_record() -> None:
    record = Recorded(at(3), "Did not run: the manager was down.")
    assert say(at(3), Around(record, None, None)) == "Due at 03:00 on 24 Nov 2026. Did not run: the manager was down."


@pytest.mark.parametrize(("asked", "begins"), [(at(2), "One of"), (at(3, 5), "In a stretch of")])
def test_one_of_many_is_told_by_the_record_of_all(asked: datetime, begins: str) -> None:
    many = Recorded(at(2), "Did not run, 12 times: the schedule was paused.", at(3, 50), 12)
    words = "12 instants from 02:00 on 24 Nov 2026 to 03:50. Did not run, 12 times: the schedule was paused."
    assert say(asked, Around(many, None, None)) == f"{begins} {words}"


def test_where_nothing_was_due_what_was_before_and_after_is_told() -> None:
    before = Recorded(at(2) - timedelta(days=1), "Ran as execution 11.")
    after = Recorded(at(4), "Did not run: the execution before had not ended.")
    assert say(at(3), Around(None, before, after)) == (
        "Nothing was due at 03:00 on 24 Nov 2026. Before that, at 02:00 on 23 Nov 2026: ran as execution 11. "
        "After that, at 04:00: did not run: the execution before had not ended."
    )
    assert say(at(3)) == "Nothing was due at 03:00 on 24 Nov 2026. No instant of this job has ever been due."


def test_what_nobody_has_decided_about_says_who_is_missing() -> None:
    assert say(at(11), due=at(11)) == "Due at 11:00 on 24 Nov 2026, and not decided yet."
    words = "Due at 11:00 on 24 Nov 2026, and not decided yet: no conductor is running."
    assert say(at(11), due=at(11), is_led=False) == words


def test_of_the_future_it_says_whether_it_will_be_due() -> None:
    assert say(at(13), due=at(13, 0, 30)) == "It will be due at 13:00:30 on 24 Nov 2026."
    assert say(at(13)) == "Nothing will be due at 13:00 on 24 Nov 2026."


def test_a_time_without_seconds_means_its_minute() -> None:
    assert stretch_of(at(3)) == (at(3), at(3, 1))
    assert stretch_of(at(3, 0, 20)) == (at(3, 0, 20), at(3, 0, 21))
