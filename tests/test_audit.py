"""`make audit` fails for a known hole and for nothing else. The programs that ask are stood in for."""

from pathlib import Path

import pytest

from tests import audit

CLEAN = "exit 0"
FOUND = "echo 'GHSA-1 in django' && exit 1"


@pytest.mark.parametrize(
    ("uv", "npm", "code"),
    [
        (CLEAN, CLEAN, 0),
        (FOUND, CLEAN, 1),
        (CLEAN, FOUND, 1),
        ("echo 'error: dns error' >&2; exit 2", CLEAN, 0),
        (CLEAN, "echo 'npm error audit endpoint returned an error' >&2; exit 1", 0),
    ],
)
def test_a_hole_fails_and_no_answer_does_not(
    uv: str, npm: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, audited in (("uv", uv), ("npm", npm)):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\ncase "$1" in audit) {audited} ;; esac\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert audit.main() == code
