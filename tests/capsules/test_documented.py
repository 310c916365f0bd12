"""docs/capsules.md says what there is, and its example works."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from capsulier.capsules import rules
from capsulier.capsules.capsule import Capsule
from capsulier.capsules.shelf import broken_capsules, capsules
from capsulier.config import config
from capsulier.services.launches import compile_launch
from tests.capsules.running import facts_of, run

PAGE = Path(__file__, "../../../docs/capsules.md").resolve().read_text(encoding="utf-8")
EXAMPLE, SCRIPT = (re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[0] for kind in ("toml", "python"))


@pytest.fixture
def example() -> Iterator[None]:
    directory = config().data_dir / "capsules"
    directory.mkdir(exist_ok=True)
    files = {"duckdb.toml": EXAMPLE, "show_query.py": SCRIPT}
    for name, text in files.items():
        (directory / name).write_text(text)
    yield
    for name in files:
        (directory / name).unlink()


def test_every_key_is_explained() -> None:
    parts = [part for part in vars(rules).values() if isinstance(part, type) and issubclass(part, rules.Part)]
    for part in (Capsule, *parts):
        for name, field in part.model_fields.items():
            key = field.alias or name
            assert re.search(rf"`(\[+)?{key}(\]+)?`", PAGE), f"{part.__name__}.{key}"


def test_every_variable_that_a_job_gets_is_explained() -> None:
    environment = compile_launch(facts_of("bash", "true", due_us=1)).environment
    told = {name for name in environment if name.startswith("CAPSULIER_JOB_")}
    assert told == set(re.findall(r"`(CAPSULIER_JOB_[A-Z_]+)`", PAGE))


@pytest.mark.usefixtures("example")
def test_the_example_is_a_capsule() -> None:
    assert broken_capsules(config().data_dir / "capsules") == ()
    example = capsules(config().data_dir / "capsules")["duckdb"]
    assert example.resources.memory_mb == 2000


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("example")
def test_the_example_works() -> None:
    ran = run("duckdb", None, ("answer.sql", b"SELECT 6 * 7 AS answer"), within_s=240).succeeded()
    assert "42" in ran.out
    assert (ran.work / "shop.db").exists()


def test_the_second_example_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "cluster.toml").write_text(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1])
    assert broken_capsules(tmp_path) == ()
    assert capsules(tmp_path)["spark-cluster"].settings["spark.executor.memory"] == "4g"
