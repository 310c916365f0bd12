"""Every form with every field wrong, one by one and all at once: each is marked with a sentence, nothing changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.utils.html import escape

from capsulier.services.drafts import ScheduleDraft
from capsulier.store.models import Job, Schedule, User, Version
from tests.builders import make_job
from tests.web.people import client_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

REPEAT = {
    "run": "schedule",
    "kind": "repeat",
    "start_date": "2031-12-01",
    "start_time": "08:00",
    "every": "2",
    "every_unit": "d",
    "timezone": "Europe/Paris",
}
CRON = {"run": "schedule", "kind": "cron", "cron": "0 8 * * *", "timezone": "Europe/Paris"}

VERSION: dict[str, Any] = {
    "command": "echo 'open",
    "package": "999999",
    "runtime": "cobol-85",
    "note": "n" * 10_001,
    "timeout": "-1",
    "timeout_unit": "fortnights",
    "memory_mb": "lots",
    "cpus": "-1",
}
SETTINGS: dict[str, Any] = {
    "name": "",
    "description": "d" * 10_001,
    "alert_emails": "nobody",
    "alert_on": ["full moon"],
    "alert_failures": "0",
    "alert_late": "0",
    "alert_late_unit": "fortnights",
    "alert_waiting": "a while",
    "alert_waiting_unit": "fortnights",
    "retries": "-1",
    "retry_delay": "soon",
    "retry_delay_unit": "fortnights",
    "retry_growth": "0",
    "retry_cap": "0",
    "retry_cap_unit": "fortnights",
    "overlap": "collide",
    "catch_up": "some",
    "max_running": "0",
    "warn_after": "0",
    "warn_after_unit": "fortnights",
    **dict.fromkeys(("keep_executions", "keep_mb", "keep_log_days", "keep_days", "keep_work_days"), "a while"),
    "start_date": "2031-02-30",
    "start_time": "25:00",
    "times": "0",
    "every": "0",
    "every_unit": "fortnights",
    "timezone": "Mars/Olympus",
    "until": "the end of time",
}
HARMLESS = {
    "run": "a choice of two that is manual where it is neither",
    "kind": "likewise",
    "cron": "read in its own kind only: tested below",
    "paused": "ticked or not",
    "package_file": "a file: tested with the forms",
}
ACCOUNT: dict[str, Any] = {
    "username": "not a name!",
    "first_name": "f" * 151,
    "last_name": "l" * 151,
    "email": "nobody",
    "timezone": "Mars/Olympus",
    "password": "short",
}


@dataclass(frozen=True)
class Form:
    """A form, what it takes for right, and what of it a person can get wrong."""

    address: Callable[[], str]
    right: dict[str, Any]
    wrong: dict[str, Any]


def new_job() -> str:
    return "/jobs/new?capsule=python&category=processing"


def upgrade() -> str:
    return f"/jobs/{make_job('kept', capsule='bash', command='echo kept').pk}/upgrade"


def settings() -> str:
    return f"/jobs/{make_job('kept', schedule=ScheduleDraft(cron='5 4 * * *')).pk}/settings"


def account() -> str:
    return "/account"


# A bash job: its package may be left out, so that one wrong field is the only one.
NEW = {"capsule": "bash", "category": "processing", "name": "fine", "command": "echo fine", **REPEAT}
FORMS = {
    "new job": Form(new_job, NEW, VERSION | SETTINGS),
    "upgrade": Form(upgrade, {"command": "echo fine"}, {k: v for k, v in VERSION.items() if k != "runtime"}),
    "settings": Form(settings, {"name": "fine", **REPEAT}, SETTINGS),
    "account": Form(account, {"username": "editor"}, ACCOUNT),
}
ONE_BY_ONE = [(form, field) for form in FORMS for field in FORMS[form].wrong]


def state() -> list[Any]:
    """All that a form could change."""
    people = User.objects.order_by("pk").values_list("username", "first_name", "email", "timezone", "password")
    return [list(people), *(list(kind.objects.order_by("pk").values()) for kind in (Job, Version, Schedule))]


def send(form: Form, **wrong: Any) -> forms.Form:
    """Post it with these fields wrong; the form as it comes back, with nothing changed."""
    client, address = client_of(), form.address()
    before = state()
    answer = client.post(address, {**form.right, **wrong})
    assert answer.status_code == 422
    assert state() == before
    shown: forms.Form = answer.context["form"]
    page = answer.content.decode()
    for field, [sentence, *_] in shown.errors.items():
        assert escape(sentence) in page, field
    return shown


@pytest.mark.parametrize(("form", "field"), ONE_BY_ONE)
def test_one_wrong_field_is_the_one_that_is_marked(form: str, field: str) -> None:
    errors = send(FORMS[form], **{field: FORMS[form].wrong[field]}).errors
    assert list(errors) == [field]
    [sentence] = errors[field]
    assert sentence.endswith(".")
    assert not sentence.startswith(("Ensure", "Enter", "Select"))  # Django's words


@pytest.mark.parametrize("form", FORMS)
def test_all_at_once_are_all_marked(form: str) -> None:
    wrong = {name: value for name, value in FORMS[form].wrong.items() if name not in {"every_unit"}}
    assert set(send(FORMS[form], **wrong).errors) == set(wrong)


@pytest.mark.parametrize("form", FORMS)
def test_what_was_typed_is_still_there(form: str) -> None:
    shown = send(FORMS[form], **FORMS[form].wrong)
    for name, value in FORMS[form].wrong.items():
        if name not in {"password", "package"}:
            assert shown[name].value() == value


@pytest.mark.parametrize("form", FORMS)
def test_no_field_is_forgotten_here(form: str) -> None:
    fields = client_of().get(FORMS[form].address()).context["form"].fields
    assert set(fields) == set(FORMS[form].wrong) | (set(fields) & set(HARMLESS))


@pytest.mark.parametrize("cron", ["", "61 * * * *", "* * * *", "every day", "0 0 30 2 *", "x " * 200])
def test_a_wrong_cron(cron: str) -> None:
    wrong = Form(settings, {"name": "fine", **CRON}, {})
    assert list(send(wrong, cron=cron).errors) == ["cron"]


@pytest.mark.parametrize("value", ["\0", "9" * 5000, "-", "١٢", "1e400", "NaN", " ", "<b>"])
@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_can_be_typed_breaks_a_form(form: str, value: str) -> None:
    address = FORMS[form].address()
    sent = {**FORMS[form].right, **dict.fromkeys(FORMS[form].wrong, value)}
    assert client_of().post(address, sent).status_code in {302, 422}
