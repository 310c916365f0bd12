"""`capsulier web`: serve the Manager's pages and the API."""

import argparse
import asyncio
import json
import os
import socket
from pathlib import Path

from capsulier.operations.parent import end_with_parent
from capsulier.operations.setup import open_installation, settle_memory


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="capsulier web", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: loopback only)")
    parser.add_argument("--port", type=int, default=7410)
    parser.add_argument("--fd", type=int, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--greet", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    listener = _listener(arguments.host, arguments.port, arguments.fd)
    open_installation()
    if arguments.greet:
        _greet(_url(listener))
    return asyncio.run(_serve(listener, with_parent=arguments.with_parent))


def _listener(host: str, port: int, fd: int | None) -> socket.socket:
    if fd is not None:
        return socket.socket(fileno=fd)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.create_server((host, port), family=family, backlog=1024)
    # Opened anew, so that it knows its protocol: asyncio sets TCP_NODELAY only then, and each answer came 40 ms late.
    return socket.socket(fileno=bound.detach())


async def _serve(listener: socket.socket, *, with_parent: bool) -> int:
    import uvicorn

    from capsulier.api.figures import FIGURES
    from capsulier.asgi import application
    from capsulier.config import config
    from capsulier.engines.launcher.desk import keep_open

    settle_memory()
    settings = uvicorn.Config(
        application, lifespan="off", access_log=False, log_config=None, timeout_graceful_shutdown=3, server_header=False
    )
    server = uvicorn.Server(settings)
    note = _note_address(_url(listener))
    ended = asyncio.Event()
    if with_parent:
        end_with_parent(ended)
    beside = [asyncio.create_task(FIGURES.watch_loop()), asyncio.create_task(keep_open(config().executions_dir))]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    ending = asyncio.create_task(ended.wait())
    await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    for task in (ending, *beside):
        task.cancel()
    note.unlink(missing_ok=True)
    return 0


def _url(listener: socket.socket) -> str:
    """Where a person on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _greet(url: str) -> None:
    from capsulier.services.identity import administrator, create_sign_in_key

    link = f"{url}/sign-in/{create_sign_in_key(administrator())}"
    text = f"\nThe Manager is at {url}\nSign in with this link, which works once within the hour:\n\n    {link}\n"
    print(text, flush=True)


def _note_address(url: str) -> Path:
    """Leave word for commands on this machine where the Manager is, and the key that they need."""
    from capsulier.config import config
    from capsulier.services.identity import local_key

    local_key()
    path = config().run_dir / "web.json"
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    return draft.replace(path)
