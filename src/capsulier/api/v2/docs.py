"""The reference of the API as a page: what the schema says, in an order to be read. No script, no style of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from ninja import NinjaAPI

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>API of {title}</title></head><body>
<h1>API of {title}, version {version}</h1><p>{description} <a href="openapi.json">openapi.json</a> is the same for
programs.</p>{groups}<h2 id="shapes">Shapes</h2>{shapes}</body></html>"""


def reference(api: NinjaAPI, request: HttpRequest) -> HttpResponse:
    schema = api.get_openapi_schema()
    operations: dict[str, list[SafeString]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            operations.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    groups = format_html_join(
        "", "<h2>{}</h2>{}", ((tag, SafeString("".join(each))) for tag, each in operations.items())
    )
    shapes = format_html_join(
        "",
        '<h3 id="{0}">{0}</h3>{1}',
        ((name, _fields(shape)) for name, shape in schema["components"]["schemas"].items()),
    )
    answer = HttpResponse(format_html(_PAGE, **schema["info"], groups=groups, shapes=shapes))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer


def _operation(method: str, path: str, operation: dict[str, Any]) -> SafeString:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    parameters = [
        (each["name"], f"in {each['in']}", _kind(each["schema"]), each.get("description", ""))
        for each in operation["parameters"]
        if each["in"] != "path"
    ]
    answers = format_html_join(
        "",
        "<li>{}: {} {}</li>",
        (
            (status, kind, _kind(content.get("schema", {})))
            for status, answer in operation["responses"].items()
            for kind, content in answer.get("content", {}).items()
        ),
    )
    return format_html(
        "<h3><code>{} {}</code></h3><p>{}</p>{}{}<ul>{}</ul>",
        method.upper(),
        path,
        operation["description"],
        format_html("<p>Body: {}</p>", _kind(body)) if body else "",
        _table(parameters),
        answers,
    )


def _fields(shape: dict[str, Any]) -> SafeString:
    if "enum" in shape:
        return format_html("<p>{}</p>", ", ".join(map(str, shape["enum"])))
    rows = [
        (name, "required" if name in shape.get("required", ()) else "", _kind(each), each.get("description", ""))
        for name, each in shape.get("properties", {}).items()
    ]
    return format_html("<p>{}</p>{}", shape.get("description", ""), _table(rows))


def _table(rows: list[tuple[Any, ...]]) -> SafeString:
    return format_html(
        "<table>{}</table>",
        format_html_join("", "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>", rows),
    )


def _kind(rule: dict[str, Any]) -> SafeString:
    """Its type in words, shapes as links."""
    if "$ref" in rule:
        return format_html('<a href="#{0}">{0}</a>', rule["$ref"].rpartition("/")[2])
    if "anyOf" in rule:
        return format_html_join(" or ", "{}", ((_kind(each),) for each in rule["anyOf"]))
    if rule.get("type") == "array":
        return format_html("list of {}", _kind(rule.get("items", {})))
    return format_html("{}", rule.get("format") or rule.get("type", ""))
