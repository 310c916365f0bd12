"""Names: of jobs, as people give them, and of package files, as a shell can take them."""

import re
import unicodedata
from collections.abc import Callable
from itertools import count
from pathlib import PurePosixPath

from capsulier.core.errors import Invalid

LONGEST_NAME = 255
LONGEST_KEY = 1020
"""Of a name's key, in characters: one ligature can be eighteen letters there."""
LONGEST_FILE_NAME = 200
LONGEST_PLATFORM_NAME = 63
_LONGEST_ENDING = 20
_UNSEEN = ("Cf", "Mn", "Zs")
_PLATFORM = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)
_COUNTED = re.compile(r" \((\d{1,6})\)$", re.ASCII)


def check_name(text: str) -> str:
    """The name without the space around it. Any language, direction and emoji are fine; control characters are not."""
    name = text.strip()
    if not name:
        raise Invalid("Give the job a name.", field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"A name has at most {LONGEST_NAME} characters; this one has {len(name):,}.", field="name")
    # Cs: half a character (a lone surrogate), which no database and no file can hold. Zl, Zp: they end a line, too.
    if bad := next((char for char in name if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")), None):
        raise Invalid(f"A name is one line without control characters; this one has U+{ord(bad):04X}.", field="name")
    if all(unicodedata.category(char) in _UNSEEN for char in name):
        raise Invalid("Nothing of this name can be seen. Give the job another.", field="name")
    if len(name_key(name)) > LONGEST_KEY:
        raise Invalid("This name is too long once its ligatures are written out.", field="name")
    return name


def name_key(name: str) -> str:
    """Equal for two names that differ only in case, in the space around them or in how Unicode spells them: names are
    unique by this key."""
    folded = unicodedata.normalize("NFKC", name.strip()).casefold()
    # Folding can leave a spelling that NFKC would change again, and NFKC makes a space of its own of a lone accent.
    return unicodedata.normalize("NFKC", folded).casefold().strip()


def check_platform_name(text: str) -> str:
    """The name of a platform, as it stands in addresses and on command lines."""
    name = text.strip()
    if not _PLATFORM.fullmatch(name):
        raise Invalid(
            "A platform's name is made of small letters, digits and -, begins with a letter, "
            f"and has at most {LONGEST_PLATFORM_NAME} characters.",
            field="name",
        )
    return name


def with_suffix(name: str, is_taken: Callable[[str], bool]) -> str:
    """The name itself, or else the first of "name (2)", "name (3)"… that is not taken."""
    if not is_taken(name):
        return name
    stem = _COUNTED.sub("", name)
    suffixes = (f" ({number})" for number in count(2))
    candidates = (stem[: LONGEST_NAME - len(suffix)].rstrip() + suffix for suffix in suffixes)
    return next(candidate for candidate in candidates if not is_taken(candidate))


def safe_file_name(name: str) -> str:
    """A package's file name with only `[A-Za-z0-9._-]` in it: the same word to every shell, never an option, never a
    folder. Its ending stays, for the programs that go by it."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    if not safe.strip("."):
        return "package"
    if safe.startswith("-"):
        safe = f"_{safe[1:]}"
    if len(safe) <= LONGEST_FILE_NAME:
        return safe
    ending = "".join(PurePosixPath(safe).suffixes[-2:])
    if len(ending) > _LONGEST_ENDING:
        ending = PurePosixPath(safe).suffix[-_LONGEST_ENDING:]
    return safe[: LONGEST_FILE_NAME - len(ending)] + ending
