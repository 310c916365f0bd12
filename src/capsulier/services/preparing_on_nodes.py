"""The same as `preparing`, for a node of a cluster, where nothing of ours is: programs of ours travel with the launch,
environments are made in the home directory of whoever runs there, with the `uv` that the node has."""

import hashlib
import shlex
import sys
from pathlib import Path

import capsulier.capsules.make_environment as making
import capsulier.packages.unpack as unpacking
from capsulier.capsules.capsule import Capsule
from capsulier.capsules.finding import expand
from capsulier.capsules.runtimes import FoundRuntime
from capsulier.core.launch import PlacedFile, Step
from capsulier.services.environments import environment_spec
from capsulier.services.preparing import Prepared, capsule_steps, look_inside

_RUN = '"$CAPSULIER_PYTHON" -I -S "$CAPSULIER_TOOLS"'
_UNPACK, _MAKE, _SPEC = "packages/unpack.py", "capsules/make_environment.py", "environment.json"
"""Beside each other as in our own source: one starts the other."""
_ENVIRONMENTS = '"${XDG_CACHE_HOME:-$HOME/.cache}/capsulier/environments'


class OnNode:
    """What is prepared, what of ours it takes, and what the command's shell has to say first."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.tools: dict[str, str] = {}
        self.shell = ""


def prepare_on_node(capsule: Capsule, runtime: FoundRuntime | None, package: PlacedFile | None, asker: str) -> OnNode:
    """Raises a CapsulierError whose sentence says why it cannot be prepared. Runtimes are where they are here."""
    prepared = Prepared(package.name if package else None)
    on_node = OnNode(prepared)
    if package and capsule.package and capsule.package.is_unpacked(package.name):
        inside = look_inside(capsule, package.name, Path(package.source))
        prepared.file, prepared.folder = inside.file, inside.folder
        on_node.tools[_UNPACK] = Path(unpacking.__file__).read_text(encoding="utf-8")
        prepared.steps.append(Step(f"Unpack {package.name}", f"{_RUN}/{_UNPACK} {shlex.quote(package.name)} ."))
    directories = [shlex.quote(each) for each in (*(runtime.path if runtime else ()), *map(expand, capsule.path))]
    if capsule.environment is not None:
        interpreter = capsule.runtime("") if runtime and runtime.is_kernel else runtime
        python = interpreter.executable if interpreter else sys.executable
        spec = environment_spec(capsule.environment, python, package)
        if spec is None:
            directories.insert(0, shlex.quote(str(Path(python).parent)))
        else:
            directory = f'{_ENVIRONMENTS}/{hashlib.sha256(spec.encode()).hexdigest()[:32]}"'
            directories.insert(0, f"{directory}/env/bin")
            on_node.shell = f"VIRTUAL_ENV={directory}/env; export VIRTUAL_ENV\n"
            on_node.tools[_SPEC] = spec
            on_node.tools[_MAKE] = Path(making.__file__).read_text(encoding="utf-8")
            on_node.tools[_UNPACK] = Path(unpacking.__file__).read_text(encoding="utf-8")
            prepared.steps.append(Step("Make the Python environment", _make(directory, package, asker)))
    if directories:
        on_node.shell += f'PATH={":".join(directories)}:"$PATH"; export PATH\n'
    prepared.variables = {**(runtime.variables if runtime else {}), **capsule.variables}
    prepared.steps += [Step(each.label, on_node.shell + each.command) for each in capsule_steps(capsule, prepared.file)]
    return on_node


def _make(directory: str, package: PlacedFile | None, asker: str) -> str:
    name = shlex.quote(package.name if package else "")
    return (
        f"mkdir -p {directory} && uv=$(command -v uv) || {{ echo 'This node has no uv, which makes environments.'; "
        f'exit 69; }}\nexec {_RUN}/{_MAKE} {directory} "$CAPSULIER_TOOLS/{_SPEC}" {name} "$uv" {shlex.quote(asker)}'
    )
