"""What is printed, and what never is."""

import json

import pytest

from capsulier.cli.output import on_one_line, print_facts, print_json, print_table, printable


def test_a_name_cannot_steer_the_terminal() -> None:
    assert printable("\x1b]0;owned\x07\x1b[31mred\x9b2J") == "]0;owned[31mred2J"
    assert printable("safe\u202egpj.exe") == "safegpj.exe"


def test_a_name_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Job",), [("[red]nightly[/red]",)], empty="")
    assert capsys.readouterr().out == "Job\n[red]nightly[/red]\n"


def test_a_text_of_several_lines_stays_in_its_row() -> None:
    assert on_one_line("one\n  two\tthree\r") == "one two three"


def test_without_a_terminal_a_table_is_plain_and_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Job", ">Id"), [("prix du blé", "7"), ("価格", "12")], empty="")
    # The two Chinese characters are as wide as four letters.
    assert capsys.readouterr().out == "Job          Id\nprix du blé   7\n価格         12\n"


def test_an_empty_table_says_so_beside_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Job",), [], empty="There are no jobs yet.")
    assert capsys.readouterr() == ("", "There are no jobs yet.\n")


def test_json_is_readable_and_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"name": "blé \x1b[31m \x9b2J"}
    print_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert "blé" in printed
    assert not {"\x1b", "\x9b"} & set(printed)


def test_facts_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("Job", "nightly"), ("Description", ""), ("Command", "one\ntwo")])
    assert capsys.readouterr().out == "Job      nightly\nCommand  one\n         two\n"
