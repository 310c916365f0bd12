from django.db import models
from django.db.models import Q

from capsulier.store.models.execution import Execution
from capsulier.store.models.job import Job
from capsulier.store.models.platform import Platform


class Channel(models.Model):
    """A way out of the house beside mail: an Apprise URL (Slack, Teams, …) or a signed webhook."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="channels")
    name = models.CharField(max_length=63)
    kind = models.CharField(max_length=16)
    """apprise or webhook."""
    url = models.TextField()
    """Encrypted: there are tokens in it."""
    secret = models.TextField(blank=True)
    """What a webhook's messages are signed with, encrypted."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "channel"
        constraints = [models.UniqueConstraint(fields=["platform", "name"], name="channel_name_once")]

    def __str__(self) -> str:
        return self.name


class Occasion(models.Model):
    """Something that somebody may want to hear of, written in the transaction in which it happened. Its alerts are
    worked out right afterwards."""

    event = models.CharField(max_length=63, unique=True)
    """What happened to what: `end:81`, `late:81`, `missed:12:1769904000000000`. It is noted once, whoever notices."""
    kind = models.CharField(max_length=15)
    """end, missed, late, waiting, long."""
    job = models.ForeignKey(Job, models.CASCADE, related_name="+")
    execution = models.ForeignKey(Execution, models.CASCADE, null=True, related_name="+")
    due_us = models.BigIntegerField(null=True)
    """Of an instant at which nothing started."""
    count = models.PositiveIntegerField(default=1)
    """How many such instants in a row."""
    words = models.TextField(blank=True)
    """Why nothing started."""
    at_us = models.BigIntegerField()
    is_open = models.BooleanField(default=True)
    """Its alerts have not been worked out yet."""

    class Meta:
        db_table = "occasion"
        indexes = [models.Index(fields=["id"], condition=Q(is_open=True), name="occasion_open")]

    def __str__(self) -> str:
        return self.event


class Alert(models.Model):
    """The outbox: one message about one occasion to one address or channel."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, null=True, related_name="alerts")
    """None: a test."""
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="+")
    target = models.CharField(max_length=320)
    """An email address, or `channel:` and its id."""
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="alerts")
    kind = models.CharField(max_length=15)
    created_us = models.BigIntegerField()
    next_try_us = models.BigIntegerField(null=True)
    """None: nothing is to be done any more (sent, or given up)."""
    tries = models.PositiveIntegerField(default=0)
    sent_us = models.BigIntegerField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "alert"
        constraints = [models.UniqueConstraint(fields=["occasion", "target"], name="alert_once")]
        indexes = [
            models.Index(fields=["next_try_us"], condition=Q(next_try_us__isnull=False), name="alert_to_send"),
            models.Index(fields=["channel", "id"], condition=Q(channel__isnull=False), name="alert_of_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.target}"


class Mute(models.Model):
    """Somebody does not want to hear of a job for a while."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="+")
    target = models.CharField(max_length=320)
    until_us = models.BigIntegerField(null=True)
    """None: for ever."""

    class Meta:
        db_table = "mute"
        constraints = [models.UniqueConstraint(fields=["job", "target"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.target} does not hear of {self.job}"
