"""How many executions ended how, on the rows of jobs and platforms; the figures that processes hand over."""

from django.db import migrations, models

_RECOUNT = """
    UPDATE job SET
        successes = (SELECT COUNT(*) FROM execution WHERE execution.job_id = job.id AND execution.state = 'success'),
        failures = (SELECT COUNT(*) FROM execution WHERE execution.job_id = job.id AND execution.state = 'failed'),
        kills = (SELECT COUNT(*) FROM execution WHERE execution.job_id = job.id AND execution.state = 'killed')
    WHERE execution_counter > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_trail_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="Figures",
            fields=[
                ("process", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("at_us", models.BigIntegerField()),
                ("text", models.TextField()),
            ],
            options={
                "db_table": "figures",
            },
        ),
        migrations.AddField(
            model_name="job",
            name="failures",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="kills",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="successes",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="platform",
            name="past_failures",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="platform",
            name="past_kills",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="platform",
            name="past_successes",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunSQL(_RECOUNT, migrations.RunSQL.noop),
    ]
