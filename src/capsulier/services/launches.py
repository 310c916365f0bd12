"""Compiling the launch of a placed execution: everything that its engine will see of it."""

import os
import sys
from pathlib import Path
from typing import Any

from capsulier.capsules.shelf import get_capsule
from capsulier.clock import as_datetime
from capsulier.config import config
from capsulier.core.command import render_command
from capsulier.core.launch import Launch, Limits, PlacedFile
from capsulier.core.names import safe_file_name
from capsulier.ledger.statements import as_json
from capsulier.packages.storage import package_path

_INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER", "JAVA_HOME", "SPARK_HOME")
"""What a job gets of the server's environment: an allowlist, never all of it."""


def compile_launch(facts: Any) -> Launch:
    """Compile from a row of `ledger.placing.launch_facts`."""
    files = []
    if facts.sha256 is not None:
        name = safe_file_name(facts.package_name)
        files.append(PlacedFile(str(package_path(facts.sha256)), name, facts.sha256, facts.size_bytes))
    return Launch(
        execution_id=facts.id,
        placement=facts.placement,
        command=render_command(facts.command, files[0].name if files else None),
        environment=_environment(facts),
        files=tuple(files),
        limits=Limits(
            timeout_s=facts.timeout_s,
            memory_bytes=facts.memory_mb * 1_000_000 if facts.memory_mb else None,
            cpus=facts.cpus,
        ),
    )


def _environment(facts: Any) -> dict[str, str]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    capsule = get_capsule(facts.capsule, config().data_dir / "capsules")
    prepend = [str(Path(sys.executable).parent)] if capsule.id == "python" else []
    environment["PATH"] = ":".join([*prepend, environment.get("PATH", os.defpath)])
    environment |= {
        "CAPSULIER_JOB_ID": str(facts.job_id),
        "CAPSULIER_JOB_NAME": facts.job_name,
        "CAPSULIER_JOB_PLATFORM": facts.platform,
        "CAPSULIER_JOB_VERSION": str(facts.version),
        "CAPSULIER_JOB_EXECUTION": str(facts.number),
        "CAPSULIER_JOB_EXECUTION_ID": str(facts.id),
        "CAPSULIER_JOB_ATTEMPT": str(facts.attempt),
        "CAPSULIER_JOB_TRIGGER": facts.trigger,
    }
    if facts.due_us is not None:
        environment["CAPSULIER_JOB_DUE"] = as_datetime(facts.due_us).isoformat()
    variables: dict[str, str] = as_json(facts.variables)
    return environment | variables
