"""Lists of what there is."""

from itertools import islice
from typing import Annotated, Any

import typer

from capsulier.cli.bodies import listed
from capsulier.cli.connection import connect
from capsulier.cli.options import Json
from capsulier.cli.output import Cell, print_json, print_table, say_aside
from capsulier.cli.standing import distance, job_status, last_run, took


def jobs(
    *,
    search: Annotated[str | None, typer.Option("--search", "-s", help="Only those with this in their name.")] = None,
    status: Annotated[
        str | None,
        typer.Option(
            help="Only those that are running, pending, queued, waiting, success, failed, killed or never; "
            "several with commas."
        ),
    ] = None,
    capsule: Annotated[str | None, typer.Option(help="Only those made in this capsule.")] = None,
    platform: Annotated[
        str | None, typer.Option(envvar="CAPSULIER_PLATFORM", help="Only those in this platform.", show_envvar=False)
    ] = None,
    deleted: Annotated[bool, typer.Option("--deleted", help="Those in the trash.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")] = None,
    as_json: Json = False,
) -> None:
    """List jobs."""
    found = connect().items(
        "jobs",
        search=search,
        status=listed(status),
        capsule=capsule,
        platform=platform,
        deleted=deleted or None,
        size=min(limit or 200, 200),
    )
    rows = list(islice(found, limit))
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Status", "Job", ">Id", "Capsule", "Last run", "Took", "Next run"),
        map(_row, rows),
        empty="No job matches."
        if search or status or capsule
        else "There are no jobs yet. `capsulier create` makes one.",
    )


def _row(job: dict[str, Any]) -> tuple[Cell | str, ...]:
    last = job["last_execution"]
    next_run = "paused" if job["schedule"] and job["schedule"]["paused"] else distance(job["next_fire_at"])
    return (
        job_status(job),
        job["name"],
        str(job["id"]),
        job["capsule"],
        last_run(last) if last else "",
        took(last) if last else "",
        next_run,
    )


def capsules(as_json: Json = False) -> None:
    """List the capsules that a job can be made in, and what of them is missing on the Manager's machine."""
    answer = connect().get("capsules")
    for broken in answer["broken"]:
        where = f"{broken['file']}, line {broken['line']}" if broken["line"] else broken["file"]
        say_aside(f"{where}: {broken['what']}")
    rows = answer["items"]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("Capsule", "Label", "Categories", "Package", "Runtimes", "Health", "Default command"),
        (
            (
                capsule["id"],
                capsule["label"],
                ", ".join(capsule["categories"]),
                _package_words(capsule["package"]),
                ", ".join(map(_runtime_words, capsule["runtimes"])),
                " ".join(capsule["health"]["missing"]) or "ready",
                capsule["command"],
            )
            for capsule in rows
        ),
        empty="There are no capsules.",
    )


def _runtime_words(runtime: dict[str, Any]) -> str:
    return str(runtime["id"]) + (" (deprecated)" if runtime["is_deprecated"] else "")


def _package_words(rule: dict[str, Any] | None) -> str:
    if rule is None:
        return "none"
    return (", ".join(rule["accepts"]) or "any file") + ("" if rule["required"] else ", if wanted")
