"""Platforms on the wire."""

from pydantic import ConfigDict

from capsulier.api.v2.shapes.shape import Instant, Shape, without_defaults
from capsulier.core.access import Role


class PlatformOut(Shape):
    name: str
    label: str
    max_running: int
    """Executions at once over all its jobs."""
    run_as: str
    """The account of the machine that its jobs run as; empty: the one that Capsulier runs as."""
    role: Role
    """What you may do in it."""
    archived_at: Instant | None


class NewPlatform(Shape):
    name: str
    """In addresses and scripts: small letters, digits and -."""
    label: str = ""
    """How people see it; empty: as the name says."""
    max_running: int | None = None
    """Null: as the installation's settings say."""
    run_as: str = ""


class PlatformPatch(Shape):
    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: str = ""
    label: str = ""
    max_running: int = 0
    run_as: str = ""
