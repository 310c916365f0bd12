"""What launchers on a cluster's nodes ask of the web process: a placement, its files, to be heard.

Nothing here moves an execution: what a launcher tells is written down in its placement's directory, where the engine
reads it and the conductor records it as it does for any other engine.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from capsulier.config import config
from capsulier.core.errors import CapsulierError, Invalid, NotFound, StorageFull
from capsulier.core.launch import Launch, launch_name
from capsulier.engines.launcher.desk import Answer, Beat, Desk, UnknownLauncher
from capsulier.engines.launcher.kept import MOST_BYTES
from capsulier.services.secret_keys import secret_keys

_TOLD = ("execution_id", "placement", "command", "environment", "files", "steps", "limits", "inherits", "tools")
"""Of a launch, to its launcher."""


class LaunchUnreadable(CapsulierError):
    """The keys were changed between the submit and the claim."""

    code, title, status = "launch_unreadable", "The launch cannot be decrypted", 410


def seal_launch(launch: Launch) -> str:
    """For the short time until its command has begun: its environment may hold secret values. Raises Invalid for one
    that is to run as an account: a launcher is whoever the cluster makes it, and nobody else."""
    if launch.run_as is not None:
        words = "Jobs run as an account of the machine on the local engine only. Take “Run as” off this platform."
        raise Invalid(words, field="run_as")
    return Fernet(secret_keys()[0]).encrypt(json.dumps(launch.as_json()).encode()).decode()


def claim_placement(
    execution_id: int, placement: int, token: str, *, claimant: str, node: str, job: str
) -> dict[str, Any]:
    """Give the placement to this launcher, once for ever: what it has to run. The same claimant gets the same answer
    again. Raises UnknownLauncher, AlreadyClaimed, Superseded."""
    desk = _desk(execution_id, placement)
    launch = _open(desk.let_claim(token, claimant, node, job))
    told = launch.as_json()
    for file in told["files"]:
        del file["source"]  # where it is on our disk is nobody's business
    return {"name": launch.name, "keep_bytes": MOST_BYTES} | {each: told[each] for each in _TOLD}


def file_of_placement(execution_id: int, placement: int, token: str, number: int) -> tuple[Path, int]:
    """A file that stands in the working directory before anything runs, and its size. Raises NotFound beside what a
    claim does."""
    launch = _open(_desk(execution_id, placement).sealed_launch(token))
    try:
        path = Path(launch.files[number].source)
        return path, os.stat(path).st_size  # noqa: PTH116
    except (IndexError, FileNotFoundError) as error:
        raise NotFound(f"Placement {launch.name} has no file {number}.") from error


def hear_launcher(execution_id: int, placement: int, token: str, beat: Beat) -> Answer:
    """Write down what it tells; the answer says how much of each log there is, and whether it is to stop. Raises
    UnknownLauncher, AlreadyClaimed, Superseded, StorageFull."""
    try:
        return _desk(execution_id, placement).hear(token, beat)
    except OSError as error:
        raise StorageFull("What the launcher has sent cannot be written down.") from error


def keep_file_of_placement(
    execution_id: int, placement: int, token: str, path: str, *, changed_us: int, chunks: Iterable[bytes]
) -> None:
    """Write down a file that its program has made. Raises UnknownLauncher, AlreadyClaimed, Superseded, Invalid,
    TooLarge, StorageFull."""
    try:
        _desk(execution_id, placement).keep_file(token, path, changed_us, chunks)
    except OSError as error:
        raise StorageFull("What the launcher has sent cannot be written down.") from error


def _desk(execution_id: int, placement: int) -> Desk:
    if max(execution_id, placement) >= 2**63:
        raise UnknownLauncher("There is no such placement.")
    return Desk(config().executions_dir, launch_name(execution_id, placement))


def _open(sealed: str) -> Launch:
    keys = MultiFernet([Fernet(key) for key in secret_keys()])
    try:
        return Launch.from_json(json.loads(keys.decrypt(sealed)))
    except InvalidToken as error:
        raise LaunchUnreadable("The launch was sealed with another key than those there are now.") from error
