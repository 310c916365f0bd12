"""The socket that the web process listens on."""

import socket

from capsulier.operations.web import _listener


def test_answers_are_not_held_back_for_an_acknowledgement() -> None:
    """asyncio sets TCP_NODELAY on a connection only where its listener knows that it speaks TCP."""
    with _listener("127.0.0.1", 0, None) as listener:
        assert listener.proto == socket.IPPROTO_TCP
