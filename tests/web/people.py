"""Browsers without a window: Django's client, signed in as somebody."""

import re
from typing import Any

from django.test import Client

from capsulier.core.access import Role
from tests.builders import make_platform, make_user

_TAG = re.compile(r"<[^>]*>")


def client_of(role: Role | None = Role.EDITOR, **headers: str) -> Client:
    """A client signed in with this role in `main`; None for a stranger, who has none."""
    make_platform()
    client = Client(headers={"Host": "localhost", **headers})
    client.force_login(make_user(role.value if role else "stranger", role))
    return client


def anybody(**more: Any) -> Client:
    """Not signed in."""
    return Client(headers={"Host": "localhost"}, **more)


def text_of(response: Any) -> str:
    """What can be read on the page, white space run together."""
    return " ".join(_TAG.sub(" ", response.content.decode()).split())
