"""Keys of secrets: rotated while everything goes on, killed at any moment, and lost."""

import stat
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.db import transaction

from capsulier.clock import now_us
from capsulier.config import config
from capsulier.core.access import Actor, Role
from capsulier.services import rotate_secrets as rotation
from capsulier.services.forget_variables import forget_variables
from capsulier.services.given_variables import secret_values_of
from capsulier.services.rotate_secrets import RotationRuns, rotate_secrets
from capsulier.services.run_job import run_job
from capsulier.services.sealing import Opener, Sealer, SecretUnreadable
from capsulier.services.secret_keys import KeysDamaged, keys_path, new_key, secret_keys, write_keys
from capsulier.services.set_variable import set_variable, unset_variable
from capsulier.services.variable_scope import Scope
from capsulier.store.models import Change, Execution, Job, Variable
from tests.builders import make_actor, make_job, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture
def job() -> Job:
    return make_job("nightly")


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    """Whatever a test does to the keys, the next one begins with others."""
    write_keys(new_key())
    yield
    keys_path().unlink()


def keep_secrets(job: Job, count: int = 3) -> dict[str, str]:
    """Some of the job, and one of a run; what they are."""
    admin = make_actor(Role.ADMINISTRATOR)
    values = {f"A{number}": f"value {number}" for number in range(count)}
    for name, value in values.items():
        set_variable(admin, Scope(job.platform_id, job), name, value, is_secret=True)
    run_job(admin, job.pk, variables={"sealed": '"sealed"'}, secrets={"RUN": "value of the run"})
    return values


def opened() -> dict[str, str]:
    opener = Opener()
    return {row.name: opener.open(row.name, row.sealed) for row in Variable.objects.all()}


def nobody() -> Actor:
    return Actor(None, "root", "command line")


def test_a_rotation_seals_everything_with_a_new_key_and_drops_the_old_one(job: Job) -> None:
    values, [old] = keep_secrets(job), secret_keys()
    assert rotate_secrets(nobody()).sealed == 4
    [new] = secret_keys()
    assert new != old
    assert opened() == values
    execution = Execution.objects.get()
    assert secret_values_of(execution) == ["value of the run"]
    assert execution.variables["sealed"] == '"sealed"'
    assert stat.S_IMODE(keys_path().stat().st_mode) == 0o600
    assert (Change.objects.latest("id").verb, Change.objects.latest("id").who) == ("rotated", "root")


@pytest.mark.parametrize("place", ["_pass", "_finish"])
def test_a_rotation_that_is_killed_loses_nothing_and_is_gone_on_with(
    job: Job, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = keep_secrets(job)
    whole: Callable[..., Any] = getattr(rotation, place)

    def killed(*args: Any) -> Any:
        if place == "_pass":
            yield next(whole(*args))
        raise KeyboardInterrupt

    def killed_at_once(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotation, place, killed if place == "_pass" else killed_at_once)
        patch.setattr(rotation, "_BATCH", 2)
        with pytest.raises(KeyboardInterrupt):
            rotate_secrets(nobody())
    new, _ = secret_keys()
    assert opened() == values
    rotate_secrets(nobody())
    assert secret_keys() == (new,)
    assert opened() == values


def test_values_set_meanwhile_are_sealed_with_the_new_key(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_secrets(job)
    monkeypatch.setattr(rotation, "_BATCH", 1)
    told = list[int]()

    def set_another(sealed: int) -> None:
        told.append(sealed)
        name = f"B{len(told)}"
        if len(told) < 4:
            set_variable(make_actor(Role.ADMINISTRATOR), Scope(job.platform_id, job), name, "meanwhile", is_secret=True)

    rotate_secrets(nobody(), set_another)
    assert {"B1", "B2", "B3"} <= opened().keys()


def test_keys_of_the_environment_are_used_and_kept(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = new_key(), new_key()
    monkeypatch.setattr(config(), "secrets_key", old)
    values = keep_secrets(job)
    monkeypatch.setattr(config(), "secrets_key", f"{new},{old}")
    assert rotate_secrets(nobody()).sealed == 4
    assert secret_keys() == (new, old)
    monkeypatch.setattr(config(), "secrets_key", new)
    assert opened() == values
    Fernet(new).decrypt(Variable.objects.first().sealed)  # type: ignore[union-attr]


def test_what_no_key_opens_is_counted_and_named(job: Job) -> None:
    keep_secrets(job)
    write_keys(new_key())
    rotated = rotate_secrets(nobody())
    assert (rotated.sealed, rotated.lost) == (0, 4)
    with pytest.raises(SecretUnreadable, match="secret value of A0 cannot be decrypted"):
        opened()


def test_one_rotation_at_a_time(job: Job) -> None:
    keep_secrets(job)

    def begin_another(_: int) -> None:
        with pytest.raises(RotationRuns):
            rotate_secrets(nobody())

    rotate_secrets(nobody(), begin_another)


@pytest.mark.parametrize("content", ["", "no key\n", "c2hvcnQ=\n"])
def test_a_damaged_file_of_keys_is_said_as_such_and_not_written_over(content: str) -> None:
    keys_path().write_text(content)
    with pytest.raises(KeysDamaged, match="from a backup"):
        secret_keys()
    assert keys_path().read_text() == content


def test_past_values_go_once_no_execution_can_have_been_given_them(job: Job) -> None:
    admin, scope = make_actor(Role.ADMINISTRATOR), Scope(job.platform_id, job)
    run_job(admin, job.pk)
    for where in (scope, Scope(job.platform_id)):
        set_variable(admin, where, "A", "first-value", is_secret=True)
        set_variable(admin, where, "A", "second-value")
        unset_variable(admin, where, "A")
        set_variable(admin, where, "A", "third-value", is_secret=True)
    Variable.objects.exclude(ended_us=None).update(ended_us=now_us() - 10 * DAY_US)
    Execution.objects.update(queued_us=now_us() - 20 * DAY_US)
    forget_variables()
    assert Variable.objects.count() == 6
    Execution.objects.update(queued_us=now_us() - DAY_US)
    forget_variables()
    assert list(Variable.objects.values_list("ended_us", flat=True)) == [None, None]


def test_the_secrets_of_second_factors_are_sealed_anew() -> None:
    def sealed(text: str) -> str:
        with transaction.atomic():
            return Sealer().seal(text)

    user = make_user("ana")
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed("JBSWY3DP")})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": sealed("abc"), "used_mask": 3})
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
    before = secret_keys()
    rotate_secrets(make_actor(Role.ADMINISTRATOR))
    assert secret_keys() != before
    app, codes, key = (each.data for each in Authenticator.objects.order_by("id"))
    assert Opener().open("it", app["secret"]) == "JBSWY3DP"
    assert (Opener().open("it", codes["seed"]), codes["used_mask"]) == ("abc", 3)
    assert key == {"name": "Laptop", "credential": {}}
