"""The guide, point 4: a search bar at the top; typing a job's name narrows the board as one types."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from tests.browser.axe import find_barriers
from tests.browser.manager import Manager

pytestmark = pytest.mark.browser


def test_typing_narrows_the_board_and_the_address_holds_the_search(desk: Manager) -> None:
    one, other = desk.make_job("narrow-orders"), desk.make_job("narrow-invoices")
    page = desk.go("/")
    page.keyboard.press("/")
    page.keyboard.type("narrow-ord")
    expect(desk.row(other)).to_have_count(0)
    expect(desk.row(one)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=narrow-ord$"))
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("narrow-ord")
    expect(desk.row(other)).to_have_count(0)


def test_what_is_typed_before_the_scripts_have_come_counts(desk: Manager) -> None:
    one, other = desk.make_job("early-orders"), desk.make_job("early-invoices")
    held = desk.hold("**/app.*.js")
    desk.page.goto(f"{desk.server.url}/?q=early-", wait_until="commit")
    desk.page.get_by_role("searchbox").fill("early-ord")
    desk.wait_until_held(held)
    held.pop().continue_()
    expect(desk.row(other)).to_have_count(0)
    expect(desk.row(one)).to_be_visible()


def test_news_asked_for_before_a_search_are_not_drawn_over_it(desk: Manager) -> None:
    one, other = desk.make_job("late-orders"), desk.make_job("late-invoices")
    page = desk.go("/?q=late-")
    expect(desk.row(other)).to_be_visible()
    held = desk.hold("**/board/changes*")
    desk.make_job("late-news")
    desk.wait_until_held(held)
    page.get_by_role("searchbox").fill("late-ord")
    expect(desk.row(other)).to_have_count(0)
    with suppress(Error):  # it is not waited for any more
        held.pop().continue_()
    expect(desk.row(desk.make_job("late-orders-too"))).to_be_visible()
    expect(desk.row(one)).to_be_visible()
    expect(desk.row(other)).to_have_count(0)


def test_the_description_is_searched_too(desk: Manager) -> None:
    job = desk.make_job("described", description="Feeds the Zanzibar warehouse")
    page = desk.go("/")
    page.get_by_role("searchbox").fill("zanzibar")
    expect(page.locator(".job")).to_have_count(1)
    expect(desk.row(job)).to_be_visible()


def test_a_search_without_a_match_says_so_and_how_to_go_on(desk: Manager) -> None:
    page = desk.go("/")
    page.get_by_role("searchbox").fill("priecs")
    expect(page.get_by_text("No job matches “priecs”.")).to_be_visible()
    assert not find_barriers(page)
    page.get_by_role("link", name="Clear the search").click()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_on_a_phone(pocket: Manager) -> None:
    one, other = pocket.make_job("pocket-one"), pocket.make_job("pocket-two")
    page = pocket.go("/")
    page.get_by_role("searchbox").tap()
    page.keyboard.type("pocket-t")
    expect(pocket.row(one)).to_have_count(0)
    expect(pocket.row(other)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert not find_barriers(page)
