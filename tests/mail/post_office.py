"""A real SMTP server that keeps what it is given, and can be as bad as the worst of them."""

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class PostOffice:
    """What has arrived, and how the next mails are to be treated."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Every address that RCPT named."""
    refused: dict[str, str] = field(default_factory=dict)
    """Address → the answer to RCPT."""
    is_stuck: bool = False
    """RCPT gets no answer."""
    answer: str = "250 OK"
    """To the end of DATA; empty: never."""
    drops: int = 0
    """So many times the connection is cut after the first line of DATA."""
    began: int = 0
    """How many mails have got as far as DATA."""
    connections: int = 0

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += session.ssl is None
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        if self.is_stuck:
            await asyncio.sleep(60)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self.answer:
            await asyncio.sleep(60)
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
        return self.answer


class _Server(SMTP):
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        office: PostOffice = self.event_handler
        office.began += 1
        if office.drops:
            office.drops -= 1
            await self.push("354 Go on")
            await self._reader.readline()
            self._writer.close()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def post_office(
    *, tls: str = "", certificate: Path | None = None, login: tuple[str, str] | None = None
) -> Iterator[Any]:
    """Open on a free port of 127.0.0.1. `tls`: starttls or smtps, with the certificate of `make_certificate`."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    office = PostOffice()
    more: dict[str, Any] = {}
    if tls:
        assert certificate is not None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        more = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
    if login:
        more |= {"auth_required": True, "auth_require_tls": tls == "starttls", "authenticator": _authenticator(login)}
    controller = _Controller(office, hostname="127.0.0.1", port=_free_port(), **more)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def _authenticator(login: tuple[str, str]) -> Any:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=good, handled=False)

    return check


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def make_certificate(path: Path) -> Path:
    """One for 127.0.0.1 that signs itself, with its key: trusted by whoever has it in SSL_CERT_FILE."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(own + certificate.public_bytes(serialization.Encoding.PEM))
    return path
