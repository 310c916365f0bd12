"""The schedule editor: its fields, and what they say as a schedule."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from capsulier.core.errors import CapsulierError
from capsulier.core.period import parse_period
from capsulier.core.repeat import Repeat
from capsulier.core.schedule import parse_schedule
from capsulier.core.zones import first_instant
from capsulier.services.drafts import ScheduleDraft
from capsulier.web.job_forms.numbers import whole_number
from capsulier.web.job_forms.units import ISO, ISO_CHOICE, PERIOD_CHOICES, join_period, split_period

MANUAL, SCHEDULED = "manual", "schedule"
REPEAT, CRON = "repeat", "cron"
_UNTIL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class ScheduleFields(forms.Form):
    """Nothing is required here: what is missing is said by the schedule that does not come about."""

    run = forms.ChoiceField(
        label="Run",
        choices=[(MANUAL, "Manually"), (SCHEDULED, "On a schedule")],
        widget=forms.RadioSelect(attrs={"class": "form-selectgroup-input"}),
        initial=MANUAL,
    )
    kind = forms.ChoiceField(
        choices=[(REPEAT, "Repeat"), (CRON, "Cron")],
        widget=forms.RadioSelect(attrs={"class": "form-selectgroup-input"}),
        initial=REPEAT,
        required=False,
    )
    start_date = forms.DateField(
        label="First run", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    start_time = forms.TimeField(
        label="Time of the first run",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    times = whole_number("How many times", least=1, placeholder="for ever")
    every = forms.CharField(
        label="Delay between runs",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    every_unit = forms.ChoiceField(label="Unit of the delay", required=False, choices=PERIOD_CHOICES, initial="d")
    cron = forms.CharField(
        label="Cron",
        required=False,
        max_length=255,
        widget=forms.TextInput(
            attrs={
                "placeholder": "0 8 * * 1-5",
                "autocomplete": "off",
                "spellcheck": "false",
                "class": "font-monospace",
            }
        ),
        help_text="Minute, hour, day of the month, month, day of the week.",
    )
    timezone = forms.CharField(
        label="Time zone",
        required=False,
        max_length=63,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    until = forms.DateTimeField(
        label="Not after",
        required=False,
        input_formats=_UNTIL_FORMATS,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text="In the time zone of the schedule. Empty: without end.",
    )
    paused = forms.BooleanField(
        label="Paused", required=False, help_text="Keeps the schedule and starts nothing until it is resumed."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.data.get("every_unit") if self.is_bound else self.initial.get("every_unit")
        if unit == ISO:
            self.fields["every_unit"] = forms.ChoiceField(choices=[*PERIOD_CHOICES, ISO_CHOICE], required=False)
        if str(self["start_time"].value()).count(":") == 2:
            self.fields["start_time"].widget.attrs["step"] = "1"

    @property
    def has_schedule(self) -> bool:
        return bool(self.cleaned_data.get("run") == SCHEDULED)

    def schedule_draft(self) -> ScheduleDraft | None:
        """What the fields say, whether it can be used or not; None where the job is run by hand."""
        if not self.has_schedule:
            return None
        given = self.cleaned_data
        zone = (given.get("timezone") or "").strip() or "UTC"
        rest: dict[str, Any] = {
            "timezone": zone,
            "until": _at(given.get("until"), zone),
            "paused": bool(given.get("paused")),
        }
        if given.get("kind") == CRON:
            return ScheduleDraft(cron=given.get("cron") or " ", **rest)
        return ScheduleDraft(repeat=self._repeat(), **rest)

    def _repeat(self) -> str:
        given = self.cleaned_data
        date, time = given.get("start_date"), given.get("start_time")
        start = f"{date}T{time or '00:00:00'}" if date else ""
        period = join_period(given.get("every") or "", given.get("every_unit") or "")
        return f"R{given.get('times') or ''}/{start}/{period}"

    def clean(self) -> dict[str, Any]:
        """What a repeat needs is said where it is missing; the rest of the schedule is the services' to judge."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.has_schedule or given.get("kind") == CRON:
            return given
        if not given.get("start_date") and "start_date" not in self.errors:
            self.add_error("start_date", "Give the date of the first run.")
        every = (given.get("every") or "").strip()
        if not every:
            self.add_error("every", "A delay between runs is required.")
        elif "every_unit" in self.errors:
            pass  # a number without its unit says nothing
        elif given.get("every_unit") != ISO and not (every.isdecimal() and int(every)):
            self.add_error("every", "The delay is a whole number, at least 1.")
        else:
            try:
                parse_period(join_period(every, given.get("every_unit") or ""))
            except CapsulierError as error:
                self.add_error("every", error.sentence)
        return given


def schedule_initial(draft: ScheduleDraft | None, *, zone: str, now: datetime) -> dict[str, Any]:
    """What the editor begins with: this schedule, or a daily one from the next full hour on, switched off."""
    if draft is None:
        first = (now.astimezone(ZoneInfo(zone)) + timedelta(hours=1)).replace(minute=0, second=0)
        return {
            "run": MANUAL,
            "kind": REPEAT,
            "start_date": first.date(),
            "start_time": _clock(first),
            "every": "1",
            "every_unit": "d",
            "timezone": zone,
        }
    shared = {
        "run": SCHEDULED,
        "timezone": draft.timezone,
        # Naive, or Django would write it down as a clock in UTC shows it.
        "until": draft.until.astimezone(ZoneInfo(draft.timezone)).replace(tzinfo=None) if draft.until else None,
        "paused": draft.paused,
    }
    begun = schedule_initial(None, zone=zone, now=now)
    if draft.cron:
        return {**begun, **shared, "kind": CRON, "cron": draft.cron}
    try:
        repeat = parse_schedule(repeat=draft.repeat, zone=draft.timezone)
    except CapsulierError:
        return {**begun, **shared}
    assert isinstance(repeat, Repeat)  # noqa: S101 (for the type checker: it was parsed as one)
    number, unit = split_period(repeat.period.text)
    return {
        **shared,
        "kind": REPEAT,
        "start_date": repeat.start.date(),
        "start_time": _clock(repeat.start),
        "times": repeat.times,
        "every": number,
        "every_unit": unit,
    }


def _clock(at: datetime) -> str:
    """With seconds only where there are any: the control then has no place for them."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _at(wall: datetime | None, zone: str) -> datetime | None:
    """The instant that a clock in this zone means; a zone that there is not is refused with the schedule."""
    if wall is None:
        return None
    try:
        return first_instant(wall.replace(tzinfo=None), ZoneInfo(zone))
    except (KeyError, ValueError):
        return wall.replace(tzinfo=UTC)
