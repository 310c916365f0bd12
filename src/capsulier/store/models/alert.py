from django.db import models

from capsulier.store.models.execution import Execution


class Mail(models.Model):
    """The outbox: one alert about one execution to one address, written in the transaction of the execution's end."""

    execution = models.ForeignKey(Execution, models.CASCADE, related_name="+")
    address = models.CharField(max_length=320)
    kind = models.CharField(max_length=31)
    created_us = models.BigIntegerField()
    next_try_us = models.BigIntegerField(null=True)
    """None: nothing is to be done any more (sent, or given up)."""
    tries = models.PositiveIntegerField(default=0)
    sent_us = models.BigIntegerField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "mail"
        constraints = [models.UniqueConstraint(fields=["execution", "address"], name="mail_once")]
        indexes = [
            models.Index(fields=["next_try_us"], condition=models.Q(next_try_us__isnull=False), name="mail_to_send")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"
