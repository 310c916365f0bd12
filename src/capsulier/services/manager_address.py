"""Where people reach the Manager."""

import json

from capsulier.config import config


def manager_address() -> str | None:
    """`CAPSULIER_PUBLIC_URL`, or else where a web process over this data directory listens; None where neither is
    known."""
    if config().public_url:
        return config().public_url.rstrip("/")
    try:
        return str(json.loads((config().run_dir / "web.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None
