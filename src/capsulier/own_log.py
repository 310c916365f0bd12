"""Capsulier's own log, on standard error: one line for each event, as text or as JSON (`CAPSULIER_LOG_FORMAT`).

What concerns an execution or a job is logged with `extra={"execution_id": 81}`. The supervisor uses this, too: standard
library only.
"""

import json
import logging
from datetime import UTC, datetime

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_SUBJECTS = ("execution_id", "job_id")


class JsonLines(logging.Formatter):
    """An object on a line: `at`, `level`, `logger`, `pid`, `message`; what it concerns; where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _SUBJECTS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
