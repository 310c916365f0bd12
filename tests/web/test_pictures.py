from collections.abc import Iterable
from typing import Any

from capsulier.web.urls import urlpatterns
from tests.browser.scene.pages import NOT_PAGES, SHOWN


def test_every_page_has_its_picture() -> None:
    assert {shown.view for shown in SHOWN} == views(urlpatterns) - NOT_PAGES


def test_what_is_left_out_is_there() -> None:
    assert views(urlpatterns) >= NOT_PAGES


def views(patterns: Iterable[Any]) -> set[str]:
    """The names of their addresses, with their families."""
    return {f"{family.app_name}:{address.name}" for family in patterns for address in family.url_patterns}
