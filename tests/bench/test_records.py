"""The table of what was measured: it is both the page and the memory of the benchmark."""

from pathlib import Path

import pytest

from tests.bench import records
from tests.bench.measure import Measure

PAGE = "# Performance\n\nWords.\n\n<!-- measured -->\n<!-- /measured -->\n\nMore words.\n"


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "performance.md"
    page.write_text(PAGE)
    monkeypatch.setattr(records, "_PAGE", page)
    return page


def test_what_fell_below_half_of_its_record_is_named() -> None:
    records.record([Measure("fast", "5/s", "10/s", 0.5), Measure("slow", "1/s", "10/s", 0.1)])
    [words] = records.fallen([Measure("fast", "2/s", "10/s", 0.2), Measure("slow", "1/s", "10/s", 0.06)])
    assert words == "Below half of what is recorded: fast (0.20, was 0.50)"


def test_what_has_no_ratio_and_what_is_new_cannot_fall() -> None:
    records.record([Measure("alone", "5/s")])
    assert list(records.fallen([Measure("alone", "1/s"), Measure("new", "1/s", "10/s", 0.1)])) == []


def test_a_record_replaces_its_own_row_and_leaves_the_rest_of_the_page(page: Path) -> None:
    records.record([Measure("first", "1/s", "2/s", 0.5), Measure("second", "3/s")])
    records.record([Measure("first", "2/s", "2/s", 1.0, 0.8)])
    text = page.read_text()
    assert text.startswith("# Performance\n\nWords.\n\n")
    assert text.endswith("<!-- /measured -->\n\nMore words.\n")
    first, second = [line for line in text.splitlines() if line.startswith(("| first", "| second"))]
    assert first.startswith("| first | 2/s | 2/s | 1.00 | 0.80 | ")
    assert second.startswith("| second | 3/s | – | – | – | ")
