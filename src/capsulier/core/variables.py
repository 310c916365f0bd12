"""Variables: which names and values an execution can be handed as its environment, and who wins."""

import re
from collections.abc import Mapping

from capsulier.core.errors import Invalid

LONGEST_NAME = 255
LONGEST_VALUE_BYTES = 100_000
"""Linux hands a program at most 128 KiB in one string."""
MOST_BYTES = 500_000
"""Of a platform, of a job, and of those given for one run, each. Linux hands a program 2 MiB in all: a quarter of its
stack."""
MOST_VARIABLES = 500
SHORTEST_SECRET_BYTES = 4
"""What is shorter cannot be hidden in a log: a reader would see where it is not."""

OURS = "CAPSULIER_"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

_NEVER = {
    "PATH": "It decides which programs are found, those of the capsule too. Change it in the command: "
    "`export PATH=/opt/tool/bin:$PATH`.",
    **dict.fromkeys(
        ("_", "BASHOPTS", "BASH_ENV", "ENV", "IFS", "OLDPWD", "PS4", "PWD", "SHELLOPTS"),
        "The shell that runs the command goes by it.",
    ),
}
"""These names mean something to the shell around the command: a value that a person wrote would change what is run."""

_LOADERS = re.compile(
    r"(LD|DYLD|GIT|PIP|UV|DOCKER|NPM_CONFIG|BUNDLE)_.*"
    r"|HOME|SHELL|CLASSPATH|(JAVA|SPARK|HADOOP|R|GEM|CARGO)_(HOME|CONF_DIR|OPTS)|(_JAVA|NODE|MAVEN|GRADLE)_(OPTIONS|OPTS)"
    r"|(JAVA_TOOL|JDK_JAVA|SPARK_SUBMIT)_(OPTIONS|OPTS)|NODE_PATH|PERL5?(LIB|OPT)|RUBY(LIB|OPT)|LUA_(C?PATH|INIT)"
    r"|PYTHON(BREAKPOINT|HOME|PATH|STARTUP|USERBASE|WARNINGS)|R_(ENVIRON|LIBS|PROFILE)(_USER)?|(BASH|ZSH)_FUNC.*"
)


def check_variable(name: str, value: str, *, is_secret: bool = False) -> None:
    """Refuse what no execution could be handed. Raises Invalid, whose words never repeat the value."""
    check_variable_name(name)
    if "\0" in value:
        raise Invalid(f"The value of {name} has a NUL character in it.", field="value")
    if _HALF_CHARACTER.search(value):
        raise Invalid(f"The value of {name} has half a character in it: it is not valid Unicode.", field="value")
    if len(value.encode()) > LONGEST_VALUE_BYTES:
        raise Invalid(f"The value of {name} is larger than 100 kB. Put it into a file.", field="value")
    if is_secret and len(value.strip().encode()) < SHORTEST_SECRET_BYTES:
        raise Invalid(
            f"A secret value has at least {SHORTEST_SECRET_BYTES} characters: a shorter one cannot be hidden in logs.",
            field="value",
        )


def check_variable_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise Invalid(f"The name of a variable has at most {LONGEST_NAME} characters.", field="name")
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"“{name[:60]}” cannot be the name of a variable: letters, digits and _, not beginning with a digit.",
            field="name",
        )
    if name.upper().startswith(OURS):
        raise Invalid(f"Names that begin with {OURS} are Capsulier's own: choose another than {name}.", field="name")
    if why := _NEVER.get(name):
        raise Invalid(f"{name} cannot be set. {why}", field="name")


def check_together(values: Mapping[str, str]) -> None:
    """Those of one platform, of one job or of one run."""
    if len(values) > MOST_VARIABLES:
        raise Invalid(f"There are at most {MOST_VARIABLES} variables in one place.", field="variables")
    if sum(len(name) + len(value.encode(errors="replace")) for name, value in values.items()) > MOST_BYTES:
        raise Invalid("The variables are larger than 500 kB together. Put them into a file.", field="variables")


def decides_what_runs(name: str) -> bool:
    """Whether programs look there for code to load, or for where to get it. Who may run a job but not change it must
    not give these: that would be changing it."""
    return _LOADERS.fullmatch(name) is not None
