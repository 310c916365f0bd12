"""Who may do what: one table, asked by every page, endpoint, stream and download."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from capsulier.core.errors import NotAllowed, NotFound


class Role(StrEnum):
    """A person's role in a platform. Each may do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Action(StrEnum):
    SEE = "see"
    RUN = "run"
    STOP = "stop"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    SET_VARIABLE = "set_variable"
    """A plain one of a job."""
    SET_SECRET = "set_secret"  # noqa: S105  # the word
    """And whatever all jobs of a platform get."""
    ADMINISTER = "administer"
    """Members, secrets, settings of a platform."""
    GOVERN = "govern"
    """The installation: its platforms, all its people."""


NEEDS: dict[Action, Role | None] = {
    Action.SEE: Role.VIEWER,
    Action.RUN: Role.OPERATOR,
    Action.STOP: Role.OPERATOR,
    Action.CREATE: Role.EDITOR,
    Action.EDIT: Role.EDITOR,
    Action.DELETE: Role.EDITOR,
    Action.SET_VARIABLE: Role.EDITOR,
    Action.SET_SECRET: Role.ADMINISTRATOR,
    Action.ADMINISTER: Role.ADMINISTRATOR,
    Action.GOVERN: None,
}
"""The least role that may; None: no role of a platform is enough, one administers the installation."""


_WORDS = {
    Action.SET_VARIABLE: "change variables",
    Action.SET_SECRET: "change secrets and variables of the platform",
}
"""Of the actions whose value does not say it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person, through a page or a token."""

    user_id: int | None
    name: str
    via: str
    """page, api, or the name of the token: how the audit trail says it."""
    roles: Mapping[int, Role] = field(default_factory=dict)
    """Platform id → role."""
    is_superuser: bool = False
    """May everything, everywhere."""
    address: str = ""
    """Where they ask from; empty on the machine itself."""
    agent: str = ""
    """What their browser or program calls itself."""
    token_id: int | None = None
    """The API token that they come with, if any."""

    def may(self, action: Action, platform_id: int) -> bool:
        if self.is_superuser:
            return True
        role, needed = self.roles.get(platform_id), NEEDS[action]
        return role is not None and needed is not None and role.rank >= needed.rank

    def require(self, action: Action, platform_id: int, what: str = "That") -> None:
        """Raise NotFound where the actor may not even see, NotAllowed where they see but may not do it."""
        if self.may(action, platform_id):
            return
        if not self.may(Action.SEE, platform_id):
            raise NotFound(f"{what} does not exist.")
        if NEEDS[action] is None:
            self.require_installation()
        raise NotAllowed(f"To {_WORDS.get(action, action)} you need the role {NEEDS[action]} in this platform.")

    def require_installation(self) -> None:
        """Raise NotAllowed for who is no administrator of the installation."""
        if not self.is_superuser:
            raise NotAllowed("Only an administrator of the installation may do that.")
