"""Which engine an execution is handed to."""

from capsulier.core.engine_choice import EngineRule, choose_engine

RULES = (
    EngineRule("slurm", "science", "train *", {"partition": "gpu"}),
    EngineRule("local", "science", "small"),
    EngineRule("slurm", "sci*"),
)


def test_the_first_rule_that_fits_is_taken() -> None:
    assert choose_engine(RULES, "science", "train the model").options == {"partition": "gpu"}
    assert choose_engine(RULES, "science", "small").engine == "local"
    assert choose_engine(RULES, "science", "another") is RULES[2]


def test_what_fits_none_runs_on_this_machine() -> None:
    assert choose_engine(RULES, "main", "train *").engine == "local"
    assert choose_engine((), "science", "small").engine == "local"


def test_names_are_told_apart_by_their_case() -> None:
    assert choose_engine((EngineRule("slurm", "Main"),), "main", "job").engine == "local"
