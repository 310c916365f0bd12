"""The next version of a job."""

from typing import Annotated

import typer

from capsulier.cli.bodies import given, version_body
from capsulier.cli.connection import connect
from capsulier.cli.named_job import find_job
from capsulier.cli.options import (
    Command,
    Cpus,
    JobName,
    Json,
    MemoryMb,
    Note,
    PackageFile,
    PackageId,
    Runtime,
    Timeout,
)
from capsulier.cli.output import print_json, say
from capsulier.cli.upload import package_id_of


def upgrade(
    job: JobName,
    *,
    command: Command = None,
    package: PackageFile = None,
    package_id: PackageId = None,
    no_package: Annotated[bool, typer.Option("--no-package", help="The new version has no package.")] = False,
    runtime: Runtime = None,
    note: Note = None,
    timeout: Timeout = None,
    memory_mb: MemoryMb = None,
    cpus: Cpus = None,
    as_json: Json = False,
) -> None:
    """Add a version and make it current. What is not given stays as in the current one."""
    if no_package and (package or package_id):
        raise typer.BadParameter("Give either a package or --no-package.")
    body = version_body(command=command, runtime=runtime, note=note, timeout=timeout, memory_mb=memory_mb, cpus=cpus)
    connection = connect()
    found = find_job(connection, job)
    if no_package:
        body["package"] = None
    else:
        body |= given(package=package_id_of(connection, package, package_id, found["platform"]))
    version = connection.send("POST", f"jobs/{found['id']}/versions", body)
    if as_json:
        print_json(version)
    else:
        say(f"Version {version['number']} of “{found['name']}” is the current one.")
