from django.db import models

from capsulier.store.models.people import User
from capsulier.store.models.platform import Platform


class Package(models.Model):
    """An uploaded file. Its bytes are stored once, under their SHA-256, however often they are uploaded."""

    platform = models.ForeignKey(Platform, models.CASCADE)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        db_table = "package"

    def __str__(self) -> str:
        return self.name
