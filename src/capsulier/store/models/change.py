from django.db import models

from capsulier.store.models.job import Job
from capsulier.store.models.people import User
from capsulier.store.models.platform import Platform


class Change(models.Model):
    """Who did what to what, when, and from where: the audit trail.

    Rows are added. The database itself refuses to change one, and to remove one that `Installation.trail_from` has not
    given up. They outlive what they tell of: none of their references is one of the database, names stand beside ids.
    """

    at = models.DateTimeField(auto_now_add=True)
    platform = models.ForeignKey(Platform, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    """None: of the installation, such as a sign-in."""
    job = models.ForeignKey(Job, models.DO_NOTHING, null=True, db_constraint=False, related_name="changes")
    user = models.ForeignKey(User, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    who = models.CharField(max_length=255)
    """As they were called then; of a failed sign-in, who they said they were."""
    via = models.CharField(max_length=255)
    """page, or the name of the token."""
    address = models.CharField(max_length=63, blank=True)
    agent = models.CharField(max_length=255, blank=True)
    """What their browser or program called itself."""
    subject = models.CharField(max_length=31)
    """`core.trail.Subject`."""
    name = models.CharField(max_length=255, blank=True)
    """Of the subject, as it was called then."""
    verb = models.CharField(max_length=31)
    """The use case: created, upgraded, rolled back, …"""
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "change"
        indexes = [
            models.Index(fields=["job", "id"], name="change_of_job"),
            models.Index(fields=["platform", "id"], name="change_of_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.name}"
