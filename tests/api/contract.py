"""Holds every answer against the OpenAPI schema: its status is declared, its body is as the schema says."""

import re
from datetime import datetime
from functools import cache
from typing import Any

import httpx

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
seen: set[tuple[str, str]] = set()
"""Operations that were called, as (method, path of the schema), and answered with what was asked for."""


@cache
def schema() -> dict[str, Any]:
    from capsulier.api.v2.urls import api  # noqa: PLC0415  # needs the settings of the tests

    return api.get_openapi_schema()


def check(response: httpx.Response) -> None:
    """To be hung into a client: raises AssertionError where an answer is not what the schema says."""
    method, path = response.request.method.lower(), response.request.url.path
    template = _template(path)
    if template is None or method not in schema()["paths"][template]:
        return
    declared = schema()["paths"][template][method]["responses"]
    kind = response.headers.get("content-type", "").partition(";")[0]
    answer = declared.get(response.status_code) or (declared["default"] if response.is_error else None)
    assert answer is not None, f"{method} {path} answers {response.status_code}, which the schema does not name"
    contents = answer.get("content")
    if contents is None:
        assert response.read() == b"", f"{method} {path} answers something where there is nothing to say"
    else:
        assert kind in contents, f"{method} {path} answers {kind}"
    if contents and kind.endswith("json"):
        response.read()
        _match(response.json(), contents[kind]["schema"], f"{method} {template} {response.status_code}")
    if response.is_success:
        seen.add((method, template))


def operations() -> set[tuple[str, str]]:
    return {(method, path) for path, methods in schema()["paths"].items() for method in methods}


def _template(path: str) -> str | None:
    """The most exact of those that fit."""
    fitting = [each for each in schema()["paths"] if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), path)]
    return min(fitting, key=lambda each: each.count("{"), default=None)


def _match(value: Any, rule: dict[str, Any], where: str) -> None:
    if "$ref" in rule:
        rule = schema()["components"]["schemas"][rule["$ref"].rpartition("/")[2]]
    if "anyOf" in rule:
        _match_any(value, rule["anyOf"], where)
        return
    if "type" in rule:
        assert isinstance(value, _TYPES[rule["type"]]), f"{where}: {value!r} is no {rule['type']}"
        assert rule["type"] == "boolean" or not isinstance(value, bool), f"{where}: {value!r}"
    if "enum" in rule:
        assert value in rule["enum"], f"{where}: {value!r} is none of {rule['enum']}"
    if rule.get("format") == "date-time":
        assert value.endswith("Z"), f"{where}: {value!r} is not UTC"
        assert datetime.fromisoformat(value)
    if isinstance(value, dict):
        _match_object(value, rule, where)
    if isinstance(value, list):
        for number, each in enumerate(value):
            _match(each, rule.get("items", {}), f"{where}[{number}]")


def _match_any(value: Any, rules: list[dict[str, Any]], where: str) -> None:
    failures = []
    for rule in rules:
        try:
            _match(value, rule, where)
        except AssertionError as failure:
            failures.append(str(failure))
        else:
            return
    raise AssertionError("; or ".join(failures))


def _match_object(value: dict[str, Any], rule: dict[str, Any], where: str) -> None:
    properties = rule.get("properties", {})
    assert set(rule.get("required", ())) <= set(value), f"{where}: lacks {set(rule['required']) - set(value)}"
    if rule.get("additionalProperties") is False:
        assert set(value) <= set(properties), f"{where}: {set(value) - set(properties)} are not in the schema"
    for name, each in value.items():
        _match(each, properties.get(name, {}), f"{where}.{name}")
