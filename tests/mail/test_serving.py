"""Alerts of a real server: soon, once, whoever is killed; and settings that cannot be used."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from tests.mail.post_office import PostOffice, post_office
from tests.servers import Server, serving, until

ALERTS = {"alert_emails": ["ana@example.org"], "alert_on": ["end"]}


def alerting(data_dir: Path, office: PostOffice, **environment: str) -> AbstractContextManager[Server]:
    """A server that sends its alerts there."""
    return serving(data_dir, CAPSULIER_SMTP_URL=f"smtp://127.0.0.1:{office.port}", **environment)


def make_job(server: Server, name: str, command: str) -> int:
    with server.api() as api:
        body = {"name": name, "capsule": "bash", "command": command, **ALERTS}
        return int(api.post("/jobs", json=body).raise_for_status().json()["id"])


def run(server: Server, job_id: int) -> None:
    with server.api() as api:
        api.post(f"/jobs/{job_id}/run").raise_for_status()


def let_claims_run_out(server: Server) -> None:
    """As if five minutes had passed."""
    statement = "UPDATE alert SET next_try_us = created_us WHERE next_try_us IS NOT NULL"
    if url := server.environment.get("CAPSULIER_DATABASE"):
        with psycopg.connect(url) as postgresql:
            postgresql.execute(statement)
    else:
        sqlite = sqlite3.connect(server.data_dir / "capsulier.sqlite3", timeout=30)
        with sqlite:
            sqlite.execute(statement)
        sqlite.close()


@pytest.mark.database
def test_an_alert_arrives_within_moments_with_the_end_of_the_log_and_a_link(tmp_path: Path) -> None:
    with post_office() as office, alerting(tmp_path, office) as server:
        run(server, make_job(server, "nightly", "echo no such table >&2; exit 3"))
        until(lambda: office.mails, within_s=30, what="the alert")
        [mail] = office.mails
        text = mail.get_body(("plain",)).get_content()
        assert mail["Subject"] == "Failed: nightly #1, exit 3"
        assert "no such table" in text
        assert f"{server.url}/executions/1" in text


@pytest.mark.crash
@pytest.mark.database
def test_a_conductor_killed_between_claim_and_sending_sends_each_mail_once(tmp_path: Path) -> None:
    with post_office() as office, alerting(tmp_path, office, CAPSULIER_LEASE_S="1.5") as server:
        job_id = make_job(server, "nightly", "exit 3")
        office.is_stuck = True
        run(server, job_id)
        until(lambda: office.asked, what="the mail server has heard of the mail")
        server.kill("conductor")
        office.is_stuck = False
        run(server, job_id)
        until(lambda: len(office.mails) == 1, what="the alert of the second execution")
        assert office.mails[0]["Subject"] == "Failed: nightly #2, exit 3", "the first is claimed"
        let_claims_run_out(server)
        run(server, job_id)
        until(lambda: len(office.mails) >= 3, what="all three")
        server.kill("conductor")
        run(server, job_id)
        until(lambda: len(office.mails) >= 4, what="the alert of the fourth")
        subjects = sorted(str(mail["Subject"]) for mail in office.mails)
        assert subjects == [f"Failed: nightly #{number}, exit 3" for number in range(1, 5)]


def test_a_mail_server_that_hangs_holds_up_neither_jobs_nor_the_end(tmp_path: Path) -> None:
    with post_office() as office, alerting(tmp_path, office) as server:
        office.is_stuck = True
        job_id = make_job(server, "nightly", "exit 3")
        run(server, job_id)
        until(lambda: office.asked)
        with server.api() as api:
            assert server.wait_for_end(api, api.post(f"/jobs/{job_id}/run").json()["id"], within_s=30)
        began = time.monotonic()
        server.stop(signal.SIGTERM)
        assert time.monotonic() - began < 14, "ended in order, not by force"
        assert "Handed over" in server.log()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_password_reaches_no_log(tmp_path: Path) -> None:
    with post_office(login=("ana", "right")) as office:
        url = f"smtp://ana:wr0ng-password@127.0.0.1:{office.port}"
        with serving(tmp_path, CAPSULIER_SMTP_URL=url, CAPSULIER_LOG_LEVEL="debug") as server:
            run(server, make_job(server, "nightly", "env; exit 3"))
            until(lambda: "cannot be used" in server.log(), what="a word about the mail server")
            with server.api() as api:
                assert "wr0ng" not in api.get("/executions/1/logs/stdout").text
            assert "wr0ng-password" not in server.log()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CAPSULIER_SMTP_URL", "http://u:pa55word@mail.example.org", "not the address of a mail server"),
        ("CAPSULIER_SMTP_URL", "smtp://u:pa55word/x@mail.example.org:25", "%2F"),
        ("CAPSULIER_SMTP_URL", "smtp://u:pa55wörd@mail.example.org", "ASCII"),
        ("CAPSULIER_SMTP_URL", "smtp://u:pa55word@mail.example.org?tsl=yes", "tls=yes"),
        ("CAPSULIER_MAIL_FROM", "Capsulier", "capsulier@example.org"),
        ("CAPSULIER_DATABASE", "mysql://u:pa55word@db/x", "postgresql://"),
        ("CAPSULIER_MAX_RUNNING", "many", "integer"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_the_start_with_a_sentence(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    own = {"PATH": "/usr/bin:/bin", "CAPSULIER_DATA_DIR": str(tmp_path), name: value}
    command = [sys.executable, "-m", "capsulier", "conductor"]
    ended = subprocess.run(command, env=own, check=False, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 78
    assert ended.stderr.startswith(f"capsulier: {name}: ")
    assert len(ended.stderr.splitlines()) == 1
    assert words in ended.stderr
    assert "pa55" not in ended.stderr


def test_serve_does_not_start_its_processes_over_and_over_with_such_a_setting(tmp_path: Path) -> None:
    own = {"PATH": "/usr/bin:/bin", "CAPSULIER_DATA_DIR": str(tmp_path), "CAPSULIER_SMTP_URL": "smtp:25"}
    command = [sys.executable, "-m", "capsulier", "serve", "--port", "0"]
    ended = subprocess.run(command, env=own, check=False, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 78
    assert "Traceback" not in ended.stderr
    assert "Starting it again" not in ended.stderr
