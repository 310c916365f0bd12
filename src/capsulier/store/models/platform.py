from django.db import models


class Platform(models.Model):
    """A tenant: its jobs, variables, members, limits."""

    name = models.SlugField(max_length=63, unique=True)
    label = models.CharField(max_length=255)
    max_running = models.PositiveIntegerField()
    """Executions at once (pending or running) over all its jobs; the others wait in the queue."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "platform"

    def __str__(self) -> str:
        return self.label
