"""What the tests with real programs need on the machine, and telling by name what it would not give."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from uv import find_uv_bin

from capsulier.capsules.finding import is_found
from capsulier.config import config

NEVER_MISSING = {"bash", "python", "java-scala", "spark", "sql", "dbt", "notebook"}
_INSTALL = Path(__file__, "../../../.ci/install-debian").resolve()
_untested: dict[str, str] = {}


def need(capsule: str, program: str, debian_package: str) -> None:
    """See to it that this program is there; where it cannot be had, the test is left out by name, or fails if its
    capsule must be tested everywhere."""
    if is_found([program]):
        return
    subprocess.run([_INSTALL, debian_package, f"The tests of the {capsule} capsule"], check=False)
    if not is_found([program]):
        cannot_test(capsule, f"there is no {program}")


def cannot_test(capsule: str, why: str) -> None:
    if capsule in NEVER_MISSING:
        pytest.fail(f"The {capsule} capsule must be tested everywhere: {why}")
    _untested[capsule] = why
    pytest.skip(why)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for capsule, why in _untested.items():
        terminalreporter.write_line(f"The {capsule} capsule was not tested with its program: {why}")


@pytest.fixture(autouse=True)
def _as_a_server_that_has_just_started() -> None:
    """Its environment is read once; tests change theirs."""
    from capsulier.services import launches  # noqa: PLC0415 - this file is read before the settings of the tests are made

    launches._inherited.cache_clear()


@pytest.fixture(scope="session")
def javac() -> str:
    need("java-scala", "javac", "default-jdk-headless")
    return "javac"


@pytest.fixture(scope="session")
def pyspark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Spark as `pip install capsulier[spark]` brings it, in an environment of its own on PATH."""
    need("spark", "java", "default-jdk-headless")
    environment = tmp_path_factory.mktemp("spark") / "env"
    for command in (
        ["venv", "--quiet", environment],
        ["pip", "install", "--quiet", "--python", environment, "pyspark>=4"],
    ):
        subprocess.run([find_uv_bin(), *command], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{environment}/bin", prepend=":")
        patch.delenv("SPARK_HOME", raising=False)
        yield


@pytest.fixture
def own_capsule() -> Iterator[Path]:
    """The path of a capsule's file of one's own, to be written."""
    path = config().data_dir / "capsules" / "own.toml"
    path.parent.mkdir(exist_ok=True)
    yield path
    path.unlink(missing_ok=True)
