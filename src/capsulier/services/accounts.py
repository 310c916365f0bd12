"""Accounts of this machine that the executions of a platform may run as."""

import os
import pwd

from capsulier.config import config
from capsulier.core.errors import Invalid
from capsulier.core.launch import Account
from capsulier.engines.local.accounts import check_account, check_way, close_to_others
from capsulier.engines.local.placing import CannotPlace
from capsulier.services.environments import ACCOUNTS, INTERPRETERS, SPECS

_FIELD = "run_as"


def check_run_as(name: str) -> str:
    """The name of an account that can be used here, or nothing. Raises Invalid."""
    name = name.strip()
    if name:
        account = find_account(name)
        try:
            check_account(account)
            check_way(account, config().data_dir.parent)
        except CannotPlace as error:
            raise Invalid(str(error), field=_FIELD) from error
    return name


def account_of(name: str) -> Account:
    """Whom an execution runs as; the data directory lets it pass from now on. Raises Invalid where there is none."""
    account = find_account(name)
    _open_data_dir()
    return account


def find_account(name: str) -> Account:
    try:
        found = pwd.getpwnam(name)
        groups = os.getgrouplist(found.pw_name, found.pw_gid)
    except (KeyError, ValueError) as error:  # a NUL is the latter
        words = f"There is no account “{name[:60]}” on this machine. Make it first, or name another."
        raise Invalid(words, field=_FIELD) from error
    shell = found.pw_shell or "/bin/sh"
    return Account(found.pw_name, found.pw_uid, found.pw_gid, tuple(sorted(set(groups))), found.pw_dir, shell)


def _open_data_dir() -> None:
    """Whoever knows a name in it can pass; the database, the keys, the packages and all the rest are closed. Executions
    and environments have rules of their own for what is in them. Looked at before each launch: whatever made a file
    there meanwhile need not know of accounts."""
    own = config()
    own.environments_dir.mkdir(mode=0o700, exist_ok=True)
    close_to_others(own.environments_dir, but=(ACCOUNTS, SPECS, INTERPRETERS))
    own.environments_dir.chmod(0o711)
    close_to_others(own.data_dir, but=(own.executions_dir.name, own.environments_dir.name))
    own.data_dir.chmod(0o711)
