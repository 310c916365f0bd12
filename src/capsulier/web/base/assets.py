"""The front end's files: the build gives each a name that changes with its content, and writes the list of names."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def _manifest() -> dict[str, str]:
    path = Path(settings.STATIC_ROOT) / "manifest.json"
    names: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return names


def asset_url(name: str) -> str:
    """Where the file is served. Without a built front end it is not, and the page reads without it."""
    return f"{settings.STATIC_URL}{_manifest().get(name, name)}"
