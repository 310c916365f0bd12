"""What a new job of a platform tells whom, unless somebody says otherwise."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from capsulier.core.access import Action, Actor
from capsulier.core.trail import Subject
from capsulier.services.channels import check_channels
from capsulier.services.drafts import Checks, SettingsDraft, check_alerts
from capsulier.services.trail import differences, note
from capsulier.store.models import Platform


@dataclass(frozen=True, slots=True)
class AlertDefaults:
    alert_emails: list[str] = field(default_factory=list)
    alert_on: list[str] = field(default_factory=list)
    alert_channels: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "alert_emails": self.alert_emails,
            "alert_on": self.alert_on,
            "alert_channels": self.alert_channels,
        }


def settings_of_new_job(platform: Platform) -> SettingsDraft:
    """What the form of a new job begins with."""
    return SettingsDraft(
        alert_emails=platform.alert_emails, alert_on=platform.alert_on, alert_channels=platform.alert_channels
    )


def set_alert_defaults(actor: Actor, platform_id: int, defaults: AlertDefaults) -> None:
    """For jobs made from now on; those that are there keep theirs. Raises Invalid, InvalidFields."""
    actor.require(Action.ADMINISTER, platform_id, "The platform")
    checks = Checks()
    check_alerts(defaults.alert_emails, defaults.alert_on, checks)
    with checks("alert_channels"):
        check_channels(defaults.alert_channels, platform_id)
    checks.done()
    with transaction.atomic():
        platform = Platform.objects.select_for_update().get(id=platform_id)
        before = {name: getattr(platform, name) for name in defaults.as_dict()}
        changed_from, changed_to = differences(before, defaults.as_dict())
        if changed_to:
            Platform.objects.filter(id=platform_id).update(**defaults.as_dict())
            note(
                actor,
                Subject.SETTING,
                "alerts of new jobs",
                "edited",
                platform_id=platform_id,
                before=changed_from,
                after=changed_to,
            )
