"""From options to what the API takes. An option that was not given is left out."""

import os
from collections.abc import Mapping
from typing import Any

from capsulier.cli.machine_zone import machine_zone
from capsulier.core.errors import Invalid
from capsulier.core.period import elapsed_seconds, parse_period


def given(**values: Any) -> dict[str, Any]:
    """Only those that were given."""
    return {name: value for name, value in values.items() if value is not None}


def seconds(period: str | None, field: str) -> int | None:
    """A period as seconds; "0" is 0. Raises Invalid."""
    if period is None:
        return None
    return 0 if period.strip() == "0" else elapsed_seconds(parse_period(period, field=field), field=field)


def listed(text: str | None) -> list[str] | None:
    """ "a, b" as its parts; the empty text has none."""
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def zero_is_none(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """On the command line 0 takes a limit away; the API says null."""
    return {name: None if name in names and value == 0 else value for name, value in values.items()}


def kept_body(**texts: str | None) -> dict[str, int | None]:
    """How much is kept: a number, `always`, or `platform` for what the platform says. Raises Invalid."""
    return {name: _kept(name, text) for name, text in texts.items() if text is not None}


def _kept(name: str, text: str) -> int | None:
    if text == "platform":
        return None
    if text == "always":
        return 0
    if not (text.isascii() and text.isdecimal() and int(text)):
        option = "--" + name.replace("_", "-")
        raise Invalid(f"{option} is a number from 1, always, or platform; “{text[:40]}” is none of them.", field=name)
    return int(text)


def schedule_body(
    repeat: str | None, cron: str | None, timezone: str | None, until: str | None
) -> dict[str, Any] | None:
    """None where no schedule was given. Whether it can be used is for the server to say."""
    if repeat is None and cron is None:
        return None
    return given(repeat=repeat, cron=cron, timezone=timezone or machine_zone(os.environ), until=until)


def version_body(
    *,
    command: str | None,
    runtime: str | None,
    note: str | None,
    timeout: str | None,
    memory_mb: int | None,
    cpus: float | None,
) -> dict[str, Any]:
    """What a version is, but for its package."""
    body = given(
        command=command,
        runtime=runtime,
        note=note,
        timeout_s=seconds(timeout, "timeout_s"),
        memory_mb=memory_mb,
        cpus=cpus,
    )
    return zero_is_none(body, "timeout_s", "memory_mb", "cpus")


def settings_body(
    *,
    description: str | None,
    retries: int | None,
    retry_delay: str | None,
    retry_growth: float | None,
    retry_cap: str | None,
    overlap: str | None,
    catch_up: str | None,
    alert_email: str | None,
    alert_on: str | None,
    alert_failures: int | None,
    alert_late: str | None,
    alert_waiting: str | None,
    warn_after: str | None,
    max_running: int | None,
) -> dict[str, Any]:
    """What is not part of a version."""
    body = given(
        description=description,
        retries=retries,
        retry_delay_s=seconds(retry_delay, "retry_delay_s"),
        retry_growth=retry_growth,
        retry_cap_s=seconds(retry_cap, "retry_cap_s"),
        overlap=overlap,
        catch_up=catch_up,
        alert_emails=listed(alert_email),
        alert_on=listed(alert_on),
        alert_failures=alert_failures,
        alert_late_s=seconds(alert_late, "alert_late_s"),
        alert_waiting_s=seconds(alert_waiting, "alert_waiting_s"),
        warn_after_s=seconds(warn_after, "warn_after_s"),
        max_running=max_running,
    )
    return zero_is_none(
        body, "retry_cap_s", "max_running", "alert_failures", "alert_late_s", "alert_waiting_s", "warn_after_s"
    )
