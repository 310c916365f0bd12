from django.db import models

from capsulier.store.models.job import Job
from capsulier.store.models.people import User
from capsulier.store.models.platform import Platform


class Change(models.Model):
    """Who did what to what, when: the audit trail. Rows are added, never changed."""

    at = models.DateTimeField(auto_now_add=True)
    platform = models.ForeignKey(Platform, models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="changes")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    via = models.CharField(max_length=255)
    """page, or the name of the token."""
    verb = models.CharField(max_length=31)
    """The use case: created, upgraded, rolled back, …"""
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "change"
        indexes = [models.Index(fields=["job", "id"], name="change_of_job")]

    def __str__(self) -> str:
        return f"{self.verb} {self.job}"
