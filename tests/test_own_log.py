"""Our own log as JSON: what a collector of logs can take in, with the execution that a line is about."""

import json
import logging
import sys

from capsulier.own_log import JsonLines


def test_a_line_is_an_object_with_what_it_is_about() -> None:
    record = logging.LogRecord(
        "capsulier.conductor.clerk", logging.WARNING, __file__, 1, "Execution %d\nis odd.", (81,), None
    )
    record.execution_id = 81
    line = JsonLines().format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert told["message"] == "Execution 81\nis odd."
    assert (told["level"], told["logger"], told["execution_id"]) == ("warning", "capsulier.conductor.clerk", 81)
    assert told["at"].endswith("+00:00")
    assert "job_id" not in told


def test_a_traceback_stays_on_the_line() -> None:
    try:
        int("odd")
    except ValueError:
        record = logging.LogRecord("capsulier", logging.ERROR, __file__, 1, "Broken.", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError: invalid" in json.loads(line)["exception"]
