"""Capsules and platforms on the wire, and who one is."""

from capsulier.api.v2.shapes.shape import Shape
from capsulier.capsules.capsule import Capsule
from capsulier.core.access import Role


class PackageRuleOut(Shape):
    accepts: list[str]
    """Endings of file names; empty: any file."""
    required: bool


class RuntimeOut(Shape):
    id: str
    label: str
    recommended: bool


class CapsuleOut(Shape):
    id: str
    label: str
    icon: str
    colour: str
    categories: list[str]
    command: str
    """The default command of a new job."""
    help: str
    package: PackageRuleOut | None
    """Null: its jobs have no package."""
    runtimes: list[RuntimeOut]

    @classmethod
    def of(cls, capsule: Capsule) -> "CapsuleOut":
        return cls(
            id=capsule.id,
            label=capsule.label,
            icon=capsule.icon,
            colour=capsule.colour,
            categories=list(capsule.categories),
            command=capsule.command,
            help=capsule.help,
            package=PackageRuleOut(accepts=list(capsule.package.accepts), required=capsule.package.required)
            if capsule.package
            else None,
            runtimes=[RuntimeOut(**each.model_dump()) for each in capsule.runtimes],
        )


class PlatformOut(Shape):
    name: str
    label: str
    max_running: int
    """Executions at once over all its jobs."""
    role: Role
    """What you may do in it."""


class Me(Shape):
    name: str
    via: str
    """How you came: page, command line, or the name of the token."""
    is_administrator: bool
    """Of the whole installation."""
    platforms: list[PlatformOut]
