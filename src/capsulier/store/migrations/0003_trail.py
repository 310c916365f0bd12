"""The audit trail tells of more than jobs, and outlives what it tells of."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def name_them(apps: Any, schema_editor: Any) -> None:
    """Names stand beside the ids from now on, those of today in the rows of before."""
    change, job, person = (apps.get_model("store", name) for name in ("Change", "Job", "User"))
    change.objects.update(name=Subquery(job.objects.filter(id=OuterRef("job_id")).values("name")[:1]), subject="job")
    change.objects.filter(verb__in=["upgraded", "rolled back", "starred", "unstarred"]).update(subject="version")
    for each in person.objects.all():
        who = f"{each.first_name} {each.last_name}".strip() or each.username
        change.objects.filter(user_id=each.pk).update(who=who)
    change.objects.filter(who="").update(who=F("via"))


def _outliving(to: str, related_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        db_constraint=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("store", "0002_beginnings")]
    operations = [
        migrations.AlterField("change", "platform", _outliving("store.platform", "+")),
        migrations.AlterField("change", "job", _outliving("store.job", "changes")),
        migrations.AlterField("change", "user", _outliving(settings.AUTH_USER_MODEL, "+")),
        migrations.AddField("change", "who", models.CharField(default="", max_length=255), preserve_default=False),
        migrations.AddField("change", "address", models.CharField(blank=True, max_length=63), preserve_default=False),
        migrations.AddField("change", "agent", models.CharField(blank=True, max_length=255), preserve_default=False),
        migrations.AddField("change", "subject", models.CharField(default="", max_length=31), preserve_default=False),
        migrations.AddField("change", "name", models.CharField(blank=True, max_length=255), preserve_default=False),
        migrations.AddIndex("change", models.Index(fields=["platform", "id"], name="change_of_platform")),
        migrations.AddField("installation", "trail_from", models.BigIntegerField(default=0)),
        migrations.RunPython(name_them, migrations.RunPython.noop),
    ]
