from django.db import models
from django.db.models import Q

from capsulier.core.fires import STARTED
from capsulier.store.models.execution import Execution
from capsulier.store.models.job import Job
from capsulier.store.models.platform import Platform

_STARTED = sorted(outcome.value for outcome in STARTED)


class Schedule(models.Model):
    """When a job is to run by itself: a repeat (`R5/2026-12-01T08:00:00/P1D`) or cron text, in a zone."""

    job = models.OneToOneField(Job, models.CASCADE, related_name="schedule")
    repeat = models.CharField(max_length=255, blank=True)
    cron = models.CharField(max_length=255, blank=True)
    timezone = models.CharField(max_length=63)
    until = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    started = models.PositiveIntegerField(default=0)
    """Executions that it started, retries not counted: what *number of times* counts."""
    accounted_us = models.BigIntegerField()
    """Every instant due up to here is decided."""
    next_fire_us = models.BigIntegerField(null=True)
    """The first instant that has no record; None when it fires no more. While it is paused those after `accounted_us`
    are noted, and decided when it is resumed."""

    class Meta:
        db_table = "schedule"
        constraints = [
            models.CheckConstraint(
                condition=(Q(repeat="") & ~Q(cron="")) | (~Q(repeat="") & Q(cron="")), name="schedule_one_kind"
            ),
        ]
        indexes = [models.Index(fields=["next_fire_us"], name="schedule_due")]

    def __str__(self) -> str:
        return self.repeat or self.cron


class Fire(models.Model):
    """One instant at which a schedule was due, or a stretch of like ones, and what became of it."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, models.CASCADE, related_name="fires")
    due_us = models.BigIntegerField()
    until_us = models.BigIntegerField(null=True)
    """The last instant of a stretch of `count` like non-runs (manager down, paused)."""
    count = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=16)
    why = models.CharField(max_length=16, blank=True)
    detail = models.TextField(blank=True)
    execution = models.ForeignKey(Execution, models.SET_NULL, null=True, related_name="+")
    decided_us = models.BigIntegerField()

    class Meta:
        db_table = "fire"
        constraints = [models.UniqueConstraint(fields=["job", "due_us"], name="fire_once")]
        indexes = [
            models.Index(fields=["platform", "due_us"], name="fire_of_platform"),
            models.Index(fields=["platform", "due_us"], condition=~Q(outcome__in=_STARTED), name="fire_not_run"),
        ]

    def __str__(self) -> str:
        return f"{self.job} due {self.due_us}: {self.outcome}"
