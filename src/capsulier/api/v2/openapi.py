"""What the schema says beside what ninja finds out by itself: problems, who asks, answers that are no JSON."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from capsulier.api.v2.problems import CONTENT_TYPE
from capsulier.api.v2.shapes.problem import Problem

_BINARY = {"type": "string", "contentMediaType": "application/octet-stream"}
EVENTS: dict[str, Any] = {
    "responses": {200: {"description": "Events, until the reader leaves.", "content": {"text/event-stream": {}}}}
}


def BYTES(description: str, media_type: str) -> dict[str, Any]:  # noqa: N802  # beside EVENTS
    """An operation that answers with a file, or a range of it."""
    content = {media_type: {"schema": _BINARY}}
    return {
        "responses": {
            200: {"description": description, "content": content},
            206: {"description": "The range asked for.", "content": content},
        }
    }


class DescribedAPI(NinjaAPI):
    """With every operation's problems, and the three ways to say who asks."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        components = schema["components"]
        model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"] |= model.pop("$defs") | {"Problem": model}
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "An API token: cap_…"},
            "tokenAsPassword": {"type": "http", "scheme": "basic", "description": "Any name, a token as password."},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "Of the pages. What changes something also needs the header X-CSRFToken.",
            },
        }
        schema["security"] = [{name: []} for name in components["securitySchemes"]]
        problem = {
            "description": "What was asked for was refused, or failed.",
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"]["default"] = problem
        return schema
