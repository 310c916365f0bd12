"""Listing, naming, copying, changing, deleting and restoring jobs."""

from collections.abc import Callable

from tests.cli.conftest import Capsulier
from tests.servers import until

Make = Callable[..., str]


def test_jobs_are_listed_searched_and_filtered(capsulier: Capsulier, job: Make) -> None:
    name = job("exit 5")
    capsulier("run", name, "--wait")
    listed = capsulier("jobs", "--search", name)
    heading, row = listed.said.splitlines()
    assert heading.split() == ["Status", "Job", "Id", "Capsule", "Last", "run", "Took", "Next", "run"]
    assert row.startswith(f"✕ Failed  {name}")
    assert "exit 5" in row

    def names(*options: str) -> list[str]:
        return [each["name"] for each in capsulier("jobs", "--search", name, "--json", *options).json]

    assert names("--status", "failed,running") == [name]
    assert names("--status", "success") == []
    assert names("--capsule", "python") == []
    assert names("--platform", "main") == [name]
    assert capsulier("jobs", "--status", "broken").code == 1


def test_an_empty_listing_says_so_and_is_empty_json(capsulier: Capsulier) -> None:
    nothing = capsulier("jobs", "--search", "no such job")
    assert (nothing.code, nothing.out, nothing.err) == (0, b"", b"No job matches.\n")
    assert capsulier("jobs", "--search", "no such job", "--json").json == []


def test_a_job_is_named_by_its_name_whatever_its_case_or_by_its_id(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    found = capsulier("show", name.upper(), "--json").json
    assert found["name"] == name
    assert capsulier("show", found["id"], "--json").json["name"] == name


def test_a_job_whose_name_is_a_number_goes_before_the_job_of_that_id(capsulier: Capsulier, job: Make) -> None:
    other = capsulier("show", job("true"), "--json").json["id"]
    assert capsulier("create", other, "--capsule", "bash").code == 0
    assert capsulier("show", other, "--json").json["name"] == str(other)
    capsulier("delete", other)


def test_a_name_that_is_nearly_right_is_suggested(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    refused = capsulier("run", name.replace("nightly", "nigthly"))
    assert refused.code == 1
    assert "Did you mean" in refused.refused
    assert f"“{name}”" in refused.refused
    assert "capsulier jobs" in capsulier("run", "entirely different").refused


def test_show_tells_a_person_what_matters(capsulier: Capsulier, job: Make) -> None:
    name = job("exit 7", "--description", "Prices of\nthe day", "--retries", "2", "--retry-delay", "PT15M")
    capsulier("run", name)
    said = capsulier("show", name).said
    for words in (name, "Prices of", "bash, extraction", "exit 7", "Up to 2 retries"):
        assert words in said


def test_settings_change_and_what_is_not_given_stays(capsulier: Capsulier, job: Make, name: str) -> None:
    job("true", "--retries", "2", "--alert-email", "a@example.org, b@example.org", "--alert-on", "failure")
    capsulier("set", name, "--retry-delay", "PT1H", "--overlap", "skip", "--catch-up", "none", "--max-running", 2)
    capsulier("set", name, "--retry-growth", 2, "--retry-cap", "P1D", "--description", "Prices")
    now = capsulier("show", name, "--json").json
    assert (now["retries"], now["retry_delay_s"], now["retry_growth"], now["retry_cap_s"]) == (2, 3600, 2.0, 86400)
    assert (now["overlap"], now["catch_up"], now["max_running"]) == ("skip", "none", 2)
    assert (now["alert_emails"], now["alert_on"]) == (["a@example.org", "b@example.org"], ["failure"])

    capsulier("set", name, "--max-running", 0, "--retry-cap", 0, "--alert-email", "")
    now = capsulier("show", name, "--json").json
    assert (now["max_running"], now["retry_cap_s"], now["alert_emails"]) == (None, None, [])
    assert (now["description"], now["overlap"]) == ("Prices", "skip")

    assert capsulier("set", name, "--name", f"{name} renamed").said == f"Changed “{name} renamed”.\n"
    assert capsulier("set", f"{name} renamed").code == 2


def test_a_copy_has_everything_but_the_history(capsulier: Capsulier, job: Make) -> None:
    name = job("echo prices", "--retries", "3", "--timeout", "PT1H")
    capsulier("run", name, "--wait")
    copied = capsulier("copy", name, "--json").json
    assert (copied["name"], copied["retries"], copied["last_execution"]) == (f"{name} (2)", 3, None)
    assert (copied["version"]["command"], copied["version"]["timeout_s"]) == ("echo prices", 3600)
    assert capsulier("copy", name, "--name", f"{name} too").code == 0


def test_a_deleted_job_comes_back_by_its_name(capsulier: Capsulier, job: Make) -> None:
    name = job("true")
    capsulier("run", name, "--wait")
    found = capsulier("show", name, "--json").json["id"]
    deleted = capsulier("delete", name)
    assert deleted.code == 0
    assert f"capsulier restore {found}" in deleted.said
    assert capsulier("run", name).code == 1
    assert "trash" in capsulier("run", found).refused
    assert [each["id"] for each in capsulier("jobs", "--deleted", "--search", name, "--json").json] == [found]

    assert capsulier("restore", name).said == f"Restored “{name}”, job {found}.\n"
    assert len(capsulier("executions", name, "--json").json) == 1


def test_a_job_is_stopped_and_ends_killed(capsulier: Capsulier, job: Make) -> None:
    name = job("sleep 60")
    capsulier("run", name)
    assert capsulier("stop", name, "--execution", 1, "--force").code == 0
    assert capsulier("logs", name, "-f").code == 0
    last = capsulier("show", name, "--json").json["last_execution"]
    assert (last["state"], last["reason"]) == ("killed", "stopped")
    nothing = capsulier("stop", name)
    assert (nothing.code, nothing.refused) == (1, f"Nothing of “{name}” is running or waiting.\n")


def test_capsules_are_listed(capsulier: Capsulier) -> None:
    assert {"bash", "python"} <= {each["id"] for each in capsulier("capsules", "--json").json}
    assert "python {file}" in capsulier("capsules").said


def test_a_name_is_shown_as_it_is_and_steers_nothing(capsulier: Capsulier, name: str) -> None:
    odd = f"[red]{name}[/red] \u202egpj"
    made = capsulier("create", odd, "--capsule", "bash", "--description", "\x1b]0;owned\x07")
    assert made.code == 0, made.refused
    for said in (made.said, capsulier("jobs", "--search", name).said, capsulier("show", odd).said):
        assert f"[red]{name}[/red]" in said
        assert not {"\x1b", "\u202e"} & set(said)


def test_a_queue_says_why_it_waits_and_is_cleared(capsulier: Capsulier, job: Make) -> None:
    name = job("sleep 60", "--max-running", "1")
    for _ in range(3):
        capsulier("run", name)
    until(lambda: "▶ Running" in capsulier("executions", name).said)
    said = capsulier("executions", name).said
    assert "⧖ Queued, waits for 1 other of this job to end: 1 at once" in said
    assert "⧖ Queued, waits for 2 others of this job to end: 1 at once" in said
    assert "waits for 2 others" in capsulier("show", name).said
    assert [each["waits"] and each["waits"]["position"] for each in capsulier("executions", name, "--json").json] == [
        2,
        1,
        None,
    ]
    assert capsulier("clear-queue", name).said == f"Killed 2 of “{name}” in the queue.\n"
    assert [each["state"] for each in capsulier("executions", name, "--json").json] == ["killed", "killed", "running"]
    assert "waits in the queue" in capsulier("clear-queue", name).refused
    capsulier("stop", name, "--force")
