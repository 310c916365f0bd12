"""All capsules of this installation: those of the product, and those in the data directory's `capsules/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from capsulier.capsules.capsule import BrokenCapsule, Capsule, read_capsule
from capsulier.core.errors import NotFound


@cache
def capsules(own_directory: Path | None = None) -> Mapping[str, Capsule]:
    """Every capsule that can be read, by id, in the order of their labels. One's own replaces the product's."""
    found: dict[str, Capsule] = {}
    with as_file(files("capsulier.capsules").joinpath("shipped")) as shipped:
        for directory in (shipped, own_directory):
            for path in sorted(directory.glob("*.toml")) if directory else ():
                try:
                    capsule = read_capsule(path)
                except BrokenCapsule:
                    if directory == shipped:
                        raise
                    continue
                found[capsule.id] = capsule
    return dict(sorted(found.items(), key=lambda each: each[1].label.lower()))


def get_capsule(capsule_id: str, own_directory: Path | None = None) -> Capsule:
    """The capsule of this id. Raises NotFound, naming those there are."""
    found = capsules(own_directory)
    if capsule_id not in found:
        raise NotFound(f"There is no capsule “{capsule_id}”. There are: {', '.join(found)}.", field="capsule")
    return found[capsule_id]
