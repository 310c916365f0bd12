"""What an installation can be told is in the documentation."""

from pathlib import Path

from capsulier.config import Config

OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"


def test_every_setting_is_in_the_table_of_settings() -> None:
    rows = [line for line in OPERATIONS.read_text().splitlines() if line.startswith("| `CAPSULIER_")]
    told = [row.split("`")[1] for row in rows]
    assert sorted(told) == sorted(f"CAPSULIER_{name.upper()}" for name in Config.model_fields)
