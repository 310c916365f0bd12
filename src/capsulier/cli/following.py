"""Being there while an execution goes on: its logs as they are written, and its end."""

import base64
import json
import sys
import time
from threading import Thread
from typing import Any, BinaryIO

from capsulier.cli.connection import Connection
from capsulier.cli.refusals import NoServer
from capsulier.cli.sse import read_events

_PATIENCE_S = 60.0
"""The Manager may be restarted meanwhile: its executions go on, and so do we."""
_TRY_AGAIN_S = 0.5

Execution = dict[str, Any]


def follow_both(connection: Connection, execution_id: int, tail: int | None = None) -> Execution:
    """Write both logs as they come, each to the standard stream of its name, until the execution has ended."""
    troubles: list[Exception] = []

    def follow_stderr() -> None:
        try:
            follow_log(connection, execution_id, "stderr", sys.stderr.buffer, tail)
        except Exception as error:  # raised again by whoever waits for it
            troubles.append(error)

    beside = Thread(target=follow_stderr, daemon=True)
    beside.start()
    ended = follow_log(connection, execution_id, "stdout", sys.stdout.buffer, tail)
    beside.join()
    if troubles:
        raise troubles[0]
    return ended


def wait_for_end(connection: Connection, execution_id: int) -> Execution:
    """The execution, once it has ended. The stream of its shortest log tells."""
    return follow_log(connection, execution_id, "setup", None)


def follow_log(
    connection: Connection, execution_id: int, log: str, to: BinaryIO | None, tail: int | None = None
) -> Execution:
    """Write one log, byte for byte as the program wrote it, until the execution has ended; the execution.

    From its beginning, or from its last `tail` lines on. Goes on where it was when the Manager is restarted meanwhile.
    """
    offset: int | None = None
    lost_at: float | None = None
    while True:
        where = {"tail": tail} if offset is None else {"offset": offset}
        try:
            with connection.stream(f"executions/{execution_id}/logs/{log}/follow", **where) as response:
                for event in read_events(response.iter_lines()):
                    lost_at = None
                    told: dict[str, Any] = json.loads(event.data)
                    if event.name == "end":
                        return told
                    data = base64.b64decode(told["data"])
                    offset = told["offset"] + len(data)
                    if to is not None:
                        to.write(data)
                        to.flush()
        except NoServer:
            lost_at = lost_at or time.monotonic()
            if time.monotonic() - lost_at > _PATIENCE_S:
                raise
        time.sleep(_TRY_AGAIN_S)
