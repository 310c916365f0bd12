"""Placeholders in a capsule's file: `{home}` and the like."""

import re
from collections.abc import Callable, Mapping

_NAMED = re.compile(r"(?<!\$)\{([a-z_]+)\}")
"""`${name}` is a variable of the shell's own."""


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put the values in. Other words in braces stay: a shell has uses for them."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), template)


def checked(*names: str) -> Callable[[str], str]:
    """A validator that refuses placeholders other than these."""

    def check(template: str) -> str:
        for name in _NAMED.findall(template):
            if name not in names:
                known = ", ".join(f"{{{each}}}" for each in names)
                raise ValueError(f"{{{name}}} means nothing here; there are {known}")
        return template

    return check
