"""A small web server for trying the islands on pages of a few lines, under the policy that the Manager sends."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import capsulier

DIST = Path(capsulier.__file__).parent / "web/static/dist"
FILES: dict[str, str] = json.loads((DIST / "manifest.json").read_text()) if DIST.exists() else {}
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass
class Answer:
    body: str
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Site:
    """What the server answers, and what it was asked.

    Messages put into `events` go out on /events; None cuts the stream.
    """

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    events: "queue.Queue[str | None]" = field(default_factory=queue.Queue)
    streams: int = 0
    away: Literal["", "answers 502", "hangs up"] = ""

    def page(self, body: str, *, path: str = "/", attributes: str = "", head: str = "") -> str:
        """Put a page with all islands at the path; its whole address."""
        icon, styles, theme, app = (
            "/static/" + FILES[name] for name in ("favicon.svg", "styles.css", "theme.js", "app.js")
        )
        self.answers[path] = Answer(
            f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Islands</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="csrf-token" content="t0ken">
            <link rel="icon" href="{icon}"><link rel="stylesheet" href="{styles}">
            <script src="{theme}"></script><script defer src="{app}"></script>{head}
            </head><body {attributes}><main><h1>Islands</h1>{body}</main></body></html>"""
        )
        return self.url + path

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if urlsplit(request.target).path == path]


@contextmanager
def serve_site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
            path = urlsplit(self.path).path
            site.requests.append(request)
            if path == "/events":
                self.stream()
            elif path.startswith("/static/"):
                file = DIST / path.removeprefix("/static/")
                self.send(file.read_bytes(), Answer("", kind=TYPES[file.suffix]))
            else:
                answer = site.answers.get(path, Answer("", 404))
                self.send(answer.body.encode(), answer)

        do_GET = do_POST = do_HEAD = handle_one  # noqa: N815

        def send(self, body: bytes, answer: Answer) -> None:
            self.send_response(answer.status)
            headers = {"Content-Type": answer.kind, "Content-Security-Policy": "default-src 'self'", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def stream(self) -> None:
            self.close_connection = True
            if site.away:
                if site.away == "answers 502":
                    self.send(b"", Answer("", 502))
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"retry: 100\n\n")
            site.streams += 1
            while (message := site.events.get()) is not None:
                self.wfile.write(f"data: {message}\n\n".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield site
    finally:
        site.events.put(None)
        server.shutdown()
        server.server_close()
