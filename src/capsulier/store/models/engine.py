from django.db import models


class SeenEngine(models.Model):
    """What the leading conductor last saw of an engine: only the conductor talks to engines, and pages want to know."""

    name = models.CharField(max_length=63, primary_key=True)
    abilities = models.JSONField(default=list)
    nodes = models.JSONField(default=list)
    """The fields of `engines.protocol.Node`, for each."""
    at_us = models.BigIntegerField()

    class Meta:
        db_table = "seen_engine"

    def __str__(self) -> str:
        return self.name
