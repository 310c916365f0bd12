from django.db import models


class Platform(models.Model):
    """A tenant: its jobs, variables, members, limits."""

    name = models.SlugField(max_length=63, unique=True)
    label = models.CharField(max_length=255)
    max_running = models.PositiveIntegerField()
    """Executions at once (pending or running) over all its jobs; the others wait in the queue."""
    max_log_mb = models.PositiveIntegerField(null=True)
    """Of stdout and stderr of one execution together; None is the installation's limit."""
    min_free_mb = models.PositiveIntegerField(null=True)
    """With less free on the disk of the data directory nothing of it starts; None is as the installation says."""
    run_as = models.CharField(max_length=255, default="")
    """The account of the machine that its executions run as; empty: the one that the conductor runs as."""
    # What is kept of the executions of its jobs, where they do not say otherwise: `core.retention`. None: all.
    keep_days = models.PositiveIntegerField(null=True)
    keep_executions = models.PositiveIntegerField(null=True)
    keep_log_days = models.PositiveIntegerField(null=True, default=90)
    keep_mb = models.PositiveIntegerField(null=True)
    keep_work_days = models.PositiveIntegerField(null=True, default=7)
    past_successes = models.PositiveIntegerField(default=0)
    """How many executions of jobs that are no more ended so: what was counted once never goes down."""
    past_failures = models.PositiveIntegerField(default=0)
    past_kills = models.PositiveIntegerField(default=0)
    alert_emails = models.JSONField(default=list)
    """Whom a new job of this platform tells, unless somebody says otherwise; likewise the next two."""
    alert_on = models.JSONField(default=list)
    alert_channels = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)
    """Since when nothing in it runs or is changed, and its members do not see it."""

    class Meta:
        db_table = "platform"

    def __str__(self) -> str:
        return self.label
