"""The fields of the job forms. What they may hold is for the services to say; here they are only read."""

import json
from typing import Any, cast

from django import forms

from capsulier.capsules.capsule import Capsule
from capsulier.config import config
from capsulier.core.alerts import AlertKind
from capsulier.core.catch_up import CatchUp
from capsulier.core.errors import CapsulierError, InvalidFields
from capsulier.core.overlap import Overlap
from capsulier.services.drafts import SettingsDraft, VersionDraft
from capsulier.store.models import Channel
from capsulier.web.base.sentences import in_our_words
from capsulier.web.job_forms.numbers import decimal_number, whole_number
from capsulier.web.job_forms.retry_fields import RetryFields
from capsulier.web.job_forms.schedule_fields import ScheduleFields
from capsulier.web.job_forms.units import SECOND_CHOICES, join_seconds, split_seconds

_FIELD_OF_ERROR = {
    "schedule": "start_date",
    "timeout_s": "timeout",
    "retry_delay_s": "retry_delay",
    "retry_cap_s": "retry_cap",
    "alert_late_s": "alert_late",
    "alert_waiting_s": "alert_waiting",
    "warn_after_s": "warn_after",
    "package": "package",
}
"""Where a refusal of a service is shown, if its field has another name here."""
_PARTS_OF_REPEAT = frozenset({"start_date", "start_time", "every", "every_unit", "times", "timezone"})


_AS_PLATFORM = "as the platform"
FOLDS = {
    "words": ("description", "note"),
    "alerts": ("alert_emails", "alert_on", "alert_channels", "alert_failures", "alert_late", "alert_waiting"),
    "retries": ("retries", "retry_delay", "retry_growth", "retry_cap"),
    "limits": ("timeout", "memory_mb", "cpus", "max_running", "warn_after"),
    "policies": ("overlap", "catch_up"),
    "keep": ("keep_days", "keep_executions", "keep_log_days", "keep_mb", "keep_work_days"),
}
"""What is folded away, by the name of its fold."""


class _Refusable(forms.Form):
    field_order = (
        "name",
        "package_file",
        "package",
        "command",
        "runtime",
        "run",
        "kind",
        "start_date",
        "start_time",
        "every",
    )
    """As on the page, so that the first one that is wrong gets the focus."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self.fields.values())

    def take_refusal(self, error: CapsulierError) -> None:
        """Show each refusal at its field; one that belongs to none above the form."""
        for each in error.errors if isinstance(error, InvalidFields) else [error]:
            field = each.field or ""
            field = field if field in self.fields else _FIELD_OF_ERROR.get(field, "")
            if field == "start_date" and self.cleaned_data.get("kind") == "cron":
                field = "cron"
            # What could not even be read has its sentence already, and a schedule made of it is no second mistake.
            if field in self.errors or (field == "start_date" and _PARTS_OF_REPEAT & set(self.errors)):
                continue
            self.add_error(field if field in self.fields else None, each.sentence)

    @property
    def first_invalid(self) -> str:
        return next((name for name in self.fields if name in self.errors), "")


class VersionForm(_Refusable):
    """What a version is made of."""

    command = forms.CharField(
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(
            attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "off", "class": "font-monospace"}
        ),
    )
    package = forms.IntegerField(required=False, widget=forms.HiddenInput)
    package_file = forms.FileField(label="Package", required=False, allow_empty_file=True, max_length=255)
    runtime = forms.ChoiceField(label="Runtime version", required=False)
    note = forms.CharField(
        label="Release note", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    timeout = whole_number(
        "Timeout", hint="Longer executions are stopped and have failed.", least=1, placeholder="none"
    )
    timeout_unit = forms.ChoiceField(label="Unit of the timeout", required=False, choices=SECOND_CHOICES)
    memory_mb = whole_number(
        "Memory, MB",
        hint="Of all its processes together, looked at twice a second; above it they are killed.",
        least=1,
        placeholder="no limit",
    )
    cpus = decimal_number("CPUs", hint="It is kept on so many whole processors.", placeholder="no limit")

    def __init__(self, *args: Any, capsule: Capsule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.capsule = capsule
        if capsule is None or capsule.package is None:
            del self.fields["package"], self.fields["package_file"]
        elif capsule.package.accepts:
            self.fields["package_file"].widget.attrs["accept"] = ",".join(capsule.package.accepts)
        if capsule and capsule.commands:
            commands = {**capsule.commands, "": capsule.command}
            self.fields["command"].widget.attrs["data-commands"] = json.dumps(commands)
        choices = _runtime_choices(capsule, str(self["runtime"].value() or ""))
        if choices:
            # The field itself: it is bound already, and a new one in its place would never be drawn.
            cast(forms.ChoiceField, self.fields["runtime"]).choices = choices
        else:
            del self.fields["runtime"]

    def version_draft(self) -> VersionDraft:
        given = self.cleaned_data
        return VersionDraft(
            command=(given.get("command") or "").replace("\r\n", "\n"),
            package_id=given.get("package"),
            runtime=given.get("runtime") or "",
            note=given.get("note") or "",
            timeout_s=join_seconds(given.get("timeout"), given.get("timeout_unit") or "min"),
            memory_mb=given.get("memory_mb"),
            cpus=given.get("cpus"),
        )


class SettingsForm(ScheduleFields, RetryFields, _Refusable):
    """What is not part of a version."""

    name = forms.CharField(
        required=False, max_length=10_000, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    description = forms.CharField(
        required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    alert_emails = forms.CharField(
        label="Email addresses",
        required=False,
        max_length=10_000,
        widget=forms.TextInput(attrs={"placeholder": "ana@example.org, ops@example.org", "inputmode": "email"}),
        help_text="Several with commas between.",
    )
    alert_on = forms.MultipleChoiceField(
        label="Send an alert on",
        required=False,
        choices=[(kind.value, kind.label) for kind in AlertKind],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    alert_channels = forms.TypedMultipleChoiceField(
        label="And to these channels",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    alert_failures = whole_number("After failures in a row", least=1, placeholder="no")
    alert_late = whole_number("When it starts late by", least=1, placeholder="no")
    alert_late_unit = forms.ChoiceField(label="Unit of the late start", required=False, choices=SECOND_CHOICES)
    warn_after = whole_number("Warn when it runs longer than", least=1, placeholder="no")
    warn_after_unit = forms.ChoiceField(label="Unit of the warning", required=False, choices=SECOND_CHOICES)
    alert_waiting = whole_number("When it waits in the queue for", least=1, placeholder="no")
    alert_waiting_unit = forms.ChoiceField(label="Unit of the wait", required=False, choices=SECOND_CHOICES)
    overlap = forms.ChoiceField(
        label="When it is due and the execution before has not ended",
        required=False,
        choices=[
            (Overlap.QUEUE.value, "Queue: wait for the end of the one before"),
            (Overlap.SKIP.value, "Skip this run"),
            (Overlap.REPLACE.value, "Replace: stop the one before"),
            (Overlap.PARALLEL.value, "Run beside it"),
        ],
    )
    catch_up = forms.ChoiceField(
        label="Runs that were missed while Capsulier was down or the schedule paused",
        required=False,
        choices=[
            (CatchUp.LATEST.value, "Make up for the latest one"),
            (CatchUp.NONE.value, "Leave them out"),
            (CatchUp.ALL.value, "Make up for all, at most 100"),
        ],
    )
    max_running = whole_number("Executions at once", least=1, placeholder="the platform's limit")
    keep_days = whole_number("Executions, for days", placeholder=_AS_PLATFORM)
    keep_executions = whole_number("Executions, at most", placeholder=_AS_PLATFORM)
    keep_log_days = whole_number("Logs and files, for days", placeholder=_AS_PLATFORM)
    keep_mb = whole_number("Logs and files, at most MB", placeholder=_AS_PLATFORM)
    keep_work_days = whole_number("Working directories, for days", placeholder=_AS_PLATFORM)

    def __init__(self, *args: Any, platform_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices := channel_choices(platform_id):
            cast(forms.ChoiceField, self.fields["alert_channels"]).choices = choices
        else:
            del self.fields["alert_channels"]
        if config().mail_server is None:
            self.fields[
                "alert_emails"
            ].help_text += " No mail server is configured, so none is sent: an administrator sets CAPSULIER_SMTP_URL."

    def settings_draft(self) -> SettingsDraft:
        given, retry = self.cleaned_data, self.retry_rule()
        standard = SettingsDraft()
        return SettingsDraft(
            description=(given.get("description") or "").replace("\r\n", "\n"),
            max_running=given.get("max_running"),
            overlap=given.get("overlap") or standard.overlap,
            catch_up=given.get("catch_up") or standard.catch_up,
            retries=retry.times,
            retry_delay_s=round(retry.delay_s),
            retry_growth=retry.growth,
            retry_cap_s=None if retry.cap_s is None else round(retry.cap_s),
            keep_days=given.get("keep_days"),
            keep_executions=given.get("keep_executions"),
            keep_log_days=given.get("keep_log_days"),
            keep_mb=given.get("keep_mb"),
            keep_work_days=given.get("keep_work_days"),
            alert_emails=addresses(given.get("alert_emails") or ""),
            alert_on=given.get("alert_on") or [],
            alert_channels=given.get("alert_channels") or [],
            alert_failures=given.get("alert_failures"),
            alert_late_s=join_seconds(given.get("alert_late"), given.get("alert_late_unit") or "min"),
            warn_after_s=join_seconds(given.get("warn_after"), given.get("warn_after_unit") or "min"),
            alert_waiting_s=join_seconds(given.get("alert_waiting"), given.get("alert_waiting_unit") or "min"),
        )


class NewJobForm(VersionForm, SettingsForm):
    """All of a job."""


def channel_choices(platform_id: int) -> list[tuple[int, str]]:
    return list(Channel.objects.filter(platform=platform_id).order_by("name").values_list("id", "name"))


def _runtime_choices(capsule: Capsule | None, chosen: str) -> list[tuple[str, str]]:
    """Those of this machine, and the chosen one even if it is not among them: nothing changes without being seen."""
    found = capsule.runtimes if capsule else ()
    choices = [
        (
            each.id,
            each.label
            + (" (recommended)" if each.recommended else "")
            + (" (deprecated)" if each.is_deprecated else ""),
        )
        for each in found
    ]
    if chosen and chosen not in dict(choices):
        choices.append((chosen, f"{chosen} (not on this machine)"))
    return choices


def version_initial(draft: VersionDraft) -> dict[str, Any]:
    timeout, timeout_unit = split_seconds(draft.timeout_s)
    return {
        "command": draft.command,
        "package": draft.package_id,
        "runtime": draft.runtime,
        "note": draft.note,
        "timeout": timeout,
        "timeout_unit": timeout_unit,
        "memory_mb": draft.memory_mb,
        "cpus": draft.cpus,
    }


def settings_initial(draft: SettingsDraft) -> dict[str, Any]:
    retry_delay, retry_delay_unit = split_seconds(draft.retry_delay_s)
    retry_cap, retry_cap_unit = split_seconds(draft.retry_cap_s)
    late, late_unit = split_seconds(draft.alert_late_s)
    waiting, waiting_unit = split_seconds(draft.alert_waiting_s)
    warn_after, warn_after_unit = split_seconds(draft.warn_after_s)
    return {
        **draft.as_dict(),
        "alert_emails": ", ".join(draft.alert_emails),
        "alert_late": late,
        "alert_late_unit": late_unit,
        "warn_after": warn_after,
        "warn_after_unit": warn_after_unit,
        "alert_waiting": waiting,
        "alert_waiting_unit": waiting_unit,
        "retry_delay": retry_delay,
        "retry_delay_unit": retry_delay_unit,
        "retry_cap": retry_cap,
        "retry_cap_unit": retry_cap_unit,
    }


def folds_open(form: forms.Form, standard: dict[str, Any]) -> set[str]:
    """The folds to show open: those with an error, or with something in them that is not as in a new job."""
    return {
        fold
        for fold, names in FOLDS.items()
        for name in names
        if name in form.fields and (name in form.errors or _as_text(form[name].value()) != _as_text(standard.get(name)))
    }


def _as_text(value: Any) -> str:
    return "" if value in (None, "", [], 0, "0") else str(value)


def addresses(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value
