from django.db import models


class Installation(models.Model):
    """One row. Its id stands in the data directory too: if they differ, nothing starts."""

    uuid = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    trail_from = models.BigIntegerField(default=0)
    """Rows of the audit trail with a smaller id are given up: they, and no others, can be removed."""

    class Meta:
        db_table = "installation"

    def __str__(self) -> str:
        return str(self.uuid)


class Lease(models.Model):
    """Who leads. `epoch` counts the leaders: whatever a former leader still writes is refused by it."""

    name = models.CharField(max_length=63, primary_key=True)
    holder = models.CharField(max_length=255, blank=True)
    epoch = models.BigIntegerField(default=0)
    until_us = models.BigIntegerField(default=0)

    class Meta:
        db_table = "lease"

    def __str__(self) -> str:
        return f"{self.name}: {self.holder} (epoch {self.epoch})"


class Figures(models.Model):
    """What a process without an address of its own tells of itself: its measurements as Prometheus reads them."""

    process = models.CharField(max_length=63, primary_key=True)
    at_us = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        db_table = "figures"

    def __str__(self) -> str:
        return f"figures of the {self.process}"
