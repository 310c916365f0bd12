import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.core.variables import (
    MOST_VARIABLES,
    check_together,
    check_variable,
    check_variable_name,
    decides_what_runs,
)


@pytest.mark.parametrize("name", ["A", "_A", "a1", "API_KEY", "x" * 255, "LANG", "HTTP_PROXY", "PATHS", "MY_PATH"])
def test_names_of_posix_are_taken(name: str) -> None:
    check_variable_name(name)


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "É", "A\n", "A=B", "A\0", "BASH_FUNC_x%%", "x" * 256, "²"])
def test_names_that_no_shell_could_read_are_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_variable_name(name)
    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["PATH", "IFS", "BASH_ENV", "ENV", "_", "CAPSULIER_JOB_ID", "capsulier_x"])
def test_names_that_mean_something_to_the_shell_or_to_us_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match=name):
        check_variable_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("LD_PRELOAD", "PYTHONPATH", "NODE_OPTIONS", "PERL5OPT", "PERLLIB", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"),
        *("JAVA_HOME", "R_PROFILE_USER", "GIT_SSH_COMMAND", "PIP_INDEX_URL", "RUBYOPT", "CLASSPATH", "HOME"),
    ],
)
def test_it_is_known_which_names_make_programs_load_code(name: str) -> None:
    check_variable_name(name)
    assert decides_what_runs(name)


@pytest.mark.parametrize("name", ["DAY", "LANG", "TZ", "PYTHONUNBUFFERED", "HTTP_PROXY", "OLD_PRELOAD", "R_MAX"])
def test_others_change_no_code(name: str) -> None:
    assert not decides_what_runs(name)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300))
def test_every_value_that_a_program_can_be_handed_is_taken(value: str) -> None:
    check_variable("A", value)


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "x" * 100_001, "é" * 50_001])
def test_a_value_that_no_program_can_be_handed_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_variable("A", value)
    assert value not in refused.value.sentence


@pytest.mark.parametrize("value", ["", "abc", "  a  ", "\n\n\n\n"])
def test_a_secret_too_short_to_be_hidden_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="cannot be hidden"):
        check_variable("A", value, is_secret=True)


def test_together_they_have_a_limit_in_number_and_in_size() -> None:
    check_together({f"A{number}": "" for number in range(MOST_VARIABLES)})
    with pytest.raises(Invalid, match="at most 500"):
        check_together({f"A{number}": "" for number in range(MOST_VARIABLES + 1)})
    with pytest.raises(Invalid, match="500 kB"):
        check_together({f"A{number}": "x" * 100_000 for number in range(5)})
