"""Create a platform."""

from django.db import IntegrityError, transaction

from capsulier.config import config
from capsulier.core.access import Actor
from capsulier.core.errors import Invalid, NameTaken
from capsulier.core.names import check_platform_name
from capsulier.core.trail import Subject
from capsulier.services.accounts import check_run_as
from capsulier.services.drafts import Checks
from capsulier.services.trail import note
from capsulier.store.models import Platform

LONGEST_LABEL = 255
MOST_RUNNING = 10_000


def create_platform(
    actor: Actor, name: str, *, label: str = "", max_running: int | None = None, run_as: str = ""
) -> Platform:
    """Make an empty one. Without a label it is shown by its name; without a limit it gets the installation's usual
    one; without an account its jobs run as Capsulier does. Raises Invalid, NameTaken."""
    actor.require_installation()
    checks = Checks()
    with checks("name"):
        name = check_platform_name(name)
    with checks("label"):
        label = check_label(label or name)
    with checks("max_running"):
        limit = check_limit(config().max_running if max_running is None else max_running)
    with checks("run_as"):
        run_as = check_run_as(run_as)
    checks.done()
    try:
        with transaction.atomic():
            after = {"name": name, "label": label, "max_running": limit}
            if run_as:
                after["run_as"] = run_as
            platform = Platform.objects.create(**after)
            note(actor, Subject.PLATFORM, platform.name, "created", platform_id=platform.pk, after=after)
            return platform
    except IntegrityError as error:
        raise platform_name_taken(name) from error


def platform_name_taken(name: str) -> NameTaken:
    return NameTaken(f"A platform named “{name}” exists already. Choose another name.", field="name")


def check_label(text: str) -> str:
    label = " ".join(text.split())
    if not label or not label.isprintable():
        raise Invalid("A label is a line that can be read.", field="label")
    if len(label) > LONGEST_LABEL:
        raise Invalid(f"A label has at most {LONGEST_LABEL} characters; this one has {len(label):,}.", field="label")
    return label


def check_limit(max_running: int) -> int:
    if not 1 <= max_running <= MOST_RUNNING:
        raise Invalid(f"Executions at once are between 1 and {MOST_RUNNING:,}.", field="max_running")
    return max_running
