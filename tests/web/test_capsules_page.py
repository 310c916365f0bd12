"""The page of Administration on capsules and engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from capsulier.config import config
from capsulier.core.access import Role
from capsulier.engines.protocol import Ability, Node
from capsulier.services.engines import note_engine
from capsulier.store.models import SeenEngine
from tests.builders import make_job
from tests.web.people import client_of, text_of
from tests.web.test_administration import chief

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PAGE = "/administration/capsules"
PAINT = """
id = "paint"
label = "Paint & <b>"
icon = "package"
colour = "pink"
categories = ["smart-apps"]
command = "paint {file}"
[settings]
"paint.password" = "hush-hush"
[[needs]]
find = ["paint-that-is-not-there"]
install = "Paint is not installed. Buy some."
"""


@pytest.fixture
def own() -> Iterator[Path]:
    directory = config().data_dir / "capsules"
    directory.mkdir(exist_ok=True)
    files = {"paint.toml": PAINT, "broken.toml": 'id = "x"\nlabel = <\n'}
    for name, text in files.items():
        (directory / name).write_text(text)
    yield directory
    for name in files:
        (directory / name).unlink()


def see(client: Client | None = None, **headers: str) -> str:
    return text_of((client or chief()).get(PAGE, headers=headers))


@pytest.mark.usefixtures("own")
def test_each_capsule_says_whether_it_can_be_used_and_what_to_install() -> None:
    make_job(capsule="bash")
    shown = see()
    assert "Bash Extraction, Processing, Smart Apps, 1 job Ready" in shown
    assert "Paint &amp; &lt;b&gt; Smart Apps, 0 jobs paint.toml Paint is not installed. Buy some." in shown
    assert shown.index("Paint &amp;") < shown.index("Bash Extraction")
    assert "recommended" in shown
    assert "Settings: paint.password" in shown
    assert "hush-hush" not in shown


@pytest.mark.usefixtures("own")
def test_a_broken_file_is_told_by_file_and_line() -> None:
    assert "broken.toml, line 2: Invalid value" in see()


def test_an_engine_shows_what_it_can_its_nodes_and_what_is_at_work() -> None:
    assert "No engine was seen yet" in see()
    note_engine("local", {Ability.ENFORCES_CPU}, [Node("<here>", "ready", 8, 16_000_000_000, 3)])
    note_engine("local", {Ability.ENFORCES_CPU}, [Node("<here>", "ready", 8, 16_000_000_000, 4)])
    part = see(**{"HX-Request": "true"})
    assert "Engine “local” seen" in part
    assert "enforces CPU" in part
    assert "&lt;here&gt; ready 8 16 GB 4" in part
    assert "Bash" not in part
    SeenEngine.objects.update(at_us=1)
    assert "no conductor leads; seen" in see()


@pytest.mark.parametrize("role", Role)
def test_only_administrators_of_the_installation_see_it(role: Role) -> None:
    assert client_of(role).get(PAGE).status_code == 403
    assert client_of(None).get(PAGE).status_code == 404
