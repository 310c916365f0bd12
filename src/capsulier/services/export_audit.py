"""The audit trail as a file: CSV for a table, JSON lines for programs."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC
from enum import StrEnum
from typing import Any

from capsulier.store.models import Change

_COLUMNS = ("id", "at", "who", "via", "address", "agent", "platform", "subject", "name", "job", "verb")
_OBEYED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula."""


class ExportFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is ExportFormat.CSV else "application/jsonl"


def export_head(kind: ExportFormat) -> bytes:
    return _csv([[*_COLUMNS, "before", "after"]]) if kind is ExportFormat.CSV else b""


def export_changes(kind: ExportFormat, changes: Iterable[Change]) -> bytes:
    facts = [_facts(change) for change in changes]
    if kind is ExportFormat.CSV:
        return _csv([_harmless(value) for value in each.values()] for each in facts)
    return b"".join(f"{json.dumps(each, ensure_ascii=False)}\n".encode() for each in facts)


def _facts(change: Change) -> dict[str, Any]:
    values = (
        change.pk,
        change.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        change.who,
        change.via,
        change.address,
        change.agent,
        change.platform.name if change.platform else None,
        change.subject,
        change.name,
        change.job_id,
        change.verb,
    )
    return dict(zip(_COLUMNS, values, strict=True)) | {"before": change.before, "after": change.after}


def _harmless(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_OBEYED) else text


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
