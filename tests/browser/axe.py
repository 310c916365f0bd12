"""Barriers for people on a page, as axe-core finds them."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


def find_barriers(page: Page) -> list[str]:
    """One line for each rule that the page breaks: the rule, what it says, and the first elements that break it."""
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run().then(results => results.violations)")
    return [
        f"{found['id']}: {found['help']}: {', '.join(' '.join(node['target']) for node in found['nodes'][:3])}"
        for found in violations
    ]
