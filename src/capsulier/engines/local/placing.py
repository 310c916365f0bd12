"""Making a placement's directory and putting its files there."""

import os
import shutil
from pathlib import Path
from secrets import token_hex

from capsulier.core.errors import CapsulierError
from capsulier.core.launch import Account, PlacedFile
from capsulier.engines.local.paths import WORK


class CannotPlace(CapsulierError):
    """A file of the launch cannot be put into the working directory; says why in a sentence."""


def make_directory(directory: str) -> bool:
    """Make the placement's directory with its working directory, for nobody else. False: it was there already."""
    # Plain calls on strings: two of them are most of what a submit of a quick command costs besides the spawn.
    try:
        os.mkdir(directory, 0o700)  # noqa: PTH102
    except FileNotFoundError:
        os.makedirs(os.path.dirname(directory), 0o700, exist_ok=True)  # noqa: PTH103, PTH120
        return make_directory(directory)
    except FileExistsError:
        os.makedirs(f"{directory}/{WORK}", exist_ok=True)  # noqa: PTH103
        return False
    os.mkdir(f"{directory}/{WORK}")  # noqa: PTH102
    return True


def place_files(directory: str, files: tuple[PlacedFile, ...], owner: Account | None = None) -> None:
    """Copy them into the working directory under their names, each complete at once and of this owner. Copies and never
    hard links: a program may write into its own. Stops where the placement has been claimed meanwhile; those files are
    in use."""
    for file in files:
        if Path(file.name).name != file.name:
            raise CannotPlace(f"“{file.name}” is not a name that a file can have in the working directory.")
        source = Path(file.source)
        partial = Path(directory, f"{token_hex(8)}.partial")
        try:
            shutil.copyfile(source, partial)
            if partial.stat().st_size != file.size_bytes:
                raise CannotPlace(
                    f"The stored file “{file.name}” has {source.stat().st_size} bytes instead of {file.size_bytes}: "
                    "it is damaged. Upload it again as a new version."
                )
            if Path(directory, "claim").exists():
                return
            if owner is not None:
                os.chown(partial, owner.uid, owner.gid)
            partial.replace(Path(directory, WORK, file.name))
        except FileNotFoundError as error:
            if source.exists():
                raise
            raise CannotPlace(f"The stored file “{file.name}” is no longer there.") from error
        finally:
            partial.unlink(missing_ok=True)
