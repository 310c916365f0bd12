"""The settings of an installation: typed, read once from the environment (`CAPSULIER_…`); see docs/operations.md."""

import os
import secrets
from collections.abc import Callable
from email.utils import parseaddr
from functools import cache, cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from capsulier.core.keys import check_key, split_keys
from capsulier.core.locations import default_data_dir
from capsulier.core.mail_server import MailServer, parse_mail_server
from capsulier.core.role_rules import parse_role_rules


class Config(BaseSettings):
    # What was given stands in no error and no representation: passwords are among it.
    model_config = SettingsConfigDict(env_prefix="CAPSULIER_", hide_input_in_errors=True)

    data_dir: Path = Field(default_factory=lambda: default_data_dir(os.environ))
    """Database (if SQLite), packages, logs, keys."""
    database: str = Field("", repr=False)
    """`sqlite:///path` or `postgresql://user:password@host:port/name`. Empty: SQLite in the data directory."""
    public_url: str = ""
    """The address under which people reach the Manager, where a proxy stands before it; used in links and mails."""
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    """Host names, separated by commas, that requests may name. The host of `public_url` is always among them."""
    max_package_bytes: int = 5_000_000_000
    max_log_bytes: int = 10_000_000_000
    """Of stdout and stderr of one execution together: one that writes more is stopped before it fills the disk."""
    min_free_bytes: int = 1_000_000_000
    """With less free on the disk of the data directory nothing new starts, unless its platform says otherwise."""
    pack_logs_after_s: float = 24 * 3600.0
    """How long after its end the logs of an execution are packed."""
    tidy_every_s: float = 3600.0
    """How often the conductor removes what is no longer kept."""
    max_running: int = 32
    """Executions at once in a new platform."""
    smtp_url: str = Field("", repr=False)
    """`smtp://user:password@host:port`, or `smtps://` for TLS from the first byte; `?tls=yes` for STARTTLS."""
    mail_from: str = "Capsulier <capsulier@localhost>"
    secrets_key: str = Field("", repr=False)
    """Keys that secret values are sealed with, separated by commas, the current one first. Empty: those in the data
    directory."""
    oidc_issuer: str = ""
    """Of an OpenID Connect provider, `/.well-known/openid-configuration` below it; empty: no single sign-on."""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field("", repr=False)
    oidc_name: str = "single sign-on"
    """What the button on the sign-in page is called."""
    oidc_claim: str = "groups"
    """The claim that says what a person is: a list, or one word."""
    oidc_roles: str = ""
    """What the values of the claim mean: `data-team=main:editor, ops=*:operator, root=superuser`."""
    lease_s: float = 6.0
    """How long a leading conductor may be silent before another takes over."""
    log_level: str = "info"
    log_format: Literal["text", "json"] = "text"
    """Of Capsulier's own log: text for people, or a JSON object on each line."""

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().resolve()

    @field_validator("database")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url:
            database_settings(url)
        return url

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, url: str) -> str:
        if url:
            parse_mail_server(url)
        return url

    @field_validator("secrets_key")
    @classmethod
    def _usable_keys(cls, text: str) -> str:
        for key in split_keys(text):
            check_key(key)
        return text

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, text: str) -> str:
        local, _, domain = parseaddr(text)[1].rpartition("@")
        if not local or not domain or not text.isprintable():
            raise ValueError("Write it as Capsulier <capsulier@example.org>.")
        return text

    @field_validator("oidc_roles")
    @classmethod
    def _known_roles(cls, text: str) -> str:
        parse_role_rules(text)
        return text

    @property
    def mail_server(self) -> MailServer | None:
        """None: no alerts are sent."""
        return parse_mail_server(self.smtp_url) if self.smtp_url else None

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data_dir / 'capsulier.sqlite3'}"

    @cached_property
    def packages_dir(self) -> Path:
        return self.data_dir / "packages"

    @cached_property
    def incoming_dir(self) -> Path:
        """Uploads that are not whole yet; what is in it for long was left by a process that was killed."""
        return self.packages_dir / "incoming"

    @cached_property
    def executions_dir(self) -> Path:
        return self.data_dir / "executions"

    @cached_property
    def environments_dir(self) -> Path:
        """Python environments of capsules; what is in it can be made again."""
        return self.data_dir / "environments"

    @cached_property
    def run_dir(self) -> Path:
        """Sockets and the address of the running web process; nothing in it outlives a restart."""
        return self.data_dir / "run"


@cache
def config() -> Config:
    return Config()


def prepare_data_dir() -> None:
    """Make the directories, readable by nobody else. Doing it twice is the same as once."""
    own = config()
    for directory in (own.data_dir, own.packages_dir, own.incoming_dir, own.executions_dir, own.run_dir):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def key_file(name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
    """The secret in this file of the data directory, made on first need; two processes that race read the same one."""
    path = config().data_dir / name
    if not path.exists():
        prepare_data_dir()
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


_CONNECTION = {
    # A process that is frozen within a transaction keeps its rows locked: PostgreSQL ends it after so long.
    "options": "-c idle_in_transaction_session_timeout=5000",
    # A server behind a dead network is noticed in half a minute, not in a quarter of an hour.
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "tcp_user_timeout": 30_000,
}
"""How we connect to PostgreSQL; the URL's own parameters have the last word."""


def database_settings(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a database URL."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:  # its words quote the URL
        raise ValueError("It cannot be read. In a password, write / as %2F, # as %23, ? as %3F.") from None
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:] if parts.path.startswith("//") else parts.path),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # FULL: a committed fire survives a pulled plug; 0.28 ms a commit (design, section 2).
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {**_CONNECTION, **dict(parse_qsl(parts.query))},
        }
    raise ValueError("Write it as sqlite:///path or postgresql://user:password@host:port/name.")


OPENID_PROVIDER = "sso"
"""The id of the one provider there may be, in addresses and in the accounts that came by it."""


def openid_apps(own: Config) -> list[dict[str, object]]:
    """allauth's entry for the OpenID Connect provider, if there is one."""
    if not own.oidc_issuer:
        return []
    return [
        {
            "provider_id": OPENID_PROVIDER,
            "name": own.oidc_name,
            "client_id": own.oidc_client_id,
            "secret": own.oidc_client_secret,
            "settings": {"server_url": own.oidc_issuer.rstrip("/"), "oauth_pkce_enabled": True},
        }
    ]
