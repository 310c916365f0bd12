from django.db import models
from django.db.models import Q

from capsulier.store.models.job import Job
from capsulier.store.models.people import User
from capsulier.store.models.platform import Platform


class Variable(models.Model):
    """A value that a variable of a platform or a job has, or has had.

    Rows are not edited, but for their sealing when keys are rotated: another value is another row, and the one before
    gets its end. It is kept while there may be executions that were given it: their logs are masked by it.
    """

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="variables")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="variables")
    """None: of all jobs of the platform."""
    name = models.CharField(max_length=255)
    is_secret = models.BooleanField(default=False)
    value = models.TextField(blank=True)
    """Of a plain one; empty for a secret."""
    sealed = models.TextField(blank=True)
    """Of a secret one: the value, encrypted by `services.sealing`."""
    fingerprint = models.CharField(max_length=64)
    """Keyed hash of the value: equal for equal values, and says nothing else."""
    set_us = models.BigIntegerField()
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ended_us = models.BigIntegerField(null=True)
    """None: this is the value today."""

    class Meta:
        db_table = "variable"
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "name"], condition=Q(job=None, ended_us=None), name="variable_of_platform_once"
            ),
            models.UniqueConstraint(fields=["job", "name"], condition=Q(ended_us=None), name="variable_of_job_once"),
        ]
        indexes = [
            models.Index(fields=["ended_us"], condition=Q(ended_us__isnull=False), name="variable_of_the_past"),
            models.Index(fields=["id"], condition=~Q(sealed=""), name="variable_sealed"),
        ]

    def __str__(self) -> str:
        return self.name
