"""Barriers for people on a page, as axe-core finds them."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


def find_barriers(page: Page) -> list[str]:
    """One line for each element that breaks a rule: the rule, where, and why."""
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run().then(results => results.violations)")
    return [f"{found['id']}: {describe(node)}" for found in violations for node in found["nodes"]]


def describe(node: dict[str, Any]) -> str:
    reasons = [check["message"] for check in node["any"] + node["all"] + node["none"]]
    return f"{' '.join(node['target'])}: {'; '.join(reasons)}"
