"""A notebook to be looked at: its cells, and what they have put out. Nothing of it is run, and none of it is HTML."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from capsulier.logs.display import to_text

_COLOUR = re.compile("\x1b\\[[0-9;:]*m")
_LONGEST_OUTPUT = 100_000
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
"""Those that are shown, the best first."""
_TAG = re.compile(r"<[^>]*>")
_BY_NUMBERS = re.compile(r"(\d{1,6})\.(\d{1,6})")


class Image(NamedTuple):
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Output:
    text: str
    image: str = ""
    """Of an image: its place in the notebook, as `image_of` takes it."""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    kind: str
    """code, markdown, raw."""
    source: str
    count: int | None
    """Which in order it was run as; None: it was not."""
    outputs: Sequence[Output]
    is_error: bool
    """Written by papermill: where a cell has failed."""


@dataclass(frozen=True, slots=True)
class Notebook:
    cells: Sequence[Cell]
    kernel: str


def read_notebook(data: bytes) -> Notebook | None:
    """None: it is none, or half of one, as while it is being written."""
    said = _load(data)
    if said is None:
        return None
    cells = [_cell(number, each) for number, each in enumerate(said["cells"]) if isinstance(each, dict)]
    metadata = said.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    return Notebook(cells, _text(spec.get("display_name"))[:100] if isinstance(spec, dict) else "")


def image_of(data: bytes, place: str) -> Image | None:
    """The image that the output at this place is: "4.0" is the first output of the fifth cell."""
    numbers = _BY_NUMBERS.fullmatch(place)
    said = _load(data)
    if numbers is None or said is None:
        return None
    try:
        bundle = said["cells"][int(numbers[1])]["outputs"][int(numbers[2])]["data"]
        media_type = next(each for each in _IMAGES if each in bundle)
        content = _text(bundle[media_type])
        is_text = media_type == "image/svg+xml"
        return Image(media_type, content.encode() if is_text else base64.b64decode(content))
    except (LookupError, TypeError, StopIteration, binascii.Error):
        return None


def _load(data: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and isinstance(said.get("cells"), list) else None


def _cell(number: int, said: dict[str, Any]) -> Cell:
    kind, count, outputs = said.get("cell_type"), said.get("execution_count"), said.get("outputs")
    source, is_error = _text(said.get("source")), _is_papermills(said.get("metadata"))
    return Cell(
        kind=kind if isinstance(kind, str) else "raw",
        source=_TAG.sub("", source) if is_error else source,
        count=count if isinstance(count, int) else None,
        outputs=list(_outputs(number, outputs)) if isinstance(outputs, list) else [],
        is_error=is_error,
    )


def _is_papermills(metadata: Any) -> bool:
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and "papermill-error-cell-tag" in tags


def _outputs(cell: int, said: list[Any]) -> Iterator[Output]:
    for number, output in enumerate(said):
        match output:
            case {"output_type": "stream", "text": text}:
                yield Output(_plain(text), is_error=output.get("name") == "stderr")
            case {"output_type": "error"}:
                words = output.get("traceback") or [f"{output.get('ename')}: {output.get('evalue')}"]
                yield Output(_plain("\n".join(map(str, words)) if isinstance(words, list) else ""), is_error=True)
            case {"data": dict(bundle)}:
                has_image = any(each in bundle for each in _IMAGES)
                yield Output(_plain(bundle.get("text/plain")), image=f"{cell}.{number}" if has_image else "")


def _text(said: Any) -> str:
    """Long texts stand in notebooks as lists of lines."""
    if isinstance(said, list):
        return "".join(each for each in said if isinstance(each, str))
    return said if isinstance(said, str) else ""


def _plain(said: Any) -> str:
    """As a terminal would leave it, without colours."""
    text = _text(said).removesuffix("\n")
    cut = text[:_LONGEST_OUTPUT]
    shown = "\n".join(_COLOUR.sub("", to_text(line.encode(errors="replace"))) for line in cut.split("\n"))
    return f"{shown}\n… and {len(text) - len(cut):,} characters more" if len(cut) < len(text) else shown
