"""`capsulier backup FILE`: back the installation up while it works."""

import argparse
import sys
from pathlib import Path

from capsulier.operations.setup import open_installation


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier backup", description=__doc__)
    parser.add_argument("file", type=Path, help="what to write; one that is there is replaced when all is written")
    parser.add_argument("--logs", action="store_true", help="the logs of all executions, too")
    parser.add_argument(
        "--without-secrets-key", action="store_true", help="not the key that secrets are sealed with: keep that apart"
    )
    arguments = parser.parse_args(argv)
    path: Path = arguments.file.resolve()
    if not path.parent.is_dir():
        print(f"capsulier: There is no directory {path.parent}.", file=sys.stderr)
        return 1
    open_installation()
    from capsulier.core.wording import size_in_words
    from capsulier.services.back_up import back_up

    try:
        done = back_up(path, with_logs=arguments.logs, with_secrets_key=not arguments.without_secrets_key)
    except OSError as error:
        print(f"capsulier: {path} could not be written: {error.strerror}. Nothing is left of it.", file=sys.stderr)
        return 1
    for name in done.missing:
        print(f"capsulier: The package “{name}” has no file and is not in the backup.", file=sys.stderr)
    logs = f", {done.logs:,} files of logs" if arguments.logs else ""
    print(f"{path}: {done.rows:,} rows, {done.packages:,} packages{logs}, {size_in_words(path.stat().st_size)}.")
    print("It holds the keys of this installation: keep it as safe as them.")
    return 0
