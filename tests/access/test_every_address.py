"""Every page, call, stream and download, asked for as everybody there is: who may not, gets and changes nothing."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver

from capsulier.api.v2.urls import api
from tests.access.addresses import ANYBODY, CALLS, PAGES, SIGNED_IN, SUPERUSER, Address, Least
from tests.access.scene import ASKERS, client_of, facts, make_scene, token_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]

_API = "api/v2/"
_HOW = "Say in tests/access/addresses.py who may ask for it, for each of its methods."
_SIGN_IN = "/sign-in?"


def test_every_page_is_in_the_list() -> None:
    operations = {_API + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) for _, route in _operations()}
    routes = {
        route
        for route in _routes(get_resolver().url_patterns)
        if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) not in operations
    }
    listed = [address.route for address in PAGES]
    assert sorted(routes - set(listed)) == [], _HOW
    assert sorted(set(listed) - routes) == [], "These are there no more: take them out of tests/access/addresses.py."
    assert len(listed) == len(set(listed))


def test_every_call_is_in_the_list() -> None:
    listed = [(method, address.route) for address in CALLS for method in address.needs]
    assert sorted(set(_operations()) - set(listed)) == [], _HOW
    assert sorted(set(listed) - set(_operations())) == [], "These are there no more."
    assert len(listed) == len(set(listed))


@pytest.fixture(autouse=True)
def _in_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The streams' own look after connections would end the test's; Django's words on each refusal would bury ours."""
    monkeypatch.setattr("capsulier.api.v2.asking.close_old_connections", lambda: None)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@pytest.mark.parametrize("asker", ASKERS)
def test_everybody_gets_what_they_may_and_no_more(asker: str) -> None:
    scene = make_scene()
    client, token = client_of(asker), token_of(asker)
    wrong = [_try(client, address, asker, scene, {"HX-Request": "true"}) for address in PAGES]
    wrong += [_try(client, address, asker, scene, token, is_api=True) for address in CALLS]
    assert [line for lines in wrong for line in lines] == []


def test_a_page_takes_no_other_method_than_those_in_the_list() -> None:
    scene, client = make_scene(), client_of("superuser")
    for address in PAGES:
        others = {"GET", "POST"} if address.is_ones_own else {"GET", "POST", "PUT", "DELETE"}
        for method in others - set(address.needs):
            if not address.route.startswith("api/"):
                answer = _ask(client, method, address, scene, {})
                refused = answer.status_code == 405 or (address.is_ones_own and answer.status_code == 404)
                assert refused, f"{method} /{address.route} is answered: is it meant to be? {_HOW}"


def _try(
    client: Client,
    address: Address,
    asker: str,
    scene: dict[str, Any],
    headers: dict[str, str],
    *,
    is_api: bool = False,
) -> Iterator[str]:
    """A line for each method that is answered otherwise than it should be."""
    for method, least in address.needs.items():
        may = least is ANYBODY or (ASKERS[asker] or ANYBODY) >= least
        before, cookies = None if may else facts(scene), client.cookies.copy()
        with transaction.atomic():
            answer = _ask(client, method, address, scene, headers, is_api=is_api)
            wrong = _judge(answer, ASKERS[asker], least, is_ones_own=address.is_ones_own)
            if before and facts(scene) != before:
                wrong = "something was changed"
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(cookies)
        if wrong:
            yield f"{method} /{_API if is_api else ''}{address.route} as {asker}: {answer.status_code}, {wrong}"


def _judge(answer: HttpResponseBase, asker: Least | None, least: Least, *, is_ones_own: bool) -> str | None:
    """What is wrong with the answer, or None."""
    status = answer.status_code
    if status >= 500:
        return "it failed"
    if least is ANYBODY:
        return None
    if asker is None:
        asked = status == 401 or (status == 302 and answer.headers["Location"].startswith(_SIGN_IN))
        return None if asked else "nobody was asked to sign in"
    if asker >= least:
        return "it was refused" if status in (401, 403, 405) or (status == 404 and not is_ones_own) else None
    if asker is SIGNED_IN and least is not SUPERUSER:
        return None if status == 404 else "to a stranger it is not there: 404"
    return None if status in (403, 404) else "it is not allowed: 403"


def _ask(
    client: Client,
    method: str,
    address: Address,
    scene: dict[str, Any],
    headers: dict[str, str],
    *,
    is_api: bool = False,
) -> HttpResponseBase:
    path = address.path or re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route)
    url = f"/{_API if is_api else ''}{path.format(**scene)}"
    url += f"{'&' if '?' in url else '?'}platform=main"
    if is_api and method != "GET":
        return client.generic(method, url, json.dumps(address.data), "application/json", headers=headers)
    return (
        client.post(url, address.data, headers=headers)
        if method == "POST"
        else client.generic(method, url, headers=headers)
    )


def _operations() -> list[tuple[str, str]]:
    """Method and path of each, as the schema says."""
    paths = api.get_openapi_schema()["paths"]
    return [(method.upper(), path.removeprefix(f"/{_API}")) for path, methods in paths.items() for method in methods]


def _routes(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    for each in patterns:
        route = before + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _routes(each.url_patterns, route)
        else:
            yield route
