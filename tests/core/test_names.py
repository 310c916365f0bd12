import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capsulier.core.errors import Invalid
from capsulier.core.names import LONGEST_KEY, LONGEST_NAME, check_name, name_key, safe_file_name, with_suffix

names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=LONGEST_NAME).filter(str.strip)


@pytest.mark.parametrize(
    "name", ["crm-export", "Ünïcödé", "🚀 launch", "تصدير", '<b>bold</b> & "co"', "日本語", "a" * 255]
)
def test_names_of_any_language_are_taken(name: str) -> None:
    assert check_name(f"  {name}\n") == name


@pytest.mark.parametrize(
    "name", ["", "   ", "\t\n", "a\nb", "a\x00b", "\x1b[31mred", "a\x7fb", "a" * 256, "\ud800", "\ufdfa" * 255]
)
def test_other_names_are_refused_at_their_field(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_name(name)
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("name", "same"), [("CRM", "crm"), ("Straße", "STRASSE"), ("é", "e\u0301"), ("ﬁle", "FILE"), ("Ａ", "a")]
)
def test_names_that_differ_in_case_or_spelling_only_are_one(name: str, same: str) -> None:
    assert name_key(name) == name_key(same)


def test_space_around_a_name_makes_no_other_name() -> None:
    assert name_key("  crm ") == name_key("crm")


def test_accents_make_another_name() -> None:
    assert name_key("marche") != name_key("marché")


@given(names)
@example("´")
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_a_taken_name_gets_the_next_free_number() -> None:
    taken = {name_key(name) for name in ("Export", "export (2)", "EXPORT (3)")}
    assert with_suffix("import", lambda name: name_key(name) in taken) == "import"
    assert with_suffix("export", lambda name: name_key(name) in taken) == "export (4)"
    assert with_suffix("export (2)", lambda name: name_key(name) in taken) == "export (4)"


@given(names, st.integers(1, 12))
def test_a_suffixed_name_is_free_and_still_a_name(name: str, many: int) -> None:
    try:
        name = check_name(name)
    except Invalid:
        return
    taken: set[str] = set()
    for _ in range(many):
        free = with_suffix(name, lambda each: name_key(each) in taken)
        assert name_key(free) not in taken
        assert len(free) <= LONGEST_NAME
        assert len(name_key(free)) <= LONGEST_KEY + 8
        taken.add(name_key(free))


@given(st.text(max_size=300) | st.text(".-_ /a", max_size=5))
def test_a_safe_file_name_is_one_plain_word(name: str) -> None:
    safe = safe_file_name(name)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,200}", safe)
    assert safe not in (".", "..")
    assert not safe.startswith("-")
    assert safe_file_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("etl.sh", "etl.sh"),
        ("my job (final).tar.gz", "my_job__final_.tar.gz"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("-rf.sh", "_rf.sh"),
        ("..", "package"),
        ("", "package"),
        ("été.jar", "_t_.jar"),
        ("$(reboot).py", "__reboot_.py"),
    ],
)
def test_a_file_name_keeps_what_is_safe(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_long_file_name_keeps_its_ending() -> None:
    assert safe_file_name("x" * 500 + ".tar.gz") == "x" * 193 + ".tar.gz"
    assert safe_file_name("x" * 500 + ".jar").endswith("x.jar")
    assert len(safe_file_name("x." + "y" * 500)) == 200
