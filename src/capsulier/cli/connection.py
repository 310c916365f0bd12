"""Talking to the API: requests, pages of lists, problems."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from capsulier.cli.refusals import NoServer
from capsulier.cli.server import Server, find_server
from capsulier.core.errors import CapsulierError, InvalidFields

# httpx brings a command line of its own where it can import what that needs, and Typer's libraries are just that:
# 0.15 s at every start for nothing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
import httpx  # noqa: E402

_PATIENCE = httpx.Timeout(60.0, connect=10.0)
"""A stream that is quiet sends a comment every 15 s."""
_AFTER_AN_UPLOAD = httpx.Timeout(600.0, connect=10.0)
"""A large file is written to disk for good before the answer comes."""

_AWAY = frozenset({502, 503, 504})
"""The Manager, its database or the proxy before it will be back."""


class Connection:
    """One Manager, as one person or program."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = httpx.Client(
            base_url=f"{server.url}/api/v2/",
            headers={"Authorization": f"Bearer {server.token}", "Accept": "application/json"},
            timeout=_PATIENCE,
            trust_env=not server.is_local,
            # A TLS context costs 30 ms, which plain HTTP need not pay.
            verify=server.url.startswith("https:"),
        )

    def get(self, path: str, **query: Any) -> Any:
        return self._answer("GET", path, params=_given(query))

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._answer(method, path, json=body)

    def items(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page as they are asked for."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if not page["next"]:
                return
            query |= {"page": page["next"]}

    def upload(self, path: str, files: Mapping[str, Any], **query: Any) -> Any:
        """Send a form with files, read as they are sent."""
        return self._answer("POST", path, params=_given(query), files=files, timeout=_AFTER_AN_UPLOAD)

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> Iterator[httpx.Response]:
        """The answer to a GET while it comes in."""
        with (
            self._reaching(),
            self._client.stream("GET", path, params=_given(query), headers=headers) as response,
        ):
            if response.is_error:
                response.read()
                raise problem(response)
            yield response

    def _answer(self, method: str, path: str, **request: Any) -> Any:
        with self._reaching():
            response = self._client.request(method, path, **request)
        if not response.is_success:
            raise problem(response)
        return response.json() if response.content else None

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise NoServer(f"“{self._server.url}” is not an address. Write it as http://host:7410.") from None
        except httpx.ConnectError as error:
            raise NoServer(f"No Manager answers on {self._server.url}. {self._server.how_to_reach}") from error
        except httpx.TransportError as error:
            words = str(error) or type(error).__name__
            raise NoServer(f"The Manager on {self._server.url} broke off: {words}.") from error


def connect() -> Connection:
    return Connection(find_server(os.environ))


def problem(response: httpx.Response) -> CapsulierError:
    """The refusal as it was raised on the server, from its problem details (RFC 9457)."""
    try:
        told = response.json()
        if response.status_code in _AWAY:
            return NoServer(told["detail"])
        errors = [CapsulierError(each["detail"], field=each.get("field")) for each in told.get("errors") or ()]
        return InvalidFields(errors) if len(errors) > 1 else CapsulierError(told["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        kind = NoServer if response.status_code in _AWAY else CapsulierError
        return kind(f"{response.request.url} answered {response.status_code} {response.reason_phrase}.")


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}
