"""What counts executions by time and jobs by capsule reads indexes only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_run_as"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(fields=["job", "queued_us"], name="execution_of_job_when"),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "killed"])),
                fields=["job", "queued_us", "state"],
                name="execution_unsuccessful_when",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["platform", "category", "capsule"],
                name="job_on_board",
            ),
        ),
    ]
