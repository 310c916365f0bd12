"""papermill, in the kernel that the job's runtime names.

Where it names none, a notebook runs in the kernel that it was written in; one of Python whose kernel is not on this
machine, as those of people's own environments are, runs in the interpreter of the job's runtime.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from papermill.cli import papermill


def kernel_for(notebook: str) -> str | None:
    """None: the notebook's own."""
    if named := os.environ.get("CAPSULIER_KERNEL"):
        return named
    try:
        metadata = json.loads(Path(notebook).read_text(encoding="utf-8"))["metadata"]
        written_in, language = table(metadata, "kernelspec"), table(metadata, "language_info")
    except (OSError, ValueError, LookupError, TypeError):
        return None  # papermill says it better
    if str(written_in.get("name")).lower() in KernelSpecManager().find_kernel_specs():
        return None
    spoken = written_in.get("language") or language.get("name") or "python"
    return "python3" if str(spoken).lower() == "python" else None


def table(metadata: dict[str, Any], key: str) -> dict[str, Any]:
    found = metadata.get(key)
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    notebook = next((each for each in sys.argv[1:] if each.endswith(".ipynb")), "")
    if kernel := kernel_for(notebook):
        sys.argv[1:1] = ["--kernel", kernel]  # a --kernel of the command comes later, and counts
    papermill()
