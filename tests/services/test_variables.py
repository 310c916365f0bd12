"""Variables: who may set which, who wins, what an execution is given, and that no secret is left anywhere in clear."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import serializers

from capsulier.config import config
from capsulier.core.access import Actor, Role
from capsulier.core.errors import Invalid, NotAllowed, NotFound, Stale
from capsulier.core.launch import Launch
from capsulier.services.copy_job import copy_job
from capsulier.services.edit_job import edit_job
from capsulier.services.given_variables import secret_values_of
from capsulier.services.run_job import run_job
from capsulier.services.set_variable import restore_variable, set_variable, unset_variable
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Change, Execution, Job, Lease, Variable
from tests.builders import make_actor, make_job, make_platform

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SECRET = "hunter22-and-more"


@pytest.fixture
def job() -> Job:
    return make_job("nightly")


@pytest.fixture
def admin() -> Actor:
    return make_actor(Role.ADMINISTRATOR)


def of(job: Job) -> Scope:
    return Scope(job.platform_id, job)


def everywhere(job: Job) -> Scope:
    return Scope(job.platform_id)


def placed(*executions: Execution) -> list[Launch]:
    """Place what is queued, as the conductor does; the launches of these."""
    from capsulier.services.take_turn import Post, take_turn  # noqa: PLC0415

    epoch = Lease.objects.get(name="conductor").epoch
    turn = take_turn(epoch, [], posts=[Post("local", "here")], most=64, look=False)
    assert not turn.failures
    by_id = {launch.execution_id: launch for launch in turn.launches}
    return [by_id[each.pk] for each in executions]


def test_the_job_wins_over_its_platform_and_the_run_over_both(job: Job, admin: Actor) -> None:
    for name in ("ONE", "TWO", "THREE"):
        set_variable(admin, everywhere(job), name, "platform")
    for name in ("TWO", "THREE"):
        set_variable(admin, of(job), name, "job")
    [launch] = placed(run_job(admin, job.pk, variables={"THREE": "run"}))
    given = {name: launch.environment[name] for name in ("ONE", "TWO", "THREE")}
    assert given == {"ONE": "platform", "TWO": "job", "THREE": "run"}


def test_others_jobs_and_platforms_get_nothing_of_it(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "MINE", "1")
    set_variable(admin, everywhere(job), "OURS", "1")
    elsewhere = make_job("elsewhere", platform=make_platform("other"))
    beside = make_job("beside")
    executions = [run_job(make_actor(Role.EDITOR, each.platform), each.pk) for each in (elsewhere, beside)]
    there, here = placed(*executions)
    assert not {"MINE", "OURS"} & there.environment.keys()
    assert "MINE" not in here.environment
    assert here.environment["OURS"] == "1"


def test_an_execution_gets_the_values_of_the_moment_that_it_is_placed(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "DAY", "monday")
    execution = run_job(admin, job.pk)
    set_variable(admin, of(job), "DAY", "tuesday")
    [launch] = placed(execution)
    assert launch.environment["DAY"] == "tuesday"
    unset_variable(admin, of(job), "DAY")
    [launch] = placed(run_job(admin, job.pk))
    assert "DAY" not in launch.environment


def test_a_secret_reaches_the_launch_and_stands_nowhere_in_clear(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "TOKEN", SECRET, is_secret=True)
    set_variable(admin, everywhere(job), "KEY", f"{SECRET}-2", is_secret=True)
    execution = run_job(admin, job.pk, variables={"KEY": f"{SECRET}-3"}, secrets={"OWN": f"{SECRET}-4"})
    [launch] = placed(execution)
    assert [launch.environment[name] for name in ("TOKEN", "KEY", "OWN")] == [SECRET, f"{SECRET}-3", f"{SECRET}-4"]
    assert SECRET not in _all_rows()
    assert SECRET not in (config().data_dir / "secrets_key").read_text()


def test_an_execution_remembers_the_secrets_it_was_given_however_they_change(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "TOKEN", "first-value", is_secret=True)
    execution = run_job(admin, job.pk, secrets={"OWN": "of-this-run"})
    placed(execution)
    set_variable(admin, of(job), "TOKEN", "second-value")
    unset_variable(admin, of(job), "TOKEN")
    execution.refresh_from_db()
    assert sorted(secret_values_of(execution)) == ["first-value", "of-this-run"]


def test_a_secret_stays_one_and_its_value_can_only_be_replaced(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "TOKEN", SECRET, is_secret=True)
    assert set_variable(admin, of(job), "TOKEN", "another one").is_secret
    with pytest.raises(Invalid, match="is not shown"):
        set_variable(admin, of(job), "TOKEN", None, is_secret=False)
    assert set_variable(admin, of(job), "TOKEN", "plain now", is_secret=False).value == "plain now"
    kept = set_variable(admin, of(job), "TOKEN", None, is_secret=True)
    assert (kept.value, kept.is_secret) == ("", True)


@pytest.mark.parametrize(
    ("role", "plain_of_job", "secret_of_job", "of_platform"),
    [
        (Role.OPERATOR, False, False, False),
        (Role.EDITOR, True, False, False),
        (Role.ADMINISTRATOR, True, True, True),
    ],
)
def test_who_may_set_what(job: Job, role: Role, *, plain_of_job: bool, secret_of_job: bool, of_platform: bool) -> None:
    actor = make_actor(role)
    assert _is_allowed(actor, of(job), is_secret=False) is plain_of_job
    assert _is_allowed(actor, of(job), is_secret=True) is secret_of_job
    assert _is_allowed(actor, everywhere(job), is_secret=False) is of_platform


def test_an_editor_cannot_put_a_plain_value_in_the_place_of_a_secret(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "TOKEN", SECRET, is_secret=True)
    editor = make_actor(Role.EDITOR)
    with pytest.raises(NotAllowed, match="change secrets"):
        set_variable(editor, of(job), "TOKEN", "plain", is_secret=False)
    with pytest.raises(NotAllowed, match="administrator"):
        unset_variable(editor, of(job), "TOKEN")


def test_a_stranger_finds_no_variable_to_set(job: Job) -> None:
    with pytest.raises(NotFound):
        set_variable(make_actor(None), everywhere(job), "A", "1")


def test_an_operator_gives_a_run_its_values_but_no_other_code(job: Job) -> None:
    operator = make_actor(Role.OPERATOR)
    run_job(operator, job.pk, variables={"DAY": "today"})
    with pytest.raises(NotAllowed, match="could load other code"):
        run_job(operator, job.pk, variables={"LD_PRELOAD": "/tmp/mine.so"})
    run_job(make_actor(Role.EDITOR), job.pk, variables={"PYTHONPATH": "lib"})


def test_whoever_was_slower_is_told(job: Job, admin: Actor) -> None:
    first = set_variable(admin, of(job), "DAY", "monday", seen=0)
    second = set_variable(admin, of(job), "DAY", "tuesday", seen=first.pk)
    with pytest.raises(Stale, match="changed in the meantime"):
        set_variable(admin, of(job), "DAY", "friday", seen=first.pk)
    with pytest.raises(Stale):
        unset_variable(admin, of(job), "DAY", seen=0)
    unset_variable(admin, of(job), "DAY", seen=second.pk)


def test_setting_the_same_value_again_leaves_no_trace(job: Job, admin: Actor) -> None:
    for is_secret in (False, True):
        first = set_variable(admin, of(job), "A", "as it is", is_secret=is_secret)
        changes = Change.objects.count()
        assert set_variable(admin, of(job), "A", "as it is", is_secret=is_secret) == first
        assert Change.objects.count() == changes


@pytest.mark.parametrize("is_secret", [False, True])
def test_what_was_taken_away_can_be_brought_back_with_its_value(job: Job, admin: Actor, *, is_secret: bool) -> None:
    set_variable(admin, of(job), "A", SECRET, is_secret=is_secret)
    unset_variable(admin, of(job), "A")
    restore_variable(admin, of(job), "A")
    [launch] = placed(run_job(admin, job.pk))
    assert launch.environment["A"] == SECRET
    with pytest.raises(Stale):
        restore_variable(admin, of(job), "A")
    with pytest.raises(NotFound):
        restore_variable(admin, everywhere(job), "A")


def test_the_trail_tells_plain_values_and_of_secrets_only_that_they_are_some(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "A", "1")
    set_variable(admin, of(job), "A", "22-secret", is_secret=True)
    set_variable(admin, of(job), "A", "33-secret")
    unset_variable(admin, of(job), "A")
    told = Change.objects.filter(subject="variable").order_by("id").values_list("verb", "name", "before", "after")
    assert list(told) == [
        ("set", "A", {}, {"value": "1"}),
        ("changed", "A", {"value": "plain"}, {"value": "secret"}),
        ("changed", "A", {"value": "secret"}, {"value": "secret"}),
        ("unset", "A", {"value": "secret"}, {}),
    ]


def test_a_refused_value_is_repeated_nowhere(job: Job, admin: Actor) -> None:
    for name, value in (("A", f"{SECRET}\0"), ("CAPSULIER_A", SECRET), ("PATH", SECRET), ("A", SECRET * 10_000)):
        with pytest.raises(Invalid) as refused:
            set_variable(admin, of(job), name, value, is_secret=True)
        assert SECRET not in refused.value.sentence
    assert not Variable.objects.exists()


def test_variables_of_one_place_have_a_limit_together(job: Job, admin: Actor) -> None:
    for number in range(5):
        set_variable(admin, of(job), f"LARGE_{number}", "x" * 99_000)
    with pytest.raises(Invalid, match="500 kB together"):
        set_variable(admin, of(job), "ONE_MORE", "x" * 99_000)
    set_variable(admin, everywhere(job), "ONE_MORE", "x" * 99_000)


def test_an_edit_of_the_job_does_not_touch_its_variables(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "A", "1")
    edit_job(admin, job.pk, name="renamed")
    assert of(job).current.get().value == "1"


def test_a_copy_of_the_job_gets_its_variables_secrets_too(job: Job, admin: Actor) -> None:
    set_variable(admin, of(job), "TOKEN", SECRET, is_secret=True)
    set_variable(admin, of(job), "GONE", "1")
    unset_variable(admin, of(job), "GONE")
    copy = copy_job(make_actor(Role.EDITOR), job.pk)
    assert Change.objects.get(job=copy).after["variables"] == ["TOKEN"]
    [launch] = placed(run_job(admin, copy.pk))
    assert launch.environment["TOKEN"] == SECRET
    assert "GONE" not in launch.environment
    set_variable(admin, of(job), "TOKEN", "another one")
    [launch] = placed(run_job(admin, copy.pk))
    assert launch.environment["TOKEN"] == SECRET


def _is_allowed(actor: Actor, scope: Scope, *, is_secret: bool) -> bool:
    try:
        set_variable(actor, scope, "NAME", "some value", is_secret=is_secret)
    except NotAllowed:
        return False
    set_variable(make_actor(Role.ADMINISTRATOR), scope, "NAME", "some value", is_secret=False)
    return True


def _all_rows() -> str:
    models: Iterator[Any] = (each.objects.all() for each in (Variable, Execution, Change, Job))
    return json.dumps([serializers.serialize("json", rows) for rows in models])
