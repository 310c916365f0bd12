"""Platforms: made, changed, archived and restored; what an archived one still does, and what it does not."""

import os
from datetime import UTC, datetime

import pytest

from capsulier.clock import now_us
from capsulier.core.access import Action, Actor, Role
from capsulier.core.errors import Invalid, NameTaken, NotAllowed, NotFound, PlatformArchived
from capsulier.ledger.firing import due_schedules, next_due_us
from capsulier.services.archive_platform import archive_platform
from capsulier.services.create_job import JobDraft, create_job
from capsulier.services.create_platform import create_platform
from capsulier.services.drafts import ScheduleDraft, VersionDraft
from capsulier.services.edit_job import edit_job
from capsulier.services.edit_platform import edit_platform
from capsulier.services.finding import find_job, find_platform, platforms_of
from capsulier.services.identity import actor_of_user, create_token
from capsulier.services.restore_platform import restore_platform
from capsulier.services.run_job import run_job
from capsulier.store.models import Change, Execution, Fire, Job, Platform, Schedule, User
from tests.builders import make_actor, make_job, make_platform, make_user
from tests.engines.accounts import as_root

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _main() -> None:
    make_platform()


def chief() -> Actor:
    user, _ = User.objects.get_or_create(username="chief", defaults={"is_superuser": True})
    return actor_of_user(user)


def test_a_new_platform_is_empty_and_shown_by_its_name() -> None:
    platform = create_platform(chief(), "data-team")
    assert (platform.label, platform.max_running) == ("data-team", 32)
    assert Change.objects.get().after == {"name": "data-team", "label": "data-team", "max_running": 32}


@pytest.mark.parametrize("name", ["", "Data", "1st", "a b", "a/b", "-a", "ä", "a" * 64, "a\n"])
def test_its_name_can_stand_in_addresses(name: str) -> None:
    if name == "a\n":
        assert create_platform(chief(), name).name == "a"
        return
    with pytest.raises(Invalid) as refused:
        create_platform(chief(), name)
    assert refused.value.field == "name"
    assert not Platform.objects.filter(label=name).exists()


def test_a_name_that_is_taken_is_refused_even_by_an_archived_platform() -> None:
    create_platform(chief(), "data")
    archive_platform(chief(), "data")
    with pytest.raises(NameTaken):
        create_platform(chief(), "data")


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_of_the_installation_make_and_archive_platforms(role: Role) -> None:
    data = create_platform(chief(), "data")
    actor = make_actor(role, data)
    deeds = (
        lambda: create_platform(actor, "mine"),
        lambda: archive_platform(actor, "data"),
        lambda: restore_platform(actor, "data"),
        lambda: edit_platform(actor, "data", new_name="mine"),
    )
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()
    assert sorted(Platform.objects.values_list("name", "archived_at")) == [("data", None), ("main", None)]


def test_its_own_administrator_changes_its_label_and_limit() -> None:
    data = create_platform(chief(), "data")
    edit_platform(make_actor(Role.ADMINISTRATOR, data), "data", label="Data team", max_running=4)
    data.refresh_from_db()
    assert (data.label, data.max_running) == ("Data team", 4)
    with pytest.raises(NotAllowed):
        edit_platform(make_actor(Role.EDITOR, data), "data", label="Mine")


class TestTheAccountThatItsJobsRunAs:
    @as_root
    def test_is_set_and_taken_back_by_administrators_of_the_installation(self) -> None:
        create_platform(chief(), "data", run_as="nobody")
        assert Platform.objects.get(name="data").run_as == "nobody"
        assert Change.objects.latest("id").after["run_as"] == "nobody"
        edit_platform(chief(), "data", run_as="")
        change = Change.objects.latest("id")
        assert (change.before, change.after) == ({"run_as": "nobody"}, {"run_as": ""})

    @as_root
    @pytest.mark.parametrize(
        ("name", "words"),
        [("no-such-one", "There is no account “no-such-one”"), ("root", "is root"), ("a\0b", "There is no")],
    )
    def test_is_one_that_there_is_and_that_may_do_less(self, name: str, words: str) -> None:
        for deed in (
            lambda: create_platform(chief(), "x", run_as=name),
            lambda: edit_platform(chief(), "main", run_as=name),
        ):
            with pytest.raises(Invalid, match=words) as refused:
                deed()
            assert refused.value.field == "run_as"
        assert list(Platform.objects.values_list("name", "run_as")) == [("main", "")]

    def test_takes_a_service_that_is_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(Invalid, match="does not run as root here"):
            edit_platform(chief(), "main", run_as="nobody")

    def test_is_not_for_administrators_of_a_platform(self) -> None:
        data = create_platform(chief(), "data")
        with pytest.raises(NotAllowed):
            edit_platform(make_actor(Role.ADMINISTRATOR, data), "data", run_as="nobody")

    def test_may_be_gone_while_other_things_are_changed(self) -> None:
        Platform.objects.filter(name="main").update(run_as="no-such-one")
        assert edit_platform(chief(), "main", label="First", run_as="no-such-one").label == "First"


def test_the_first_platform_keeps_its_name_and_stays() -> None:
    make_platform()
    with pytest.raises(Invalid):
        edit_platform(chief(), "main", new_name="other")
    with pytest.raises(Invalid):
        archive_platform(chief(), "main")


class TestAnArchivedPlatform:
    @pytest.fixture
    def data(self) -> Platform:
        return create_platform(chief(), "data")

    def test_is_not_there_for_its_members(self, data: Platform) -> None:
        job, user = make_job(platform=data), make_user("ana", Role.ADMINISTRATOR, data)
        archive_platform(chief(), "data")
        ana = actor_of_user(user)
        assert not platforms_of(ana)
        with pytest.raises(NotFound):
            find_job(ana, job.pk)
        with pytest.raises(NotFound):
            find_platform(ana, "data")

    def test_lets_nobody_run_or_change_anything(self, data: Platform) -> None:
        job = make_job(platform=data)
        archive_platform(chief(), "data")
        assert find_job(chief(), job.pk, Action.SEE) == job
        for deed in (
            lambda: run_job(chief(), job.pk),
            lambda: edit_job(chief(), job.pk, name="other"),
            lambda: create_job(chief(), data.pk, JobDraft("new", "bash", VersionDraft("true"))),
        ):
            with pytest.raises(PlatformArchived):
                deed()
        assert not Execution.objects.exists()

    def test_is_beyond_the_tokens_of_the_installations_administrator(self, data: Platform) -> None:
        create_token(User.objects.get(username="chief"), "ci", Role.EDITOR)
        archive_platform(chief(), "data")
        from capsulier.services.identity import actor_of_key  # noqa: PLC0415

        key = create_token(User.objects.get(username="chief"), "ci", Role.EDITOR)
        assert data.pk not in actor_of_key(key).roles

    def test_fires_no_more_and_goes_on_from_when_it_is_restored(self, data: Platform) -> None:
        job = make_job(platform=data, schedule=ScheduleDraft(repeat="R/2020-01-01T00:00:00/PT1M"))
        Schedule.objects.update(next_fire_us=1_000_000)
        later = now_us() + 3_600_000_000
        assert [row.job_id for row in due_schedules(later)] == [job.pk]
        archive_platform(chief(), "data")
        assert due_schedules(later) == []
        assert next_due_us() is None
        before = now_us()
        restore_platform(chief(), "data")
        upcoming = next_due_us()
        assert upcoming is not None
        assert before < upcoming <= now_us() + 60_000_000
        assert not Fire.objects.exists()

    def test_stops_what_it_has_running(self, data: Platform) -> None:
        execution = run_job(chief(), make_job(platform=data).pk)
        elsewhere = run_job(chief(), make_job().pk)
        archive_platform(chief(), "data")
        assert Execution.objects.get(id=execution.pk).state == "killed"
        assert Execution.objects.get(id=elsewhere.pk).state == "queued"

    def test_keeps_paused_what_was_paused(self, data: Platform) -> None:
        make_job(platform=data, schedule=ScheduleDraft(cron="0 8 * * *", paused=True))
        archive_platform(chief(), "data")
        restore_platform(chief(), "data")
        assert Schedule.objects.get().paused
        assert Job.objects.get().next_fire_us is None

    def test_archiving_and_restoring_twice_is_the_same_as_once(self, data: Platform) -> None:
        for _ in range(2):
            archive_platform(chief(), "data")
        assert Platform.objects.get(name="data").archived_at < datetime.now(UTC)
        for _ in range(2):
            restore_platform(chief(), "data")
        verbs = Change.objects.filter(subject="platform", name="data").order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["created", "archived", "restored"]
