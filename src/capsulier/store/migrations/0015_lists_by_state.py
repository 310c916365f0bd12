"""Lists by state and outcome that read no more than they show, however long the history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_invitations"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("ended_us__isnull", True)), fields=["platform", "id"], name="execution_live"
            ),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "killed"])),
                fields=["platform", "id"],
                name="execution_unsuccessful",
            ),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "killed"])),
                fields=["job", "number"],
                name="execution_unsuccessful_job",
            ),
        ),
        migrations.AddIndex(
            model_name="fire",
            index=models.Index(
                condition=models.Q(("outcome__in", ["late", "queued", "ran", "replaced"]), _negated=True),
                fields=["platform", "due_us"],
                name="fire_not_run",
            ),
        ),
    ]
