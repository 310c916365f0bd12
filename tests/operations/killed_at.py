"""A command that is killed (SIGKILL) at its first call of a function.

python -m tests.operations.killed_at capsulier.services.load_rows.set_marks db copy sqlite:///other.sqlite3
"""

import os
import signal
import sys
from importlib import import_module

from capsulier.operations import setup


def main(function: str, *argv: str) -> None:
    module, _, name = function.rpartition(".")
    set_up = setup.set_up_django

    def set_up_and_lie_in_wait() -> None:
        set_up()
        setattr(import_module(module), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))

    setup.set_up_django = set_up_and_lie_in_wait
    from capsulier.__main__ import main as run  # noqa: PLC0415 - commands take the function by its name

    sys.argv[1:] = argv
    run()


if __name__ == "__main__":
    main(*sys.argv[1:])
