"""How far a running program says it is, and what it has made: it writes `{"progress": 0.4, "note": "…", "outputs": {}}`
into the file that CAPSULIER_JOB_PROGRESS names."""

import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capsulier.engines.local.paths import WORK
from capsulier.logs.mask import Masker
from capsulier.services.execution_files import execution_directory
from capsulier.services.masking import mask_text, masker_of
from capsulier.services.sealing import SecretUnreadable
from capsulier.store.models import Execution

_LARGEST_BYTES = 64_000
_LONGEST_NOTE = 500
_MOST_OUTPUTS = 100
_LONGEST_OUTPUT = 2_000

Output = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Progress:
    value: float | None
    """From 0 to 1; None where only a note was written."""
    note: str = ""
    outputs: dict[str, Output] = field(default_factory=dict)
    at_us: int = 0
    """When it was written."""

    def left_us(self, started_us: int) -> int | None:
        """How long it will take yet, if it goes on as it has until it told. None: nobody can say."""
        if not self.value or self.at_us <= started_us:
            return None
        return round((self.at_us - started_us) * (1 - self.value) / self.value)


def progress_path(execution_id: int, placement: int) -> Path:
    """In the working directory, so that it is there in a container, too."""
    return execution_directory(execution_id, placement) / f"{WORK}/.progress.json"


def read_progress(execution: Execution) -> Progress | None:
    """What it told last, secret values masked; None: nothing, or nothing that can be read, such as half of it. The file
    is the program's: whatever stands in it, it is no error of ours."""
    path = progress_path(execution.pk, execution.placement)
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        said = os.read(file, _LARGEST_BYTES + 1)
        at_us = os.fstat(file).st_mtime_ns // 1000
    except OSError:
        return None
    finally:
        os.close(file)
    if len(said) > _LARGEST_BYTES:
        return None
    try:
        told = json.loads(said)
        masker = masker_of(execution) if isinstance(told, dict) else None
    except (ValueError, RecursionError, SecretUnreadable):
        return None
    return _read(told, at_us, masker) if isinstance(told, dict) else None


def _read(told: dict[str, Any], at_us: int, masker: Masker | None) -> Progress:
    value, note, outputs = told.get("progress"), told.get("note"), told.get("outputs")
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return Progress(
        value=min(1.0, max(0.0, float(value))) if is_number and value is not None else None,
        note=" ".join(mask_text(masker, note).split())[:_LONGEST_NOTE] if isinstance(note, str) else "",
        outputs=_outputs(outputs, masker) if isinstance(outputs, dict) else {},
        at_us=at_us,
    )


def _outputs(told: dict[str, Any], masker: Masker | None) -> dict[str, Output]:
    plain = {name: value for name, value in told.items() if value is None or isinstance(value, str | int | float)}
    return {mask_text(masker, name): _output(value, masker) for name, value in list(plain.items())[:_MOST_OUTPUTS]}


def _output(value: Output, masker: Masker | None) -> Output:
    """A number with a secret one in it becomes the text that can be shown of it."""
    if value is None or isinstance(value, bool):
        return value
    shown = mask_text(masker, str(value))[:_LONGEST_OUTPUT]
    return value if not isinstance(value, str) and shown == str(value) else shown
