from django.db import models
from django.db.models import Q

from capsulier.core.states import ENDED, LIVE, UNSUCCESSFUL, State
from capsulier.store.models.job import Job, Version
from capsulier.store.models.people import User
from capsulier.store.models.platform import Platform

_LIVE = sorted(state.value for state in LIVE)
_UNSUCCESSFUL = sorted(state.value for state in UNSUCCESSFUL)
_ENDED = sorted(state.value for state in ENDED)


class Execution(models.Model):
    """One run of one version of a job. Instants are microseconds since the epoch, UTC. Written by the ledger only."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, models.CASCADE, related_name="executions")
    number = models.PositiveIntegerField()
    version = models.ForeignKey(Version, models.PROTECT, related_name="executions")
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=16, blank=True)
    detail = models.TextField(blank=True)
    """Words to the reason: the preparation step that failed, who stopped it."""
    exit_code = models.IntegerField(null=True)
    signal = models.IntegerField(null=True)
    trigger = models.CharField(max_length=16)
    """manual, api, schedule, retry."""
    triggered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    attempt = models.PositiveIntegerField(default=1)
    retry_of = models.ForeignKey("Execution", models.SET_NULL, null=True, related_name="retries")
    alone = models.BooleanField(default=False)
    """Waits until no other execution of its job is pending or running (overlap: queue, replace)."""
    variables = models.JSONField(default=dict)
    """Given for this run only: by name a text, or of a secret one `{"sealed": …, "fingerprint": …}`."""
    given = models.JSONField(null=True)
    """What else it was given when it was placed: by name the id of a `Variable`. None: nothing."""
    snapshot = models.JSONField(default=dict)
    """What shaped it, so that it can be compared later: version, command, package, runtime, settings."""

    due_us = models.BigIntegerField(null=True)
    """The instant of its schedule, where a schedule started it."""
    not_before_us = models.BigIntegerField()
    """When it may leave the queue at the earliest: the retry delay."""
    queued_us = models.BigIntegerField()
    pending_us = models.BigIntegerField(null=True)
    started_us = models.BigIntegerField(null=True)
    ended_us = models.BigIntegerField(null=True)
    warned_us = models.BigIntegerField(null=True)
    """When it was seen to run for longer than its job's `warn_after_s`."""

    cpu_us = models.BigIntegerField(null=True)
    """The processor time that it has taken; None where its engine could not tell. Likewise the next."""
    peak_bytes = models.BigIntegerField(null=True)
    """The most memory that its processes had together."""

    placement = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=63, blank=True)
    node = models.CharField(max_length=255, blank=True)
    """The machine that it was placed from (local engine) or on (cluster)."""
    handle = models.JSONField(null=True)
    stop_us = models.BigIntegerField(null=True)
    """When a stop was asked for. Being stopped is a fact beside the state."""
    stop_reason = models.CharField(max_length=16, blank=True)
    stop_by = models.CharField(max_length=255, blank=True)
    stop_force = models.BooleanField(default=False)

    # What is left of its files: written by the conductor's janitor, once it has ended.
    log_bytes = models.BigIntegerField(null=True)
    """What its logs take on the disk; None until somebody has looked."""
    work_bytes = models.BigIntegerField(null=True)
    """The same of its working directory."""
    packed_us = models.BigIntegerField(null=True)
    """When its logs were packed."""
    work_gone_us = models.BigIntegerField(null=True)
    """When its working directory was removed, as the settings want it."""
    files_gone_us = models.BigIntegerField(null=True)
    """The same of all of its files."""

    class Meta:
        db_table = "execution"
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="execution_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="execution_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_us__isnull=True, state__in=_LIVE) | Q(ended_us__isnull=False, state__in=_ENDED),
                name="execution_ended_iff_over",
            ),
        ]
        indexes = [
            models.Index(fields=["job", "id"], condition=Q(state="queued"), name="execution_queue"),
            models.Index(fields=["not_before_us"], condition=Q(state="queued"), name="execution_delayed"),
            models.Index(
                fields=["platform", "job"], condition=Q(state__in=["pending", "running"]), name="execution_at_work"
            ),
            models.Index(
                fields=["stop_us"],
                condition=Q(state__in=["pending", "running"], stop_us__isnull=False),
                name="execution_to_stop",
            ),
            models.Index(fields=["platform", "queued_us"], name="execution_timeline"),
            # For the timeline of a platform on which much runs: they count, and read no rows.
            models.Index(fields=["job", "queued_us"], name="execution_of_job_when"),
            models.Index(
                fields=["job", "queued_us", "state"],
                condition=Q(state__in=_UNSUCCESSFUL),
                name="execution_unsuccessful_when",
            ),
            # For lists by state: what lives, and what ended badly, are few among many.
            models.Index(fields=["platform", "id"], condition=Q(ended_us__isnull=True), name="execution_live"),
            models.Index(
                fields=["platform", "id"], condition=Q(state__in=_UNSUCCESSFUL), name="execution_unsuccessful"
            ),
            models.Index(
                fields=["job", "number"], condition=Q(state__in=_UNSUCCESSFUL), name="execution_unsuccessful_job"
            ),
        ]

    @property
    def node_name(self) -> str:
        """Of the node of a cluster that it runs or ran on; empty: the Manager's own machine, or none yet."""
        return str((self.handle or {}).get("node", ""))

    def __str__(self) -> str:
        return f"execution {self.id}"
