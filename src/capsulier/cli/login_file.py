"""The file in which `capsulier login` keeps a Manager's address and one's token."""

import json
from collections.abc import Mapping
from pathlib import Path


def login_path(environment: Mapping[str, str]) -> Path:
    """`$XDG_CONFIG_HOME/capsulier/login.json`, by default in `~/.config` (XDG Base Directory Specification)."""
    config_home = environment.get("XDG_CONFIG_HOME")
    return (Path(config_home) if config_home else Path("~/.config").expanduser()) / "capsulier" / "login.json"


def read_login(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """URL and token; None where nobody has logged in."""
    try:
        kept = json.loads(login_path(environment).read_text(encoding="utf-8"))
        return str(kept["url"]), str(kept["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_login(environment: Mapping[str, str], url: str, token: str) -> Path:
    """Keep them, readable by nobody else at any moment."""
    path = login_path(environment)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(0o600, exist_ok=False)
    draft.write_text(json.dumps({"url": url, "token": token}), encoding="utf-8")
    draft.replace(path)
    return path
