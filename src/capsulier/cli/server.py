"""Which Manager a command talks to, and as whom."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from capsulier.cli.login_file import read_login
from capsulier.cli.refusals import NoServer
from capsulier.core.locations import default_data_dir


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    token: str
    is_local: bool = False
    """Found in the data directory of this machine: no proxy lies between."""

    @property
    def how_to_reach(self) -> str:
        """What to do when it does not answer."""
        if self.is_local:
            return "Start it with `capsulier serve`."
        return "Check the address (CAPSULIER_URL or `capsulier login`) and whether the Manager runs there."


def find_server(environment: Mapping[str, str]) -> Server:
    """The environment says it; else the last login; else the Manager that runs on the data directory.

    The key of the data directory is sent to the Manager that runs on it and to no other. Raises NoServer.
    """
    url, token = environment.get("CAPSULIER_URL", "").rstrip("/"), environment.get("CAPSULIER_TOKEN", "")
    login = None if "CAPSULIER_DATA_DIR" in environment else read_login(environment)
    if not url and login:
        url = login[0]
    if login and url == login[0]:
        return Server(url, token or login[1])
    if url and token:
        return Server(url, token)
    local = _local_server(data_dir(environment), url)
    return Server(local.url, token or local.token, is_local=True)


def data_dir(environment: Mapping[str, str]) -> Path:
    named = environment.get("CAPSULIER_DATA_DIR")
    return Path(named).expanduser() if named else default_data_dir(environment).expanduser()


def _local_server(directory: Path, wanted: str) -> Server:
    """The one on this data directory, if it is at the wanted address (or none is wanted)."""
    try:
        found = Server(json.loads((directory / "run" / "web.json").read_text())["url"], "", is_local=True)
        if wanted in ("", found.url):
            return Server(found.url, (directory / "local_key").read_text().strip(), is_local=True)
    except PermissionError:
        if not wanted:
            raise NoServer(
                f"You may not read {directory}, so you need a token: `capsulier token create` on the server prints "
                "one, `capsulier login URL` keeps it."
            ) from None
    except (OSError, ValueError, KeyError):
        if not wanted:
            raise NoServer(
                f"No Manager is running on {directory}. Start one with `capsulier serve`, or name another with "
                "`capsulier login URL`."
            ) from None
    raise NoServer(f"{wanted} needs a token: set CAPSULIER_TOKEN, or `capsulier login {wanted}`.")
