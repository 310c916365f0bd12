"""The audit trail is append-only, whoever asks the database for something else.

SQLite loses triggers with a table that a later migration makes anew (most changes of `change` do that): run `guard`
again at the end of such a migration.
"""

from typing import Any

from django.db import migrations

_SQLITE = """
CREATE TRIGGER change_stays BEFORE UPDATE ON change
BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END;

CREATE TRIGGER change_is_kept BEFORE DELETE ON change
WHEN EXISTS (SELECT 1 FROM installation WHERE OLD.id >= trail_from)
BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END;
"""

_POSTGRESQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM installation WHERE OLD.id >= trail_from) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only.';
END $$;

CREATE TRIGGER change_stays BEFORE UPDATE OR DELETE ON change FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def guard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            for statement in _SQLITE.strip().split("\n\n"):
                cursor.execute(statement)
    else:
        schema_editor.execute(_POSTGRESQL)


class Migration(migrations.Migration):
    dependencies = [("store", "0003_trail")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
