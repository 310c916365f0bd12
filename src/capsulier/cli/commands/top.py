"""What runs and what waits, live."""

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capsulier.cli.connection import Connection, connect
from capsulier.cli.live import News, keys
from capsulier.cli.options import Json
from capsulier.cli.output import Cell, on_one_line, print_json, print_line, print_table
from capsulier.cli.refusals import NoServer
from capsulier.cli.standing import distance, status_icon, took
from capsulier.core.states import Status
from capsulier.core.wording import duration_in_words

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST = 100
"""Executions asked for of each kind; a terminal shows fewer."""
_LONGEST_WORDS = 60
_DRAW_EVERY_S = 0.5
_LOOK_ANYWAY_S = 2.0
"""How far a program is comes with no event."""
_HEADINGS = ("State", "Job", ">Run", "Took", "How far", "Left", ">Id")
_COUNTS = (
    ("running", Status.RUNNING),
    ("pending", Status.PENDING),
    ("queued", Status.QUEUED),
    ("successes", Status.SUCCESS),
    ("failures", Status.FAILED),
    ("kills", Status.KILLED),
)


@dataclass(frozen=True, slots=True)
class _Seen:
    totals: list[dict[str, Any]]
    at_work: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    trouble: str = ""

    def count(self, name: str) -> int:
        return sum(each[name] for each in self.totals)


def top(
    platform: Annotated[str | None, typer.Option(help="Only this platform. Default: all that you may see.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Show it once and end, as without a terminal.")] = False,
    as_json: Json = False,
) -> None:
    """Watch what runs and what waits, and how many ended how. q or Ctrl-C ends it."""
    connection = connect()
    seen = _look(connection, platform)
    if as_json:
        print_json({"totals": seen.totals, "at_work": seen.at_work, "queued": seen.waiting})
    elif once or not sys.stdout.isatty():
        print_line("", Cell("   ".join(cell.text for cell in _counters(seen))))
        print_table(_HEADINGS, [_row(each) for each in (*seen.at_work, *seen.waiting)], empty="Nothing runs or waits.")
    else:
        _watch(connection, platform, seen)


def _watch(connection: Connection, platform: str | None, seen: _Seen) -> None:
    from rich.console import Console  # noqa: PLC0415  # 0.1 s, for terminals only
    from rich.live import Live  # noqa: PLC0415

    console = Console(highlight=False)
    news, looked_at = News(connection, platform), time.monotonic()
    with keys() as typed, Live(console=console, screen=True, auto_refresh=False, transient=True) as live:
        try:
            while True:
                live.update(_draw(seen, console.height), refresh=True)
                if typed.is_over(_DRAW_EVERY_S):
                    return
                if news.take() or time.monotonic() - looked_at > _LOOK_ANYWAY_S:
                    seen, looked_at = _look_again(connection, platform, seen), time.monotonic()
        except KeyboardInterrupt:
            return


def _look(connection: Connection, platform: str | None) -> _Seen:
    def list_of(*states: str) -> list[dict[str, Any]]:
        query = {"platform": platform, "state": states, "order": "oldest", "size": _MOST}
        found: list[dict[str, Any]] = connection.get("executions", **query)["items"]
        return found

    return _Seen(connection.get("totals", platform=platform), list_of("running", "pending"), list_of("queued"))


def _look_again(connection: Connection, platform: str | None, before: _Seen) -> _Seen:
    """What was seen before stays while the Manager is away."""
    try:
        return _look(connection, platform)
    except NoServer as away:
        return _Seen(before.totals, before.at_work, before.waiting, trouble=away.sentence)


def _draw(seen: _Seen, height: int) -> "RenderableType":
    from rich.console import Group  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    head = Text("   ").join(Text(cell.text, cell.style) for cell in _counters(seen))
    table = Table(box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in _HEADINGS:
        table.add_column(
            heading.lstrip(">"),
            justify="right" if heading.startswith(">") else "left",
            ratio=1 if heading == "Job" else None,
            no_wrap=True,
            overflow="ellipsis",
        )
    shown = [*seen.at_work, *seen.waiting][: max(1, height - 5)]
    for execution in shown:
        cells = (each if isinstance(each, Cell) else Cell(each) for each in _row(execution))
        table.add_row(*(Text(on_one_line(cell.text), cell.style) for cell in cells))
    left_out = seen.count("running") + seen.count("pending") + seen.count("queued") - len(shown)
    foot = f"and {left_out:,} more   q ends" if left_out > 0 else "q ends"
    trouble = Text(on_one_line(seen.trouble), "red")
    nothing = Text("Nothing runs or waits.", "dim")
    return Group(head, trouble, table if shown else nothing, Text(foot, "dim"))


def _counters(seen: _Seen) -> list[Cell]:
    cells = []
    for name, status in _COUNTS:
        icon, style = status_icon(status)
        cells.append(Cell(f"{icon} {seen.count(name):,} {status.label.lower()}", style))
    return cells


def _row(execution: dict[str, Any]) -> tuple[Cell | str, ...]:
    icon, style = status_icon(status := Status(execution["state"]))
    left_s = (execution["progress"] or {}).get("left_s")
    return (
        Cell(f"{icon} {status.label}", style),
        execution["job"],
        f"#{execution['number']}",
        took(execution) or f"queued {distance(execution['queued_at'])}",
        _how_far(execution)[:_LONGEST_WORDS],
        "" if left_s is None else duration_in_words(left_s),
        str(execution["id"]),
    )


def _how_far(execution: dict[str, Any]) -> str:
    """What a running program says of itself; why one has not begun."""
    if waits := execution["waits"]:
        return str(waits["words"])
    progress = execution["progress"] or {"progress": None, "note": ""}
    part = "" if progress["progress"] is None else _bar(progress["progress"])
    return f"{part} {progress['note']}".strip()


def _bar(part: float, width: int = 10) -> str:
    """ "━━━━────── 40 %"."""
    full = round(part * width)
    return f"{'━' * full}{'─' * (width - full)} {part:.0%}".replace("%", " %")
