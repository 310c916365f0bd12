"""The API as programs use it: HTTP to a real uvicorn in this process, over the database of the tests."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from django.db import connection
from pytest_django import DjangoDbBlocker

from capsulier.core.access import Role
from tests.api.contract import check

# Nothing with models is imported up here: this file is read before the settings of the tests are made.

Clients = Callable[..., httpx.Client]


@pytest.fixture(scope="session")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    from capsulier.asgi import application  # noqa: PLC0415

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    host, port = listener.getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(60)
    listener.close()
    with django_db_blocker.unblock():
        _leave_database()


def _leave_database() -> None:
    """The server's threads keep their connections, and PostgreSQL drops no database that somebody uses."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def signed_in(address: str, transactional_db: None) -> Iterator[Clients]:
    """Clients with a token: `signed_in(Role.VIEWER)`; without a role, of somebody who is a member of nothing. Every
    answer that they get is held against the OpenAPI schema."""
    from capsulier.services.identity import create_token  # noqa: PLC0415
    from tests.builders import make_platform, make_user  # noqa: PLC0415

    clients: list[httpx.Client] = []

    def make(role: Role | None = Role.EDITOR, platform: Any = None) -> httpx.Client:
        platform = platform or make_platform()
        user = make_user(role.value if role else "stranger", role, platform)
        client = new_client(address)
        client.headers["Authorization"] = f"Bearer {create_token(user, 'tests', role or Role.ADMINISTRATOR)}"
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def api(signed_in: Clients) -> httpx.Client:
    """An editor's client."""
    return signed_in(Role.EDITOR)


@pytest.fixture
def nobody(address: str, transactional_db: None) -> Iterator[httpx.Client]:
    """A client that does not say who it is."""
    from tests.builders import make_platform  # noqa: PLC0415

    make_platform()
    with new_client(address) as client:
        yield client


def new_client(address: str) -> httpx.Client:
    return httpx.Client(base_url=f"{address}/api/v2", timeout=30, trust_env=False, event_hooks={"response": [check]})
