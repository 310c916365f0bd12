"""Package files, there and back."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from capsulier.cli.connection import connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import JobName, Json, Platform
from capsulier.cli.output import print_json, say
from capsulier.cli.refusals import Unclear
from capsulier.cli.saving import save
from capsulier.cli.upload import upload_file
from capsulier.core.wording import size_in_words


def upload(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to upload.")],
    platform: Platform = "main",
    as_json: Json = False,
) -> None:
    """Upload a package, to be named by its id in create or upgrade within a day."""
    package = upload_file(connect(), file, platform)
    if as_json:
        print_json(package)
    else:
        say(f"Uploaded {package['name']}, {size_in_words(package['size_bytes'])}: package {package['id']}.")


def download(
    job: JobName,
    version: Annotated[int | None, typer.Argument(metavar="VERSION", min=1, help="Default: the current one.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Write over a file that exists.")] = False,
) -> None:
    """Download the package of a version."""
    connection = connect()
    found = find_job(connection, job)
    number = version or found["current_version"]
    told = connection.get(f"jobs/{found['id']}/versions/{number}")
    if told["package"] is None:
        raise Unclear(f"Version {number} of “{found['name']}” has no package.")
    path = f"jobs/{found['id']}/versions/{number}/package"
    if output == Path("-"):
        with connection.stream(path) as response:
            for chunk in response.iter_bytes():
                sys.stdout.buffer.write(chunk)
        return
    target = output or Path(told["package"]["name"])
    if target.is_dir():
        target /= told["package"]["name"]
    save(connection, path, target, force=force)
    say(f"Saved {target}.")
