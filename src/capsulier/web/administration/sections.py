"""The pages of Administration, in the order of their tabs: a line for each."""

from dataclasses import dataclass

from capsulier.core.access import Action, Actor


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    icon: str
    url: str
    action: Action = Action.ADMINISTER
    """What one must be allowed to do in the platform to be shown the page."""
    superuser: bool = False
    """Whether it is about the whole installation, and for its administrators only."""

    def is_for(self, actor: Actor, platform_id: int) -> bool:
        return actor.is_superuser if self.superuser else actor.may(self.action, platform_id)


SECTIONS = (
    Section("People", "users", "/administration/people"),
    Section("Tokens", "key", "/administration/tokens"),
    Section("Variables and secrets", "variable", "/administration/variables"),
    Section("Alerts", "bell", "/administration/alerts"),
    Section("Limits and retention", "adjustments", "/administration/limits"),
    Section("Capsules and engines", "apps", "/administration/capsules", superuser=True),
    Section("Platforms", "stack-2", "/administration/platforms"),
    Section("Everybody", "users", "/administration/everybody", superuser=True),
    Section("Audit trail", "history", "/administration/audit"),
    Section("System", "server", "/administration/system", superuser=True),
)


def sections_for(actor: Actor, platform_id: int) -> list[Section]:
    """Those that the actor may open, seen from this platform."""
    return [section for section in SECTIONS if section.is_for(actor, platform_id)]
