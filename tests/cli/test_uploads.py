"""Large packages: streamed, never whole in memory, refused with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Capsulier
from tests.servers import Server


def file_of(path: Path, size_bytes: int) -> Path:
    """As large as that, and taking no room on the disk."""
    path.touch()
    os.truncate(path, size_bytes)
    return path


def test_a_large_package_is_never_whole_in_memory(server: Server, tmp_path: Path) -> None:
    large = file_of(tmp_path / "large.zip", 149_000_000)
    code = (
        f"import sys; sys.argv = ['capsulier', 'upload', {str(large)!r}]\n"
        "from capsulier.__main__ import main; code = main()\n"
        "print(code, *(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=server.environment, check=True, capture_output=True, text=True
    )
    exit_code, peak_kb = map(int, ended.stdout.splitlines()[-1].split())
    assert exit_code == 0
    assert peak_kb < 60_000


def test_one_that_is_too_large_is_refused_with_a_sentence(capsulier: Capsulier, tmp_path: Path) -> None:
    refused = capsulier("upload", file_of(tmp_path / "too large.zip", 151_000_000))
    assert refused.code == 1
    assert refused.refused.count("\n") == 1
    assert "large" in refused.refused
