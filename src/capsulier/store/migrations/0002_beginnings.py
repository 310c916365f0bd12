"""What exists from the start: the platform `main`, the lease of the conductors, the installation's id."""

import uuid
from typing import Any

from django.db import migrations


def begin(apps: Any, schema_editor: Any) -> None:
    from capsulier.config import config

    apps.get_model("store", "Platform").objects.create(name="main", label="main", max_running=config().max_running)
    apps.get_model("store", "Lease").objects.create(name="conductor")
    apps.get_model("store", "Installation").objects.create(uuid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("store", "0001_tables")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
