"""The forms: what they make, what they refuse and where they say so, and that nothing typed is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from capsulier.config import config
from capsulier.services.drafts import ScheduleDraft, VersionDraft
from capsulier.services.edit_job import edit_job
from capsulier.services.upgrade_job import upgrade_job
from capsulier.store.models import Job, Package, Schedule, Version
from tests.builders import make_actor, make_job
from tests.web.people import client_of, text_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SCHEDULE = {
    "run": "schedule",
    "kind": "repeat",
    "start_date": "2031-12-01",
    "start_time": "08:00",
    "every": "2",
    "every_unit": "d",
    "times": "5",
    "timezone": "Europe/Paris",
}


def filled(**more: Any) -> dict[str, Any]:
    return {
        "capsule": "bash",
        "category": "processing",
        "name": "nightly",
        "command": "echo hi",
        "run": "manual",
        **more,
    }


def create(**more: Any) -> Any:
    return client_of().post("/jobs/new", filled(**more))


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {field: said[0] for field, said in answer.context["form"].errors.items()}


class TestNew:
    def test_the_runtimes_of_this_machine_are_offered_and_one_is_chosen(self) -> None:
        form = client_of().get("/jobs/new?capsule=python&category=extraction").context["form"]
        assert form["runtime"].field.choices
        assert f'<option value="{form["runtime"].value()}" selected>' in str(form["runtime"])

    def test_a_job_with_everything(self) -> None:
        answer = create(
            **SCHEDULE,
            description="Loads prices",
            note="First one",
            alert_emails="ana@example.org; bob@example.org",
            alert_on=["failure", "kill"],
            retries="3",
            retry_delay="15",
            retry_delay_unit="min",
            timeout="2",
            timeout_unit="h",
            memory_mb="512",
            cpus="1.5",
            max_running="2",
            overlap="skip",
            catch_up="none",
        )
        job = Job.objects.get()
        assert answer.headers["Location"] == f"/jobs/{job.pk}"
        assert (job.name, job.capsule, job.category, job.description) == (
            "nightly",
            "bash",
            "processing",
            "Loads prices",
        )
        assert (job.retries, job.retry_delay_s, job.overlap, job.catch_up, job.max_running) == (
            3,
            900,
            "skip",
            "none",
            2,
        )
        assert (job.alert_emails, job.alert_on) == (["ana@example.org", "bob@example.org"], ["failure", "kill"])
        version = Version.objects.get()
        assert (version.command, version.note, version.timeout_s) == ("echo hi", "First one", 7200)
        assert (version.memory_mb, version.cpus) == (512, 1.5)
        schedule = Schedule.objects.get()
        assert (schedule.repeat, schedule.timezone) == ("R5/2031-12-01T08:00:00/P2D", "Europe/Paris")

    def test_few_fields_are_enough(self) -> None:
        create()
        job = Job.objects.get()
        assert (job.retries, job.overlap, job.catch_up, job.alert_emails) == (0, "queue", "latest", [])
        assert not Schedule.objects.exists()

    def test_cron_is_the_other_way_to_say_it(self) -> None:
        create(run="schedule", kind="cron", cron="0 8 * * 1-5", timezone="UTC")
        assert Schedule.objects.get().cron == "0 8 * * 1-5"

    def test_for_ever_is_an_empty_number_of_times(self) -> None:
        create(**{**SCHEDULE, "times": ""})
        assert Schedule.objects.get().repeat == "R/2031-12-01T08:00:00/P2D"

    def test_create_and_run_shows_the_log(self) -> None:
        answer = create(then="run")
        job = Job.objects.get()
        assert answer.headers["Location"] == f"/jobs/{job.pk}/logs"
        assert job.queued == 1

    def test_it_begins_with_the_command_of_the_capsule_and_the_zone_of_the_browser(self) -> None:
        client = client_of()
        client.cookies["timezone"] = "Europe/Paris"
        form = client.get("/jobs/new?capsule=bash&category=processing").context["form"]
        assert form["command"].value() == 'echo "Hello from Capsulier"'
        assert form["timezone"].value() == "Europe/Paris"

    def test_a_capsule_that_there_is_not(self) -> None:
        answer = client_of().get("/jobs/new?capsule=cobol")
        assert answer.status_code == 404
        assert "There is no capsule “cobol”." in text_of(answer)

    @pytest.mark.parametrize(
        ("wrong", "field", "sentence"),
        [
            ({"name": " "}, "name", "Give the job a name."),
            ({"name": "x" * 256}, "name", "at most 255 characters"),
            ({"command": " "}, "command", "Give a command to run."),
            ({"command": "echo 'x"}, "command", "add the closing '"),
            ({"command": "cat {file}"}, "command", "there is no package"),
            ({"package": "999"}, "package", "does not exist"),
            ({"alert_emails": "ana@example.org, bob"}, "alert_emails", "“bob” is not an email address."),
            ({"retries": "-1"}, "retries", "At least 0."),
            ({"retries": "many"}, "retries", "Give a number."),
            ({"timeout": "0"}, "timeout", "At least 1."),
            ({"cpus": "0"}, "cpus", "more than 0"),
            ({**SCHEDULE, "every": ""}, "every", "A delay between runs is required."),
            ({**SCHEDULE, "every": "x"}, "every", "a whole number, at least 1"),
            ({**SCHEDULE, "start_date": ""}, "start_date", "Give the date of the first run."),
            ({**SCHEDULE, "start_date": "2031-02-30"}, "start_date", "not a day of the calendar"),
            ({**SCHEDULE, "start_date": "2031-12-01", "until": "2031-11-01T08:00"}, "until", "before the first run"),
            ({**SCHEDULE, "times": "0"}, "times", "At least 1."),
            ({**SCHEDULE, "timezone": "Europe/Pariss"}, "timezone", "Did you mean Europe/Paris?"),
            ({**SCHEDULE, "kind": "cron", "cron": ""}, "cron", "A cron has 5 fields"),
            ({**SCHEDULE, "kind": "cron", "cron": "61 * * * *"}, "cron", "The minute “61” cannot be used"),
            ({**SCHEDULE, "kind": "cron", "cron": "0 0 30 2 *"}, "cron", "would never run"),
        ],
    )
    def test_one_wrong_field_is_marked_and_nothing_is_made(
        self, wrong: dict[str, str], field: str, sentence: str
    ) -> None:
        answer = create(**wrong)
        found = errors(answer)
        assert list(found) == [field]
        assert sentence in found[field]
        assert found[field].replace("'", "&#x27;").replace('"', "&quot;") in answer.content.decode()
        assert not Job.objects.exists()

    def test_all_fields_wrong_are_all_marked_and_keep_what_was_typed(self) -> None:
        answer = create(
            **{**SCHEDULE, "every": "x", "timezone": "Nowhere/Land"},
            name="",
            command="echo 'x",
            alert_emails="nobody",
            retries="-2",
            memory_mb="lots",
        )
        assert set(errors(answer)) == {"name", "command", "every", "timezone", "alert_emails", "retries", "memory_mb"}
        form = answer.context["form"]
        assert form.first_invalid == "name"
        page = answer.content.decode()
        for typed in ("Nowhere/Land", "nobody", "lots", "echo &#x27;x"):
            assert typed in page
        assert answer.content.decode().count(" autofocus") == 1
        assert set(answer.context["folds"]) >= {"alerts", "retries", "limits"}

    def test_a_name_that_is_taken(self) -> None:
        make_job("Nightly")
        assert "exists already" in errors(create())["name"]

    def test_an_upload_without_scripts_survives_an_error_elsewhere(self) -> None:
        file = SimpleUploadedFile("load.py", b"print(1)")
        answer = create(capsule="python", command="python {file}", name="", package_file=file)
        assert set(errors(answer)) == {"name"}
        package = Package.objects.get()
        assert f'name="package" value="{package.pk}" data-name="load.py" data-size="8"' in answer.content.decode()
        create(capsule="python", command="python {file}", package=str(package.pk))
        assert Version.objects.get().package == package

    def test_a_package_that_the_capsule_does_not_take(self) -> None:
        file = SimpleUploadedFile("load.jar", b"x")
        found = errors(create(capsule="python", command="python {file}", package_file=file))
        assert "does not take “load.jar”" in found["package"]

    def test_a_package_that_is_needed(self) -> None:
        assert "needs a package" in errors(create(capsule="python", command="python {file}"))["package"]


class TestCreateFrom:
    def test_it_begins_with_everything_of_the_other(self) -> None:
        source = make_job(
            "source",
            command="echo 1",
            schedule=ScheduleDraft(repeat="R3/2031-12-01T08:00:30/PT36H", timezone="Asia/Tokyo"),
            retries=2,
            retry_delay_s=7200,
            alert_emails=["ana@example.org"],
            alert_on=["end"],
            version={"timeout_s": 90},
        )
        form = client_of().get(f"/jobs/new?from={source.pk}").context["form"]
        values = {name: form[name].value() for name in form.fields}
        assert values["name"] == "source (2)"
        assert (values["command"], values["run"], values["times"], values["timezone"]) == (
            "echo 1",
            "schedule",
            3,
            "Asia/Tokyo",
        )
        assert (str(values["start_date"]), values["start_time"], values["every"], values["every_unit"]) == (
            "2031-12-01",
            "08:00:30",
            "36",
            "h",
        )
        assert (values["retry_delay"], values["retry_delay_unit"], values["timeout"], values["timeout_unit"]) == (
            2,
            "h",
            90,
            "s",
        )
        assert (values["alert_emails"], values["alert_on"]) == ("ana@example.org", ["end"])

    def test_sent_as_it_begins_it_makes_the_same_job(self) -> None:
        source = make_job("source", command="echo 1", schedule=ScheduleDraft(cron="5 4 * * *", timezone="Asia/Tokyo"))
        form = client_of().get(f"/jobs/new?from={source.pk}").context["form"]
        sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
        client_of().post("/jobs/new", {**sent, "from": source.pk})
        copy = Job.objects.get(name="source (2)")
        assert copy.current_version is not None
        assert copy.current_version.command == "echo 1"
        assert (copy.schedule.cron, copy.schedule.timezone) == ("5 4 * * *", "Asia/Tokyo")


class TestUpgrade:
    def test_it_makes_a_new_version_and_makes_it_current(self) -> None:
        job = make_job(command="echo 1", version={"timeout_s": 90})
        page = client_of().get(f"/jobs/{job.pk}/upgrade")
        assert "Upgrade to new version" in text_of(page)
        form = page.context["form"]
        assert (form["command"].value(), form["timeout"].value(), form["note"].value()) == ("echo 1", 90, "")
        answer = client_of().post(
            f"/jobs/{job.pk}/upgrade",
            {"command": "echo 2", "note": "Better", "timeout": "90", "timeout_unit": "s", "revision": job.revision},
        )
        assert answer.headers["Location"] == f"/jobs/{job.pk}"
        job.refresh_from_db()
        assert job.current_version is not None
        assert (job.current_version.number, job.current_version.command, job.current_version.note) == (
            2,
            "echo 2",
            "Better",
        )

    def test_a_wrong_command_makes_no_version(self) -> None:
        job = make_job()
        answer = client_of().post(f"/jobs/{job.pk}/upgrade", {"command": "echo 'x"})
        assert list(errors(answer)) == ["command"]
        assert Version.objects.count() == 1

    def test_somebody_was_faster(self) -> None:
        job = make_job(command="echo 1")
        upgrade_job(make_actor(), job.pk, VersionDraft("echo theirs", note="Their note"))
        answer = client_of().post(f"/jobs/{job.pk}/upgrade", {"command": "echo mine", "revision": job.revision})
        assert answer.status_code == 412
        words = text_of(answer)
        assert "was changed while you were here" in words
        assert "Their note" in words
        assert "echo mine" in words
        assert Version.objects.count() == 2
        again = {"command": "echo mine", "revision": answer.context["meantime"].revision}
        assert client_of().post(f"/jobs/{job.pk}/upgrade", again).status_code == 302


class TestSettings:
    def sent(self, job: Job, **changes: Any) -> Any:
        form = client_of().get(f"/jobs/{job.pk}/settings").context["form"]
        values = {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False)}
        return client_of().post(f"/jobs/{job.pk}/settings", {**values, "revision": job.revision, **changes})

    def test_alerts_and_run_type_are_changed(self) -> None:
        job = make_job("old")
        self.sent(job, name="new", alert_emails="ana@example.org", alert_on=["success"], **SCHEDULE)
        job = Job.objects.get()
        assert (job.name, job.alert_emails, job.alert_on) == ("new", ["ana@example.org"], ["success"])
        assert job.schedule.repeat == "R5/2031-12-01T08:00:00/P2D"

    def test_manual_takes_the_schedule_away(self) -> None:
        job = make_job(schedule=ScheduleDraft(cron="5 4 * * *"))
        self.sent(job, run="manual")
        assert not Schedule.objects.exists()

    def test_saving_without_a_change_leaves_the_schedule_where_it_is(self) -> None:
        until = datetime(2031, 12, 1, 23, 30, tzinfo=UTC)  # the next day already where the schedule is
        job = make_job(schedule=ScheduleDraft("R5/2026-01-01T08:00:00/P1D", timezone="Europe/Paris", until=until))
        Schedule.objects.update(started=3)
        self.sent(job)
        assert Schedule.objects.get().started == 3
        assert Job.objects.get().revision == job.revision

    def test_pause(self) -> None:
        job = make_job(schedule=ScheduleDraft(cron="5 4 * * *"))
        self.sent(job, paused="on")
        assert Schedule.objects.get().paused

    def test_a_wrong_field_changes_nothing(self) -> None:
        job = make_job("kept")
        assert list(errors(self.sent(job, name="other", retries="-1"))) == ["retries"]
        assert Job.objects.get().name == "kept"

    def test_what_others_saved_and_i_left_alone_is_taken_over_and_nothing_is_overwritten(self) -> None:
        job = make_job("job", description="before", retries=1)
        edit_job(make_actor(), job.pk, settings={"retries": 7})
        answer = client_of().post(
            f"/jobs/{job.pk}/settings",
            {
                "name": "job",
                "description": "mine",
                "run": "manual",
                "retries": "1",
                "retry_delay": "5",
                "retry_delay_unit": "min",
                "revision": job.revision,
            },
        )
        assert answer.status_code == 412
        form = answer.context["form"]
        assert (form["retries"].value(), form["description"].value()) == (7, "mine")
        job.refresh_from_db()
        assert (job.retries, job.description) == (7, "before")


class TestPreview:
    def ask(self, **fields: str) -> str:
        return text_of(client_of().post("/schedules/preview", {**SCHEDULE, **fields}))

    def test_the_sentence_and_the_next_fires_in_the_zone_of_the_job(self) -> None:
        words = self.ask()
        assert "Every 2 days at 08:00, 5 times, from 1 December 2031, Europe/Paris" in words
        assert "Mon 1 Dec 2031 08:00" in words
        assert words.count("08:00") == 6

    def test_a_clock_change_is_marked(self) -> None:
        words = self.ask(start_date="2031-03-29", start_time="02:30", every="1", times="")
        assert "clocks go forward: 02:30 does not exist" in words

    def test_what_is_wrong_is_said(self) -> None:
        assert "A delay between runs is required." in self.ask(every="")
        assert "A cron has 5 fields" in self.ask(kind="cron", cron="* *")

    def test_manual_has_nothing_to_say(self) -> None:
        assert self.ask(run="manual") == ""


def test_the_forms_say_when_no_mail_could_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    client, job = client_of(), make_job()
    for page in ("/jobs/new?capsule=bash&category=processing", f"/jobs/{job.id}/settings"):
        monkeypatch.setattr(config(), "smtp_url", "")
        assert "No mail server is configured" in text_of(client.get(page))
        monkeypatch.setattr(config(), "smtp_url", "smtp://mail.example.org")
        assert "No mail server is configured" not in text_of(client.get(page))


def test_the_delays_of_retries_are_told_while_they_are_typed() -> None:
    fields = {"retries": "3", "retry_delay": "1", "retry_delay_unit": "min", "retry_growth": "2"}
    answer = client_of().post("/retries/preview", fields)
    assert answer.content.decode() == "Up to 3 retries: after 1 min, 2 min and 4 min."
    assert client_of().post("/retries/preview", fields | {"retries": "many"}).content == b""
