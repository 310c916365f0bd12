"""Which Manager a command talks to, and with which key."""

import json
import os
from pathlib import Path

import pytest

from capsulier.cli.login_file import login_path, read_login, write_login
from capsulier.cli.refusals import NoServer
from capsulier.cli.server import find_server

HERE = "http://127.0.0.1:7410"
THERE = "https://jobs.example.org"


def data_dir(path: Path, url: str = HERE) -> Path:
    (path / "run").mkdir(parents=True)
    (path / "run" / "web.json").write_text(json.dumps({"url": url}))
    (path / "local_key").write_text("local")
    return path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "share")}


def test_on_the_servers_machine_neither_url_nor_token_is_needed(tmp_path: Path, environment: dict[str, str]) -> None:
    data_dir(tmp_path / "share" / "capsulier")
    server = find_server(environment)
    assert (server.url, server.token, server.is_local) == (HERE, "local", True)


def test_the_environment_goes_before_a_login_and_a_login_before_this_machine(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    data_dir(tmp_path / "share" / "capsulier")
    write_login(environment, THERE, "kept")
    assert (find_server(environment).url, find_server(environment).token) == (THERE, "kept")
    server = find_server(environment | {"CAPSULIER_URL": "http://ci:7410/", "CAPSULIER_TOKEN": "ci"})
    assert (server.url, server.token) == ("http://ci:7410", "ci")


def test_a_data_directory_that_was_named_goes_before_a_login(tmp_path: Path, environment: dict[str, str]) -> None:
    write_login(environment, THERE, "kept")
    named = data_dir(tmp_path / "data", "http://127.0.0.1:7411")
    assert find_server(environment | {"CAPSULIER_DATA_DIR": str(named)}).url == "http://127.0.0.1:7411"


def test_the_local_key_goes_to_no_other_address(tmp_path: Path, environment: dict[str, str]) -> None:
    data_dir(tmp_path / "share" / "capsulier")
    assert find_server(environment | {"CAPSULIER_URL": HERE}).token == "local"
    with pytest.raises(NoServer, match="CAPSULIER_TOKEN"):
        find_server(environment | {"CAPSULIER_URL": THERE})


def test_a_kept_token_goes_to_no_other_address(environment: dict[str, str]) -> None:
    write_login(environment, THERE, "kept")
    with pytest.raises(NoServer):
        find_server(environment | {"CAPSULIER_URL": "https://elsewhere.example.org"})


def test_where_no_manager_runs_it_is_said_how_to_start_one(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(NoServer, match="capsulier serve"):
        find_server(environment)


def test_the_login_file_is_readable_by_its_owner_alone(environment: dict[str, str]) -> None:
    before = os.umask(0)
    try:
        path = write_login(environment, THERE, "first")
        write_login(environment, THERE, "second")
    finally:
        os.umask(before)
    assert path == login_path(environment)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read_login(environment) == (THERE, "second")


def test_a_broken_login_file_counts_as_none(environment: dict[str, str]) -> None:
    path = write_login(environment, THERE, "kept")
    path.write_text('{"url": 1')
    assert read_login(environment) is None
