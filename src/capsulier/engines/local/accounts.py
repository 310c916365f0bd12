"""Running placements as another account of the machine, where we are root.

The wrapper stays root's: the program can neither end it nor write its exit code. What it starts becomes the account
first, takes the job's environment then, and is the step or the command last. So nothing that a job may decide is ever
run, loaded or opened by root.

The way to the working directory can be passed and not be listed; around it everything is closed to others:

    executions/         0711 root      the others in it 0700
    executions/0/       0711 root      likewise
    …/81-1/             0710 root:gid  claim and time index are root's to write, the logs the account's
    …/81-1/work/        0700 account
"""

import errno
import os
import shlex
import shutil
import stat
import subprocess
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from capsulier.core.launch import Account, Launch
from capsulier.engines.local.paths import SETUP, STDERR, STDOUT, WORK
from capsulier.engines.local.placing import CannotPlace

HANDED_OVER = 5
"""The descriptor that the job's environment waits in."""

NO_ROOT = "Capsulier does not run as root here: it can run jobs as no other account than its own."

_ENTER = "enter.sh"
_ENTERING = f'. /proc/self/fd/{HANDED_OVER} && exec "$@" {HANDED_OVER}<&-\n'
_PASSABLE = 0o711
_LONGEST_STRING_BYTES = 128 * 1024
"""That execve(2) takes, its NUL among them."""
_SHELLS_OWN = frozenset({"BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"})
"""A bash that is /bin/sh ends over an attempt to set these."""


def become(account: Account, shell: str) -> str:
    """Words that become this account and go on with what follows them. Relative to the working directory, since the
    wrapper parts them at spaces."""
    groups = ",".join(map(str, account.groups))
    program = f"{shutil.which('setpriv')} --reuid={account.uid} --regid={account.gid} --groups={groups}"
    return f"{program} --inh-caps=-all -- {shell} ../../../{_ENTER}"


def seal(environment: Mapping[str, str], account: Account) -> int:
    """A descriptor of memory from which a shell of this account takes the environment. It stands in no file and in no
    list of processes. Raises as a spawn with this environment would."""
    lines = []
    for name, value in environment.items():
        if not name or "=" in name or "\0" in name + value:
            raise ValueError("illegal environment variable name" if "\0" not in value else "embedded null byte")
        if len(os.fsencode(name)) + len(os.fsencode(value)) + 2 > _LONGEST_STRING_BYTES:
            raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))
        if name.isidentifier() and name.isascii() and name not in _SHELLS_OWN:
            lines.append(f"export {name}={shlex.quote(value)}\n")
    memory = os.memfd_create("environment")
    with os.fdopen(os.dup(memory), "wb") as file:
        file.write(os.fsencode("".join(lines)))
    os.fchmod(memory, 0o400)
    os.fchown(memory, account.uid, account.gid)
    return memory


def let_in(launch: Launch, account: Account, root: Path, directory: str, shell: str) -> None:
    """Let the account pass to the working directory of this placement, which is its own from now on, and make the logs
    that it writes. Doing it twice is the same as once. Raises CannotPlace with what stands in the way."""
    own = Path(directory)
    check_account(account)
    make_passable(root)
    make_passable(own.parent)
    _keep_enter(root / _ENTER)
    os.chown(own, 0, account.gid)
    own.chmod(0o710)
    os.chown(own / WORK, account.uid, account.gid)
    (own / WORK).chmod(0o700)
    for name in (STDOUT, STDERR, SETUP) if launch.steps else (STDOUT, STDERR):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        log = os.open(own / name, flags, 0o600)
        os.fchown(log, account.uid, account.gid)
        os.close(log)
    check_way(account, root, shell)


def check_account(account: Account) -> None:
    """Raise CannotPlace where nothing of this process can run as this account."""
    if os.geteuid() != 0:
        raise CannotPlace(NO_ROOT)
    if account.uid == 0:
        raise CannotPlace(f"“{account.name}” is root: choose an account that may do less.")
    if shutil.which("setpriv") is None:
        raise CannotPlace("To run jobs as another account takes the program setpriv: install util-linux.")


@lru_cache(maxsize=100)
def check_way(account: Account, directory: Path, shell: str = "/bin/sh") -> None:
    """Raise CannotPlace with the first directory on the way to this one, itself included, that the account may not
    pass. A good answer is remembered: a process for each execution would cost more than the rest of its start."""
    looking = 'for each; do test -x "$each" || { printf %s "$each"; exit 1; }; done'
    way = [str(each) for each in (*reversed(directory.parents), directory)]
    try:
        asked = subprocess.run(
            [shell, "-c", looking, "sh", *way],
            cwd="/",
            env={},
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except PermissionError as error:
        raise CannotPlace(
            f"Capsulier may not become “{account.name}” here: it lacks CAP_SETUID or CAP_SETGID."
        ) from error
    if asked.returncode != 0:
        raise CannotPlace(
            f"“{account.name}” may not pass {os.fsdecode(asked.stdout)}, on the way to its working directory. Keep the "
            "data directory (CAPSULIER_DATA_DIR) where everybody may pass, such as in /var/lib."
        )


def make_passable(directory: Path) -> None:
    """Once: close what is in it now, and let everybody pass it that knows a name in it. What comes later is closed by
    those that make it."""
    if stat.S_IMODE(directory.stat().st_mode) != _PASSABLE:
        close_to_others(directory)
        directory.chmod(_PASSABLE)


def close_to_others(directory: Path, but: Collection[str] = ()) -> None:
    """Let nobody else into anything that is in it now, save what is named in `but`."""
    for entry in directory.iterdir():
        if entry.name in but or entry.is_symlink():
            continue
        with suppress(FileNotFoundError):
            mode = stat.S_IMODE(entry.stat().st_mode)
            if mode & 0o077:
                entry.chmod(mode & 0o700)


def _keep_enter(path: Path) -> None:
    """See that what every account reads, on its way from the wrapper to its command, is there."""
    if not path.exists() or path.stat().st_mode & 0o444 != 0o444:
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(_ENTERING)
        draft.chmod(0o444)
        draft.replace(path)
