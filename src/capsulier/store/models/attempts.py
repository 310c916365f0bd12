from django.db import models


class Attempts(models.Model):
    """How often somebody tried something of late."""

    key = models.CharField(max_length=64, primary_key=True)
    """Of what was tried, and by whom: a hash, for names are of any length and say who works here."""
    began_us = models.BigIntegerField(db_index=True)
    """When the first of them was."""
    count = models.IntegerField()

    class Meta:
        db_table = "attempts"

    def __str__(self) -> str:
        return f"{self.count} since {self.began_us}"


class Noted(models.Model):
    """Django's cache, shared by all web processes: codes of authenticator apps that were used a moment ago."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "noted"

    def __str__(self) -> str:
        return self.cache_key
