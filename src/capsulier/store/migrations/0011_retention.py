"""How much is kept of executions, the limits of platforms, and what is left of the files of executions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_variables"),
    ]

    operations = [
        migrations.AddField(
            model_name="execution",
            name="files_gone_us",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="execution",
            name="log_bytes",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="execution",
            name="packed_us",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="execution",
            name="work_bytes",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="execution",
            name="work_gone_us",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="keep_days",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="keep_executions",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="keep_log_days",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="keep_mb",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="keep_work_days",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="keep_days",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="keep_executions",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="keep_log_days",
            field=models.PositiveIntegerField(default=90, null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="keep_mb",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="keep_work_days",
            field=models.PositiveIntegerField(default=7, null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="max_log_mb",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="min_free_mb",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
