"""Capsules on the wire, and who one is."""

from datetime import date

from capsulier.api.v2.shapes.platform import PlatformOut
from capsulier.api.v2.shapes.shape import Page, Shape
from capsulier.capsules.capsule import Capsule
from capsulier.capsules.rules import PackageRule
from capsulier.capsules.runtimes import FoundRuntime
from capsulier.services.capsule_health import Health


class PackageRuleOut(Shape):
    accepts: list[str]
    """Endings of file names; empty: any file."""
    required: bool
    unpack: list[str]
    """Endings of archives that are unpacked into the working directory."""


class RuntimeOut(Shape):
    id: str
    label: str
    version: str
    """In full: 3.12.4 of 3.12."""
    recommended: bool
    deprecated_since: date | None
    """Since then one should no longer choose it; it may lie ahead."""
    is_deprecated: bool


class ResourcesOut(Shape):
    timeout_s: int | None
    memory_mb: int | None
    cpus: float | None


class HealthOut(Shape):
    is_healthy: bool
    missing: list[str]
    """Sentences: what is missing on this machine and what to install."""


class BrokenCapsuleOut(Shape):
    """A capsule's file in the data directory that cannot be used; the others work."""

    file: str
    line: int | None
    what: str


class CapsuleOut(Shape):
    id: str
    label: str
    icon: str
    colour: str
    categories: list[str]
    command: str
    """The default command of a new job."""
    commands: dict[str, str]
    """Other default commands, for packages with these endings."""
    help: str
    package: PackageRuleOut | None
    """Null: its jobs have no package."""
    runtimes: list[RuntimeOut]
    """Those found on this machine, the newest first."""
    resources: ResourcesOut
    """What the limits of a new job begin with."""
    health: HealthOut

    @classmethod
    def of(cls, capsule: Capsule, health: Health) -> "CapsuleOut":
        return cls(
            id=capsule.id,
            label=capsule.label,
            icon=capsule.icon,
            colour=capsule.colour,
            categories=list(capsule.categories),
            command=capsule.command,
            commands=dict(capsule.commands),
            help=capsule.help,
            package=_package_rule(capsule.package) if capsule.package else None,
            runtimes=[_runtime(each) for each in health.runtimes],
            resources=ResourcesOut(**capsule.resources.model_dump()),
            health=HealthOut(is_healthy=health.is_healthy, missing=list(health.missing)),
        )


class CapsulePage(Page[CapsuleOut]):
    broken: list[BrokenCapsuleOut]


def _package_rule(rule: PackageRule) -> PackageRuleOut:
    return PackageRuleOut(accepts=list(rule.accepts), required=rule.required, unpack=list(rule.unpack))


def _runtime(found: FoundRuntime) -> RuntimeOut:
    return RuntimeOut(
        id=found.id,
        label=found.label,
        version=found.version,
        recommended=found.recommended,
        deprecated_since=found.deprecated_since,
        is_deprecated=found.is_deprecated,
    )


class Me(Shape):
    name: str
    via: str
    """How you came: page, command line, or the name of the token."""
    is_administrator: bool
    """Of the whole installation."""
    platforms: list[PlatformOut]
