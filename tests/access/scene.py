"""What every address is asked about: a job of `main` with two versions, and an execution that has written something."""

from typing import Any

from django.test import Client

from capsulier.core.access import Role
from capsulier.services.drafts import VersionDraft
from capsulier.services.execution_files import execution_directory
from capsulier.services.identity import create_token
from capsulier.services.invitations import invite
from capsulier.services.run_job import run_job
from capsulier.services.set_variable import set_variable, unset_variable
from capsulier.services.upgrade_job import upgrade_job
from capsulier.services.upload_package import upload_package
from capsulier.services.variable_scope import Scope
from capsulier.store.models import (
    Alert,
    Change,
    Channel,
    Execution,
    Invitation,
    Job,
    Membership,
    Package,
    Platform,
    Token,
    User,
    Variable,
    Version,
)
from tests.access.addresses import SIGNED_IN, SUPERUSER, Least
from tests.builders import make_actor, make_job, make_platform, make_user

ASKERS: dict[str, Least | None] = {
    "superuser": SUPERUSER,
    **{role.value: Least.of(role) for role in reversed(Role)},
    "stranger": SIGNED_IN,
    "nobody": None,
}
"""Everybody there is, and what they are to `main`. The stranger is the administrator of another platform."""

_WATCHED = (
    Alert,
    Change,
    Channel,
    Execution,
    Invitation,
    Job,
    Membership,
    Package,
    Platform,
    Token,
    User,
    Variable,
    Version,
)


def make_scene() -> dict[str, Any]:
    """What the names in addresses stand for."""
    main, actor = make_platform(), make_actor(Role.EDITOR)
    make_platform("other")
    package = upload_package(actor, main.pk, "load.py", [b"print(1)"])
    job = make_job("asked about", capsule="python", command="python {file}", version={"package_id": package.pk})
    upgrade_job(actor, job.pk, VersionDraft("python -u {file}", package_id=package.pk))
    _set_variables(main, job)
    execution = run_job(actor, job.pk)
    Execution.objects.filter(id=execution.pk).update(placement=1)
    work = execution_directory(execution.pk, 1) / "work"
    work.mkdir(parents=True, exist_ok=True)
    (work.parent / "stdout.log").write_bytes(b"x\n")
    (work / "made.txt").write_bytes(b"made")
    (work / "made.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    channel = Channel.objects.create(platform=main, name="chat", kind="webhook", url="sealed")
    make_user("member", Role.VIEWER)
    invitation, _ = invite(make_actor(Role.ADMINISTRATOR), "main", Role.VIEWER)
    create_token(User.objects.get(username="member"), "of the member", Role.VIEWER, platform_id=main.pk)
    return {
        "token_id": Token.objects.get(name="of the member").pk,
        "channel_id": channel.pk,
        "job_id": job.pk,
        "number": 1,
        "execution_id": execution.pk,
        "name": "main",
        "key": "none",
        "username": "member",
        "invitation_id": invitation.pk,
        "session_id": 0,
        "pk": 0,
        "provider_id": "sso",
    }


def _set_variables(main: Platform, job: Job) -> None:
    chief = make_actor(Role.ADMINISTRATOR)
    for scope, name in ((Scope(main.pk), "SHARED"), (Scope(main.pk, job), "OWN")):
        for each in (name, "GONE"):
            set_variable(chief, scope, each, "some value")
        unset_variable(chief, scope, "GONE")


def client_of(asker: str) -> Client:
    """A browser, signed in as this one; what it sends to the API goes by a token."""
    client = Client(headers={"Host": "localhost"}, raise_request_exception=False)
    if asker != "nobody":
        client.force_login(_person(asker))
    return client


def token_of(asker: str) -> dict[str, str]:
    if asker == "nobody":
        return {}
    return {"Authorization": f"Bearer {create_token(_person(asker), asker, Role.ADMINISTRATOR)}"}


def _person(asker: str) -> User:
    if asker == "superuser":
        return User.objects.get_or_create(username=asker, defaults={"is_superuser": True})[0]
    if asker == "stranger":
        return make_user(asker, Role.ADMINISTRATOR, make_platform("other"))
    return make_user(asker, Role(asker))


def facts(scene: dict[str, Any]) -> tuple[object, ...]:
    """What a refused request leaves as it was."""
    job = Job.objects.get(id=scene["job_id"])
    return job.revision, job.changed_us, job.deleted_at, *(model.objects.count() for model in _WATCHED)
