"""A version, as a person reads it."""

from collections.abc import Iterator
from typing import Any

from capsulier.cli.output import Fact
from capsulier.cli.standing import exact_and_distance
from capsulier.core.wording import duration_in_words, size_in_words


def version_facts(version: dict[str, Any]) -> Iterator[Fact]:
    """What a version is, for a person."""
    package = version["package"]
    yield "Version", f"{version['number']}{' ★' if version['is_major'] else ''}"
    yield "Note", version["note"]
    yield "Made", exact_and_distance(version["created_at"]) + f" by {version['created_by']}"
    yield "Command", version["command"]
    yield "Package", f"{package['name']}, {size_in_words(package['size_bytes'])}" if package else ""
    yield "Runtime", version["runtime"]
    yield "Timeout", duration_in_words(version["timeout_s"]) if version["timeout_s"] else ""
    yield "Memory", size_in_words(version["memory_mb"] * 1_000_000) if version["memory_mb"] else ""
    yield "CPUs", f"{version['cpus']:g}" if version["cpus"] else ""
