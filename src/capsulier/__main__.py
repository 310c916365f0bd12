"""The command `capsulier`. What belongs to the server starts without the command line's libraries."""

import sys
from importlib import import_module

OPERATIONS = {
    "serve": "Start the Manager on this machine: web and conductor over one data directory.",
    "web": "Start the web process alone.",
    "conductor": "Start a conductor alone; one leads, others stand by.",
    "migrate": "Bring the database's tables up to date.",
    "doctor": "Look for what is wrong, and repair it when asked.",
    "backup": "Back the installation up, while it works.",
    "restore": "Make an installation of a backup.",
    "db": "Move the installation into another database.",
    "login-link": "Print a link that signs in once.",
    "password": "Set somebody's password.",
    "secrets": "Seal all secrets with a new key.",
    "forget-trail": "Remove what is too old from the audit trail.",
    "demo": "Fill an empty installation with jobs to look at, or to measure with.",
}
"""Command → what it does. Each is `main(argv)` of the module of its name in `capsulier.operations`."""


def main() -> int:
    # Before any import of Typer: `serve` is a supervisor that stays in memory and uses the standard library only.
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"capsulier {version('capsulier')}\n")
        return 0
    if arguments and arguments[0] in OPERATIONS:
        return operate(arguments[0], arguments[1:])
    from capsulier.cli.app import run  # noqa: PLC0415

    return run(arguments, OPERATIONS, operate)


def operate(command: str, arguments: list[str]) -> int:
    module = import_module(f"capsulier.operations.{command.replace('-', '_')}")
    code: int = module.main(arguments)
    return code


if __name__ == "__main__":
    sys.exit(main())
