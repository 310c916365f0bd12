"""Who may read which part of the audit trail."""

from collections.abc import Sequence

from capsulier.core.access import Action, Actor
from capsulier.core.errors import NotAllowed
from capsulier.services.finding import find_platform, platforms_of
from capsulier.store.models import Change
from capsulier.store.reads.trail import TrailFilter, read_trail


class Audit:
    """The trail as this actor may read it: administrators that of their platforms, those of the installation all of it,
    sign-ins too. Raises NotFound and NotAllowed."""

    def __init__(self, actor: Actor, platform: str | None = None) -> None:
        self._platform_ids: Sequence[int] | None
        if platform is not None:
            self._platform_ids = [find_platform(actor, platform, Action.ADMINISTER, archived=True).pk]
        elif actor.is_superuser:
            self._platform_ids = None
        else:
            self._platform_ids = [each.pk for each in platforms_of(actor) if actor.may(Action.ADMINISTER, each.pk)]
            if not self._platform_ids:
                raise NotAllowed("The audit trail is for administrators.")

    def read(self, asked: TrailFilter, *, before: int | None = None, count: int = 50) -> Sequence[Change]:
        """The latest first, from the change before that id on."""
        return read_trail(self._platform_ids, asked, before=before, count=count)
