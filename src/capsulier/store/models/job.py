from django.db import models
from django.db.models import Q

from capsulier.core.states import Standing, State, Status, job_status
from capsulier.store.models.package import Package
from capsulier.store.models.people import User
from capsulier.store.models.platform import Platform


class Job(models.Model):
    """A named piece of work in one capsule, with what is not part of a version."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="jobs")
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=1020)
    """`core.names.name_key` of the name: what is unique among the jobs of a platform that are not deleted."""
    description = models.TextField(blank=True)
    capsule = models.CharField(max_length=63)
    category = models.CharField(max_length=63)
    current_version = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    """Counts edits, for ETag and If-Match."""
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    # Settings.
    max_running = models.PositiveIntegerField(null=True)
    """Executions at once; None leaves it to the platform's limit."""
    overlap = models.CharField(max_length=16, default="queue")
    catch_up = models.CharField(max_length=16, default="latest")
    retries = models.PositiveIntegerField(default=0)
    retry_delay_s = models.PositiveIntegerField(default=300)
    retry_growth = models.FloatField(default=1.0)
    retry_cap_s = models.PositiveIntegerField(null=True)
    # What is kept of its executions: `core.retention`. 0: all; None leaves it to the platform.
    keep_days = models.PositiveIntegerField(null=True)
    keep_executions = models.PositiveIntegerField(null=True)
    keep_log_days = models.PositiveIntegerField(null=True)
    keep_mb = models.PositiveIntegerField(null=True)
    keep_work_days = models.PositiveIntegerField(null=True)
    alert_emails = models.JSONField(default=list)
    alert_on = models.JSONField(default=list)
    alert_channels = models.JSONField(default=list)
    """Ids of channels of the platform."""
    alert_failures = models.PositiveIntegerField(null=True)
    """So many failures in a row are an alert."""
    alert_late_s = models.PositiveIntegerField(null=True)
    alert_waiting_s = models.PositiveIntegerField(null=True)
    warn_after_s = models.PositiveIntegerField(null=True)
    """An execution that runs for longer is marked, and told where somebody hears of alerts."""

    # Counters, and the facts that its status follows from: written by the ledger, in the transaction of each move.
    version_counter = models.PositiveIntegerField(default=0)
    execution_counter = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    running = models.PositiveIntegerField(default=0)
    successes = models.PositiveIntegerField(default=0)
    """How many of its executions have ever ended so. Nobody has to count a million rows, and those that are no longer
    kept still count."""
    failures = models.PositiveIntegerField(default=0)
    kills = models.PositiveIntegerField(default=0)
    last_execution_id = models.BigIntegerField(null=True)
    """The one with the highest number."""
    last_outcome = models.CharField(max_length=16, blank=True)
    last_ended_us = models.BigIntegerField(null=True)
    next_fire_us = models.BigIntegerField(null=True)
    changed_us = models.BigIntegerField(default=0)
    """When anything about the job, its schedule or its executions last changed: what live pages ask for."""

    class Meta:
        db_table = "job"
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "name_key"], condition=Q(deleted_at=None), name="job_name_once"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(warn_after_s__isnull=False), name="job_with_warning"),
            models.Index(fields=["platform", "changed_us"], name="job_changed"),
            models.Index(fields=["platform", "category", "capsule"], condition=Q(deleted_at=None), name="job_on_board"),
            models.Index(fields=["id"], condition=Q(queued__gt=0), name="job_with_queue"),
            models.Index(
                fields=["id"],
                condition=Q(alert_late_s__isnull=False) | Q(alert_waiting_s__isnull=False),
                name="job_watched",
            ),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="job_in_trash"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> Status:
        return job_status(
            Standing(
                queued=self.queued,
                pending=self.pending,
                running=self.running,
                last_outcome=State(self.last_outcome) if self.last_outcome else None,
                has_next_fire=self.next_fire_us is not None,
            )
        )

    @property
    def live(self) -> int:
        return self.queued + self.pending + self.running


class Version(models.Model):
    """Command + package + runtime + resources + release note. Never changes, but for its star."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    command = models.TextField()
    package = models.ForeignKey(Package, models.PROTECT, null=True, related_name="versions")
    runtime = models.CharField(max_length=63, blank=True)
    note = models.TextField(blank=True)
    timeout_s = models.PositiveIntegerField(null=True)
    memory_mb = models.PositiveIntegerField(null=True)
    cpus = models.FloatField(null=True)
    is_major = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "version"
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"version {self.number}"
