"""Alerts about more than ends: occasions, the outbox of all of them, channels, mutes."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def carry_over(apps: Any, schema_editor: Any) -> None:
    """What waits in the outbox is still sent."""
    mails, occasions, alerts = (apps.get_model("store", name) for name in ("Mail", "Occasion", "Alert"))
    for mail in mails.objects.filter(next_try_us__isnull=False).select_related("execution"):
        occasion, _ = occasions.objects.get_or_create(
            event=f"end:{mail.execution_id}",
            defaults={
                "kind": "end",
                "job_id": mail.execution.job_id,
                "execution_id": mail.execution_id,
                "at_us": mail.created_us,
                "is_open": False,
            },
        )
        alerts.objects.create(
            occasion=occasion,
            job_id=mail.execution.job_id,
            target=mail.address,
            kind=mail.kind,
            created_us=mail.created_us,
            next_try_us=mail.next_try_us,
            tries=mail.tries,
            error=mail.error,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0006_own_time_zone"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=320)),
                ("kind", models.CharField(max_length=15)),
                ("created_us", models.BigIntegerField()),
                ("next_try_us", models.BigIntegerField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("sent_us", models.BigIntegerField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "alert",
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=63)),
                ("kind", models.CharField(max_length=16)),
                ("url", models.TextField()),
                ("secret", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "channel",
            },
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=320)),
                ("until_us", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "mute",
            },
        ),
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=63, unique=True)),
                ("kind", models.CharField(max_length=15)),
                ("due_us", models.BigIntegerField(null=True)),
                ("count", models.PositiveIntegerField(default=1)),
                ("words", models.TextField(blank=True)),
                ("at_us", models.BigIntegerField()),
                ("is_open", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "occasion",
            },
        ),
        migrations.AddField(
            model_name="job",
            name="alert_channels",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="job",
            name="alert_failures",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="alert_late_s",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="alert_waiting_s",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="alert_channels",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="platform",
            name="alert_emails",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="platform",
            name="alert_on",
            field=models.JSONField(default=list),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(
                    ("alert_late_s__isnull", False), ("alert_waiting_s__isnull", False), _connector="OR"
                ),
                fields=["id"],
                name="job_watched",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="job",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.job"
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="platform",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="channels", to="store.platform"
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="channel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="store.channel"
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="job",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.job"),
        ),
        migrations.AddField(
            model_name="occasion",
            name="execution",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.execution"
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="job",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.job"),
        ),
        migrations.AddField(
            model_name="alert",
            name="occasion",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="store.occasion"
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(fields=("platform", "name"), name="channel_name_once"),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.UniqueConstraint(fields=("job", "target"), name="mute_once"),
        ),
        migrations.AddIndex(
            model_name="occasion",
            index=models.Index(condition=models.Q(("is_open", True)), fields=["id"], name="occasion_open"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("next_try_us__isnull", False)), fields=["next_try_us"], name="alert_to_send"
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("channel__isnull", False)), fields=["channel", "id"], name="alert_of_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(fields=("occasion", "target"), name="alert_once"),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel(
            name="Mail",
        ),
    ]
