"""The mail server that alerts go out by, as `CAPSULIER_SMTP_URL` names it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
_FORM = "Write it as smtp://user:password@host:port, or smtps://… for TLS from the first byte."
_ESCAPES = "In user and password, write / as %2F, # as %23, ? as %3F, @ as %40."


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    has_tls: bool = False
    """From the first byte."""
    starts_tls: bool = False
    """By STARTTLS; a server that cannot is not used."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_mail_server(url: str) -> MailServer:
    """Read the URL. Raises ValueError with a sentence in which nothing of the URL stands: there is a password in it."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:  # its words quote the URL
        raise ValueError(f"The address of the mail server cannot be read. {_FORM} {_ESCAPES}") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"This is not the address of a mail server. {_FORM}")
    if not host or parts.path.strip("/") or parts.fragment:
        raise ValueError(f"The host of the mail server cannot be read. {_FORM} {_ESCAPES}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise ValueError("The user and the password of the mail server have to be ASCII: SMTP takes no others.")
    tls = dict(parse_qsl(parts.query, keep_blank_values=True))
    if tls.keys() - {"tls"} or tls.get("tls", "no") not in {"yes", "no"}:
        raise ValueError("The address of the mail server takes one parameter, tls=yes or tls=no.")
    has_tls = parts.scheme == "smtps"
    return MailServer(
        host=host,
        port=_DEFAULT_PORTS[parts.scheme] if port is None else port,
        user=user,
        password=password,
        has_tls=has_tls,
        starts_tls=not has_tls and tls.get("tls") == "yes",
    )
