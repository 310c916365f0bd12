"""Capsules are read from files: the product's and one's own."""

from pathlib import Path

import pytest

from capsulier import web
from capsulier.capsules.capsule import ICONS
from capsulier.capsules.reading import read_capsule
from capsulier.capsules.shelf import SHIPPED, broken_capsules, capsules, get_capsule, own_files
from capsulier.core.errors import NotFound

ALL = {"extraction", "processing", "smart-apps"}
OFFERED = {
    "bash": (ALL, 'echo "Hello from Capsulier"', None),
    "python": ({"extraction", "processing"}, "python {file} arg1 arg2", (".py", ".zip", ".whl")),
    "java-scala": ({"extraction", "processing"}, "java -jar {file} arg1 arg2", (".jar",)),
    "spark": ({"processing"}, "spark-submit --class=Main {file} arg1 arg2", (".jar", ".py", ".zip")),
    "r": ({"processing"}, "Rscript {file} arg1 arg2", (".r", ".R", ".zip", ".tar.gz")),
    "talend": ({"extraction"}, "sh {file} arg1 arg2", (".zip",)),
    "sqoop": ({"extraction"}, "sqoop import --connect jdbc:…", None),
    "sql": ({"extraction", "processing"}, "duckdb {file}", (".sql",)),
    "dbt": ({"processing"}, "dbt run --profiles-dir .", (".zip",)),
    "notebook": ({"processing"}, "papermill {file} output.ipynb", (".ipynb", ".zip")),
    "docker": (
        {"smart-apps", "processing"},
        'docker.io/library/alpine echo "Hello from Capsulier"',
        (),
    ),
}
"""id → where it is offered, its default command, its package: endings, None for any file, () for none at all."""
OPTIONAL = {"bash", "r", "sqoop"}

OWN = """
id = "own"
label = "Our own"
icon = "package"
colour = "teal"
categories = ["processing"]
command = "own {file}"
"""


def write(directory: Path, name: str, text: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(text)


def test_the_products_capsules_have_the_defaults_that_users_know() -> None:
    found = capsules()
    assert set(found) == set(OFFERED)
    for capsule_id, (categories, command, accepts) in OFFERED.items():
        capsule = found[capsule_id]
        assert (set(capsule.categories), capsule.command) == (categories, command)
        if accepts == ():
            assert capsule.package is None
        else:
            assert capsule.package is not None
            assert capsule.package.accepts == (accepts or ())
            assert capsule.package.required == (capsule_id not in OPTIONAL)


def test_a_package_can_bring_another_default_command() -> None:
    spark = capsules()["spark"]
    assert spark.command_for("count.py") == "spark-submit {file} arg1 arg2"
    assert spark.command_for("count.PY") == "spark-submit {file} arg1 arg2"
    assert spark.command_for("count.jar") == spark.command_for(None) == spark.command


def test_endings_of_packages_are_the_same_in_any_case() -> None:
    r = capsules()["r"]
    assert all(map(r.accepts, ("a.r", "a.R", "A.ZIP", "a.tar.gz", "A.Tar.GZ")))
    assert not r.accepts("a.gz")


def test_every_icon_that_a_capsule_may_have_is_drawn_and_documented() -> None:
    sprite = next((Path(web.__file__).parent / "static").rglob("icons*.svg")).read_text()
    docs = Path(__file__, "../../../docs/capsules.md").resolve().read_text()
    assert not [icon for icon in ICONS if f'id="{icon}"' not in sprite]
    assert not [icon for icon in ICONS if f"`{icon}`" not in docs]


def test_ones_own_are_read_like_the_products(tmp_path: Path) -> None:
    write(tmp_path, "own.toml", OWN)
    assert set(capsules(tmp_path)) == {*OFFERED, "own"}
    assert get_capsule("own", tmp_path).command == "own {file}"


def test_one_of_ones_own_replaces_the_products(tmp_path: Path) -> None:
    write(tmp_path, "mine.toml", OWN.replace('"own"', '"bash"'))
    assert get_capsule("bash", tmp_path).label == "Our own"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    directory = tmp_path / "capsules"
    assert "own" not in capsules(directory)
    write(directory, "own.toml", OWN)
    assert get_capsule("own", directory).label == "Our own"
    write(directory, "own.toml", OWN.replace("Our own", "Our very own"))
    assert get_capsule("own", directory).label == "Our very own"
    (directory / "own.toml").unlink()
    with pytest.raises(NotFound, match="There are: bash"):
        get_capsule("own", directory)


def test_a_file_can_extend_another_capsule(tmp_path: Path) -> None:
    write(tmp_path, "spark.toml", 'extends = "spark"\n[settings]\n"spark.master" = "spark://host:7077"\n')
    write(
        tmp_path,
        "more.toml",
        'extends = "sql"\nid = "more-sql"\nlabel = "More SQL"\nenvironment.requirements = ["x"]\n',
    )
    spark, more = get_capsule("spark", tmp_path), get_capsule("more-sql", tmp_path)
    assert spark.settings == {"spark.master": "spark://host:7077"}
    assert spark.runtime_rules == capsules()["spark"].runtime_rules
    assert more.environment is not None
    assert more.environment.requirements == ("x",)
    assert Path(more.environment.scripts["duckdb"]).is_file()
    assert not broken_capsules(tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (OWN + "colour = ", 8, "Invalid value"),
        (OWN.replace('"teal"', '"mauve"'), 5, "colour"),
        (OWN.replace('"processing"', '"cooking"'), 6, "categories.0"),
        (OWN.replace('label = "Our own"\n', ""), 1, "label: it is missing"),
        (OWN.replace('"package"', '"pakage"'), 4, "icon: there is no icon “pakage”; there are api, "),
        (OWN + "\n[package]\naccepts = ['.x']\nacepts = ['.y']\n", 11, "package.acepts: a capsule has no such key"),
        (OWN + "\n[package]\naccepts = ['x']\n", 10, "an ending begins with a dot"),
        (OWN + "\n[[needs]]\nfind = ['a']\ninstall = 'b'\n[[needs]]\nfind = ['c']\n", 12, "needs.1.install: it is"),
        (OWN + "\npath = ['{hom}/bin']\n", 9, "{hom} means nothing here"),
        (OWN + "\n[[runtimes]]\nlabel = 'a'\nfind = ['a']\ninstall = 'b'\npattern = '('\n", 13, "no regular expre"),
        (OWN + "\n[environment.scripts]\nrun = 'gone.py'\n", 10, "there is no file gone.py beside it"),
        ('extends = "nothing"\n', 1, "there is no “nothing”; there are bash,"),
    ],
)  # fmt: skip
def test_a_broken_file_is_reported_by_file_and_line_and_the_others_work(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    write(tmp_path, "broken.toml", text)
    write(tmp_path, "own.toml", OWN)
    [broken] = broken_capsules(tmp_path)
    assert (broken.file, broken.line) == ("broken.toml", line)
    assert what in broken.sentence
    assert broken.sentence.startswith(f"broken.toml, line {line}: ")
    assert get_capsule("own", tmp_path).label == "Our own"


def test_a_file_that_is_no_text_is_reported_too(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"# one\nid = '\xff'")
    (tmp_path / "y.toml").mkdir()
    broken, other = broken_capsules(tmp_path)
    assert broken.sentence == "x.toml, line 2: it cannot be read: this line is not in UTF-8"
    assert other.sentence == "y.toml: it cannot be read: Is a directory"


def test_two_files_cannot_say_the_same_capsule(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", OWN)
    write(tmp_path, "b.toml", OWN.replace("Our own", "Another"))
    [broken] = broken_capsules(tmp_path)
    assert broken.sentence == "b.toml, line 2: id: a.toml is the capsule “own” already"
    assert get_capsule("own", tmp_path).label == "Our own"
    assert own_files(tmp_path) == {"own": "a.toml"}


def test_every_file_of_the_product_is_a_capsule_of_its_name() -> None:
    for path in SHIPPED.glob("*.toml"):
        capsule, _ = read_capsule(path)
        assert capsule.id == path.stem
