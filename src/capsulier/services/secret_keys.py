"""The keys that secret values are sealed with: never in the database."""

import os
import secrets
from pathlib import Path

from capsulier.config import config, key_file
from capsulier.core.errors import CapsulierError
from capsulier.core.keys import check_key, key_of, split_keys

_FILE = "secrets_key"


class KeysDamaged(CapsulierError):
    code, title, status = "keys_damaged", "The key of the secrets cannot be used", 500


def secret_keys() -> tuple[str, ...]:
    """The current key, then those before it that values may still be sealed with. Read anew each time, so that every
    process goes by a rotation as soon as it has begun. Raises KeysDamaged."""
    keys = split_keys(config().secrets_key) or split_keys(key_file(_FILE, new_key))
    try:
        for key in keys:
            check_key(key)
    except ValueError as error:
        raise KeysDamaged(f"{keys_path()} holds no usable key. Bring it back from a backup.") from error
    if not keys:
        raise KeysDamaged(f"{keys_path()} is empty. Bring it back from a backup.")
    return tuple(keys)


def are_keys_given() -> bool:
    """Whether they come from the environment, where only who set them there can change them."""
    return bool(config().secrets_key)


def new_key() -> str:
    return key_of(secrets.token_bytes(32))


def write_keys(*keys: str) -> None:
    """Replace the file of keys in one step, which no pulled plug halves."""
    path = keys_path()
    draft = path.with_name(f"{_FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def keys_path() -> Path:
    return config().data_dir / _FILE
