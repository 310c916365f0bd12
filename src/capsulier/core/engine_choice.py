"""Which engine an execution is handed to: the first rule that fits its platform and its job, or else the local one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class EngineRule:
    """`*` and `?` stand for any letters, as in the names of files."""

    engine: str
    platform: str = "*"
    job: str = "*"
    options: Mapping[str, str] = field(default_factory=dict)
    """In the engine's own words, for the executions that this rule is for: a partition, an account."""

    def fits(self, platform: str, job: str) -> bool:
        return fnmatchcase(platform, self.platform) and fnmatchcase(job, self.job)


def choose_engine(rules: Iterable[EngineRule], platform: str, job: str) -> EngineRule:
    return next((rule for rule in rules if rule.fits(platform, job)), EngineRule(LOCAL))
