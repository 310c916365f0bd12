import shlex
import shutil
import subprocess

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from capsulier.core.command import LONGEST_COMMAND_BYTES, check_command, render_command
from capsulier.core.errors import Invalid
from capsulier.core.quoting import unclosed_quote

COMPLETE = [
    "echo it\\'s",
    "# it's a comment\necho 'x'",
    "echo a # don't",
    "echo $# ${#x} a#b 'c'",
    "cat <<EOF\nit's \"x\nEOF\necho done",
    "cat <<'E O F'\nit's\nE O F\n",
    "cat <<-\\EOF\n\tit's\n\tEOF\necho 'x'",
    'cat <<A <<B | sort "-r"\n\'\nA\n"\nB\necho',
    "cat <<EOF\nit's \\\nEOF\nit's\nEOF\n",
    "cat <<EOF\r\nit's\r\nEOF\r\n",
    'cat <<< "it\'s"',
    "echo $((1<<2)) $(( 16#ff )) 'a'",
    "echo $'it\\'s'",
    'echo "$(echo "a b")" "`echo \\"it\\\'s\\"`"',
    '"$(case $y in a) echo "it\'s";; (b) (c);; esac)"',
    "echo \"$(echo case)\" 'x'",
    "echo \"${x:-it's}\" \"${x#'\"'}\" ${x:-'}'}",
    "awk '{print $1 \"it\"}' < f",
    "echo 'a\nb'\necho \"c\nd\"",
    "echo \\\n# it's\n",
    "echo \\ #'x\ny'",
    'if true; then\n  echo "a (b" # it\'s\nfi',
    "$( ( echo 'a' ) ; ( echo \"b\" ) )",
]
UNCLOSED = [
    ("echo 'a", "'", 1),
    ('echo "a', '"', 1),
    ("echo `date", "`", 1),
    ('echo "${HOME}', '"', 1),
    ("echo \"it's", '"', 1),
    ("echo it's", "'", 1),
    ("echo a\n\necho 'b # c", "'", 3),
    ('echo "$(echo a)', '"', 1),
    ('x=$(echo "a)', '"', 1),
    ('echo "a" "b', '"', 1),
    ('echo "a\\"', '"', 1),
    ("echo 'it's'", "'", 1),
    ("cat <<EOF\nx'\nEOF\necho '", "'", 4),
    ('echo "`echo a"', "`", 1),
]


@pytest.mark.parametrize("text", COMPLETE)
def test_a_command_that_a_shell_takes_is_not_refused(text: str) -> None:
    check_command(text, has_package=False)


@pytest.mark.parametrize(("text", "quote", "line"), UNCLOSED)
def test_an_end_quote_that_is_missing_is_found_with_its_line(text: str, quote: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_command(text, has_package=False)
    assert refused.value.field == "command"
    assert f"The {quote} on line {line} has no end" in refused.value.sentence


pieces = st.sampled_from(
    ["'", '"', "`", "\\", "$(", ")", "${x:-", "}", "$((", "))", "(", "<<E", "<<'E'", "\nE\n", "\n", " ", ";", "#", "$'",
     "a", "case", " case a in b", ";;", "esac", "1", "it's", "$x", "|", "&&", "<<-E"]
)  # fmt: skip


@given(st.lists(pieces, max_size=14).map("".join))
def test_no_shell_takes_what_is_refused(text: str) -> None:
    assume(unclosed_quote(text))
    for shell in ("dash", "bash"):
        if shutil.which(shell):
            read = subprocess.run([shell, "-n", "-c", text], capture_output=True, timeout=20, check=False)
            assert read.returncode != 0, f"{shell} takes {text!r}"


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12), min_size=1))
def test_whatever_is_quoted_properly_is_taken(words: list[str]) -> None:
    assert unclosed_quote(f"echo {shlex.join(words)}") is None


@pytest.mark.parametrize("text", ["", "   \n\t", "echo \0", "echo \ud800", "x" * (LONGEST_COMMAND_BYTES + 1)])
def test_what_cannot_be_a_command_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_command(text, has_package=True)
    assert refused.value.field == "command"


def test_a_command_for_a_package_needs_one() -> None:
    check_command("sh {file}", has_package=True)
    with pytest.raises(Invalid, match=r"\{file\}"):
        check_command("sh {file}", has_package=False)
    check_command("sh ${file} {} {x}", has_package=False)


def test_only_the_place_of_the_file_is_rewritten() -> None:
    text = "find . -exec echo {} \\; && echo ${file} {x} ${VAR} {file,b} %s {{file}} && sh {file} {file}"
    assert render_command(text, "etl.sh") == text.replace(" {file} {file}", " etl.sh etl.sh").replace(
        "{{file}}", "{etl.sh}"
    )
    assert render_command(text, None) == text
    assert render_command("sh {file}", "/a b/it's.sh") == "sh '/a b/it'\"'\"'s.sh'"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_a_file_is_one_word_to_the_shell_whatever_its_name(file: str) -> None:
    assert shlex.split(render_command("run {file} now", file)) == ["run", file, "now"]
