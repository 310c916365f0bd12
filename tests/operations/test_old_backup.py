"""A backup of an older version: its tables are made as they were, filled, and brought up to date."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.moved import Place, new_place

pytestmark = [pytest.mark.database]

OLD = ("store", "0002_beginnings")
MAKE_OLD = f"""
import gzip, io, json, sys
from pathlib import Path
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from capsulier.services.archive import write_archive
from capsulier.store.rows import Digest, columns, read_marks, read_rows, tables

executor = MigrationExecutor(connection)
executor.migrate([{OLD!r}])
apps = executor.loader.project_state([{OLD!r}]).apps
platform = apps.get_model("store", "Platform").objects.get()
platform.label = "As it was"
platform.save()
for n in range(3):
    apps.get_model("store", "Job").objects.create(
        platform=platform, name=f"old {{n}}", name_key=f"old {{n}}", capsule="bash", category="processing")
apps.get_model("store", "Job").objects.last().delete()
models, facts = tables(apps), {{}}
begin = {{"made_at": "2026-01-01T00:00:00", "version": "0", "has_logs": False}}
with write_archive(Path(sys.argv[1]), begin) as archive:
    for name, model in models.items():
        digest, lines = Digest(), list(read_rows("default", model, columns(model)))
        for line in lines:
            digest.add(line)
        packed = gzip.compress("".join(line + "\\n" for line in lines).encode())
        archive._add(f"rows/{{name}}.jsonl.gz", io.BytesIO(packed), len(packed))
        facts[name] = {{"columns": columns(model), "rows": digest.facts[0], "digest": digest.facts[1]}}
    archive.end({{
        "installation": str(apps.get_model("store", "Installation").objects.get().uuid),
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "tables": facts,
        "marks": read_marks("default", models.values()),
    }})
"""


def test_it_is_restored_and_brought_up_to_date(tmp_path: Path) -> None:
    old = Place(tmp_path / "old", environment={"DJANGO_SETTINGS_MODULE": "capsulier.settings"})
    command = [sys.executable, "-c", MAKE_OLD, tmp_path / "old.tar"]
    made = subprocess.run(command, env=old.all_variables(), check=False, capture_output=True)
    assert made.returncode == 0, made.stderr.decode()
    with new_place(tmp_path / "new") as place:
        done = place.command("restore", tmp_path / "old.tar")
        assert done.returncode == 0, done.stderr
        with place.served() as server, server.api() as api:
            names = [each["name"] for each in api.get("/jobs").raise_for_status().json()["items"]]
            assert names == ["old 0", "old 1"]
            assert api.get("/platforms/main").json()["label"] == "As it was"
            made_now = api.post("/jobs", json={"name": "new", "capsule": "bash", "command": "true"}).json()
            assert made_now["id"] == 4, "the id of the job that was removed does not come again"


def test_one_of_a_newer_version_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    old = Place(tmp_path / "old", environment={"DJANGO_SETTINGS_MODULE": "capsulier.settings"})
    newer = MAKE_OLD.replace(
        "sorted(MigrationRecorder(connection).applied_migrations())", '[["store", "0999_from_the_future"]]'
    )
    command = [sys.executable, "-c", newer, tmp_path / "newer.tar"]
    made = subprocess.run(command, env=old.all_variables(), check=False, capture_output=True)
    assert made.returncode == 0, made.stderr.decode()
    with new_place(tmp_path / "new") as place:
        refused = place.command("restore", tmp_path / "newer.tar")
        assert refused.returncode == 1
        assert "was made by a newer version" in refused.stderr
