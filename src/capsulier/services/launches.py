"""Compiling the launch of a placed execution: everything that its engine will see of it."""

import os
import shlex
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from capsulier.capsules.capsule import Capsule
from capsulier.capsules.runtimes import FoundRuntime
from capsulier.capsules.shelf import get_capsule
from capsulier.capsules.templates import fill
from capsulier.clock import as_datetime
from capsulier.config import config
from capsulier.core.command import render_command
from capsulier.core.engine_choice import LOCAL, EngineRule
from capsulier.core.errors import Invalid
from capsulier.core.launch import Account, Launch, Limits, PlacedFile, launch_name
from capsulier.core.names import safe_file_name
from capsulier.packages.storage import package_path
from capsulier.services.accounts import account_of
from capsulier.services.capsule_health import runtime_for
from capsulier.services.drafts import LARGEST_NUMBER
from capsulier.services.preparing import Prepared, prepare, variables_of_server
from capsulier.services.preparing_on_nodes import prepare_on_node
from capsulier.services.progress import progress_path

_INHERITED = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER", "JAVA_HOME", "SPARK_HOME"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)
"""What a job gets of the server's environment: an allowlist, never all of it. A capsule's `inherit` adds to it."""

_OF_THE_SERVER = ("HOME", "LOGNAME", "SHELL", "TMPDIR", "USER")
"""Of these, what tells of the server's own user: a job that runs as another account gets that one's."""

_OF_THE_NODE = ("SLURM_*", "CUDA_VISIBLE_DEVICES", "XDG_CACHE_HOME")
"""What a cluster tells its jobs, beside the same allowlist."""

_HERE = EngineRule(LOCAL)
_NONE: Mapping[str, str] = MappingProxyType({})


def compile_launch(facts: Any, variables: Mapping[str, str] = _NONE, rule: EngineRule = _HERE) -> Launch:
    """Compile from a row of `ledger.placing.launch_facts`, with the variables that the execution is given, for the
    engine that a rule has chosen. Raises a CapsulierError that says what is missing."""
    if rule.engine != LOCAL:
        return _compile_for_node(facts, variables, rule)
    capsule = get_capsule(facts.capsule, config().data_dir / "capsules")
    runtime = runtime_for(capsule, facts.runtime)
    files = _files(facts)
    account = account_of(facts.run_as) if facts.run_as else None
    asker = launch_name(facts.id, facts.placement)
    prepared = prepare(capsule, runtime, files[0] if files else None, asker, account)
    return Launch(
        execution_id=facts.id,
        placement=facts.placement,
        command=_command(facts, capsule, runtime, prepared, variables),
        environment=_environment(facts, capsule, prepared, variables, account),
        files=files,
        steps=tuple(prepared.steps),
        limits=_limits(facts),
        run_as=account,
    )


def _compile_for_node(facts: Any, variables: Mapping[str, str], rule: EngineRule) -> Launch:
    """For another machine: what is of its own there (PATH, HOME) comes from there."""
    if facts.run_as:
        words = "which goes on the Manager's own machine only"
        raise Invalid(f"The jobs of this platform run as the account “{facts.run_as}”, {words}.")
    capsule = get_capsule(facts.capsule, config().data_dir / "capsules")
    runtime = runtime_for(capsule, facts.runtime)
    files = _files(facts)
    on_node = prepare_on_node(capsule, runtime, files[0] if files else None, launch_name(facts.id, facts.placement))
    return Launch(
        execution_id=facts.id,
        placement=facts.placement,
        command=on_node.shell + _command(facts, capsule, runtime, on_node.prepared, variables),
        environment={**on_node.prepared.variables, **_facts(facts), **variables},
        files=files,
        steps=tuple(on_node.prepared.steps),
        limits=_limits(facts),
        options=dict(rule.options),
        inherits=(*_INHERITED, *_OF_THE_NODE, *capsule.inherit),
        tools=on_node.tools,
    )


def known_launch(facts: Any) -> Launch:
    """What an engine must know of one that was handed to it before, in order to find and to judge it. A capsule that
    has lost its tool since then, or is gone, ends nothing."""
    return Launch(facts.id, facts.placement, command="", environment={}, limits=_limits(facts))


def _files(facts: Any) -> tuple[PlacedFile, ...]:
    if facts.sha256 is None:
        return ()
    source = str(package_path(facts.sha256))
    return (PlacedFile(source, safe_file_name(facts.package_name), facts.sha256, facts.size_bytes),)


def _limits(facts: Any) -> Limits:
    return Limits(
        timeout_s=facts.timeout_s,
        memory_bytes=facts.memory_mb * 1_000_000 if facts.memory_mb else None,
        cpus=facts.cpus,
        log_bytes=min(config().max_log_bytes, (facts.max_log_mb or LARGEST_NUMBER) * 1_000_000),
    )


def _command(
    facts: Any, capsule: Capsule, runtime: FoundRuntime | None, prepared: Prepared, variables: Mapping[str, str]
) -> str:
    values = {"command": render_command(facts.command, prepared.file)}
    if runtime is not None:
        values["executable"] = shlex.quote(runtime.executable)
    if "{variables}" in capsule.run:
        names = [*_facts(facts), *variables]
        values["variables"] = " ".join(f"--env {shlex.quote(name)}" for name in names)
    enter = f"cd {shlex.quote(prepared.folder)} || exit\n" if prepared.folder else ""
    return enter + fill(capsule.run, values)


def _environment(
    facts: Any, capsule: Capsule, prepared: Prepared, variables: Mapping[str, str], account: Account | None
) -> dict[str, str]:
    environment = _inherited(capsule.inherit)
    if account is not None:
        environment = {name: text for name, text in environment.items() if name not in _OF_THE_SERVER}
        environment |= {"HOME": account.home, "LOGNAME": account.name, "SHELL": account.shell, "USER": account.name}
    environment = environment | prepared.variables
    environment["PATH"] = ":".join([*prepared.path, environment.get("PATH", os.defpath)])
    return {**environment, **_facts(facts), **variables}


@cache
def _inherited(patterns: tuple[str, ...]) -> dict[str, str]:
    """Once per capsule: the server's environment does not change, and reading all of it took a third of a turn."""
    named = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return named | variables_of_server(patterns, os.environ)


def _facts(facts: Any) -> dict[str, str]:
    """What a job may know of itself."""
    told = {
        "CAPSULIER_JOB_ID": str(facts.job_id),
        "CAPSULIER_JOB_NAME": facts.job_name,
        "CAPSULIER_JOB_PLATFORM": facts.platform,
        "CAPSULIER_JOB_VERSION": str(facts.version),
        "CAPSULIER_JOB_EXECUTION": str(facts.number),
        "CAPSULIER_JOB_EXECUTION_ID": str(facts.id),
        "CAPSULIER_JOB_ATTEMPT": str(facts.attempt),
        "CAPSULIER_JOB_TRIGGER": facts.trigger,
        "CAPSULIER_JOB_PROGRESS": str(progress_path(facts.id, facts.placement)),
    }
    if facts.due_us is not None:
        told["CAPSULIER_JOB_DUE"] = as_datetime(facts.due_us).isoformat()
    return told
