"""The JSON of a request's body."""

import json
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from capsulier.core.errors import Invalid

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""An escape that is one half of a character, with or without the other."""


class BodyParser(Parser):
    """JSON can spell half a character; UTF-8, and so every database and every file, cannot."""

    def parse_body(self, request: HttpRequest) -> Any:
        data: Any = super().parse_body(request)
        if _HALF.search(request.body):
            for name, value in data.items() if isinstance(data, dict) else [(None, data)]:
                _check(name, value)
        return data


def _check(name: str | None, value: Any) -> None:
    try:
        json.dumps([name, value], ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        field = name if name and name.isidentifier() else None
        raise Invalid(f"There is half a character in it (U+{ord(half):04X}): no valid Unicode.", field=field) from error
