"""The file `engines.toml`."""

from pathlib import Path

import pytest

from capsulier.services.engine_settings import EnginesDamaged, read_engine_settings

GOOD = """
[slurm]
manager_url = "https://manager.example.org"
partition = "batch"

[[runs]]
platform = "science"
engine = "slurm"
gres = "gpu:1"
"""


def test_without_the_file_everything_is_local(tmp_path: Path) -> None:
    settings = read_engine_settings(tmp_path / "engines.toml")
    assert (settings.slurm, settings.rules) == (None, ())


def test_it_says_where_the_cluster_is_and_what_runs_there(tmp_path: Path) -> None:
    file = tmp_path / "engines.toml"
    file.write_text(GOOD)
    settings = read_engine_settings(file)
    assert settings.slurm is not None
    assert (settings.slurm.partition, settings.slurm.memory_mb) == ("batch", 1024)
    [rule] = settings.rules
    assert (rule.engine, rule.platform, rule.job, rule.options) == ("slurm", "science", "*", {"gres": "gpu:1"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[slurm", "Expected"),
        ("[slurm]\n", "slurm.manager_url"),
        ('[slurm]\nmanager_url = "manager:7410"\n', "as the nodes reach it"),
        (GOOD + 'patrition = "x"\n', "runs.0.patrition"),
        (GOOD.replace('"gpu:1"', '"x --uid=0"'), "runs.0.gres"),
        ('[[runs]]\nengine = "slurm"\n', "no [slurm]"),
        ('[[runs]]\nengine = "kubernetes"\n', "runs.0.engine"),
    ],
)
def test_one_that_cannot_be_understood_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "engines.toml"
    file.write_text(text)
    with pytest.raises(EnginesDamaged, match=r"engines\.toml") as refused:
        read_engine_settings(file)
    assert words in refused.value.sentence
