"""The file `engines.toml` of the data directory: the cluster, and what runs on it. Without it everything is local."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from capsulier.config import config
from capsulier.core.engine_choice import LOCAL, EngineRule
from capsulier.core.errors import CapsulierError
from capsulier.engines.slurm.settings import SlurmSettings

_NAME = "engines.toml"
_Word = Annotated[str, Field(pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*$", max_length=255)]
_Option = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.,:&|*\[\]()=/-]*$", max_length=255)]


class EnginesDamaged(CapsulierError):
    """Nothing is run by a half-understood file."""

    code, title, status = "engines_damaged", "The file engines.toml cannot be used", 500


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Options(_Strict):
    partition: _Option | None = None
    account: _Option | None = None
    qos: _Option | None = None
    constraint: _Option | None = None
    gres: _Option | None = None


class _Slurm(_Options):
    manager_url: _Word
    python: _Word | None = None
    directory: _Word | None = None
    memory_mb: Annotated[int, Field(ge=16, le=100_000_000)] | None = None
    poll_every_s: Annotated[float, Field(ge=0.2, le=60)] | None = None
    answer_within_s: Annotated[float, Field(ge=1, le=300)] | None = None

    @field_validator("manager_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write it as https://manager.example.org, as the nodes reach it")
        return url


class _Runs(_Options):
    engine: Literal["local", "slurm"]
    platform: _Word = "*"
    job: _Word = "*"


class _File(_Strict):
    slurm: _Slurm | None = None
    runs: list[_Runs] = []


class EngineSettings:
    """What the file says."""

    def __init__(self, slurm: SlurmSettings | None, rules: tuple[EngineRule, ...]) -> None:
        self.slurm = slurm
        self.rules = rules


@cache
def engine_settings() -> EngineSettings:
    """Of this installation, as they were at the start of the process. Raises EnginesDamaged."""
    return read_engine_settings(config().data_dir / _NAME)


def read_engine_settings(path: Path) -> EngineSettings:
    try:
        said = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return EngineSettings(None, ())
    except (OSError, ValueError) as error:
        raise EnginesDamaged(f"{path}: {_words(error)}") from error
    rules = [_rule(each) for each in said.runs]
    if said.slurm is None and any(rule.engine != LOCAL for rule in rules):
        raise EnginesDamaged(f"{path}: something is to run on Slurm, and there is no [slurm] that says where it is.")
    slurm = SlurmSettings(**said.slurm.model_dump(exclude_none=True)) if said.slurm else None
    return EngineSettings(slurm, tuple(rules))


def _rule(runs: _Runs) -> EngineRule:
    options: dict[str, Any] = runs.model_dump(exclude_none=True)
    return EngineRule(options.pop("engine"), options.pop("platform"), options.pop("job"), options)


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        each = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, each['loc']))}: {each['msg']}."
    return f"{error}."
