"""Where an installation keeps its things when nobody said otherwise."""

from collections.abc import Mapping
from pathlib import Path


def default_data_dir(environment: Mapping[str, str]) -> Path:
    """`$XDG_DATA_HOME/capsulier`, by default `~/.local/share/capsulier` (XDG Base Directory Specification)."""
    data_home = environment.get("XDG_DATA_HOME")
    return (Path(data_home) if data_home else Path("~/.local/share")) / "capsulier"
