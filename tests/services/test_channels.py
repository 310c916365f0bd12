"""Channels: alerts to real programs on this machine, signed, again and again until they take them."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from capsulier.clock import now_us
from capsulier.core.access import Role
from capsulier.core.errors import Invalid, NameTaken, NotAllowed
from capsulier.services.channels import (
    ChannelDraft,
    Made,
    create_channel,
    delete_channel,
    edit_channel,
    open_channel,
)
from capsulier.services.edit_job import edit_job
from capsulier.services.raise_alerts import raise_alerts
from capsulier.services.rotate_secrets import rotate_secrets
from capsulier.services.send_test import send_test
from capsulier.services.send_to_channels import Courier
from capsulier.store.models import Alert, Channel, Job
from tests.builders import make_actor, make_job, make_platform
from tests.services.test_alerts import run

pytestmark = [pytest.mark.database, pytest.mark.django_db]


class Listener:
    """An HTTP server that keeps what it is sent."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever)
    thread.start()
    yield listener
    listener.server.shutdown()
    thread.join()
    listener.server.server_close()


def channel(kind: str, url: str, name: str = "on call") -> Made:
    return create_channel(make_actor(Role.ADMINISTRATOR), make_platform().pk, ChannelDraft(name, kind, url))


def job_telling(made: Made, **settings: Any) -> Job:
    return make_job("nightly", alert_channels=[made.channel.pk], alert_on=["end"], **settings)


def test_a_webhook_gets_signed_json(listener: Listener) -> None:
    made = channel("webhook", f"http://127.0.0.1:{listener.port}/hook?token=abc")
    run(job_telling(made), 3)
    raise_alerts()
    assert Courier().send_alerts() is None
    [(headers, body)] = listener.taken
    told = json.loads(body)
    assert (told["type"], told["summary"]) == ("alert.failure", "Failed: nightly, exit 3")
    assert told["execution"]["exit_code"] == 3
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert Alert.objects.get().sent_us is not None


def test_an_apprise_address_gets_the_words(listener: Listener) -> None:
    made = channel("apprise", f"json://127.0.0.1:{listener.port}/")
    run(job_telling(made), 3)
    raise_alerts()
    Courier().send_alerts()
    told = json.loads(listener.taken[0][1])
    assert told["title"] == "Failed: nightly #1, exit 3"
    assert "Exit code: 3" in told["message"]


def test_a_webhook_that_is_away_is_tried_again_under_the_same_id(listener: Listener) -> None:
    run(job_telling(channel("webhook", f"http://127.0.0.1:{listener.port}/")), 3)
    raise_alerts()
    listener.status = 503
    assert Courier().send_alerts() is not None
    assert "answered 503" in Alert.objects.get().error
    Alert.objects.update(next_try_us=now_us())
    listener.status = 200
    Courier().send_alerts()
    first, second = (headers["webhook-id"] for headers, _ in listener.taken)
    assert first == second
    assert Alert.objects.get().error == ""


def test_a_webhook_that_is_gone_is_given_up(listener: Listener) -> None:
    run(job_telling(channel("webhook", f"http://127.0.0.1:{listener.port}/")), 3)
    raise_alerts()
    listener.status = 404
    assert Courier().send_alerts() is None
    assert Alert.objects.get().sent_us is None


def test_a_test_arrives(listener: Listener) -> None:
    made = channel("webhook", f"http://127.0.0.1:{listener.port}/")
    send_test(make_actor(), make_platform().pk, channels=[made.channel.pk])
    Courier().send_alerts()
    assert json.loads(listener.taken[0][1])["type"] == "alert.test"


def test_an_address_stands_nowhere_in_clear() -> None:
    made = channel("webhook", "https://chat.example.org/hook?token=t0ken-of-the-chat")
    row = str(Channel.objects.values().get(id=made.channel.pk))
    assert "t0ken-of-the-chat" not in row
    assert made.secret not in row


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("webhook", "ftp://example.org/s3cret"),
        ("webhook", "https://"),
        ("webhook", "https://example.org:99999/s3cret"),
        ("webhook", "https://example.org/a s3cret"),
        ("apprise", "nonsense-s3cret"),
        ("apprise", "nosuchservice://s3cret"),
        ("pigeon", "https://example.org/s3cret"),
    ],
)
def test_what_cannot_be_an_address_is_refused_without_being_quoted(kind: str, url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        channel(kind, url)
    assert "s3cret" not in refusal.value.sentence
    assert not Channel.objects.exists()


def test_a_name_is_taken_once_in_a_platform() -> None:
    channel("apprise", "json://127.0.0.1/")
    with pytest.raises(NameTaken):
        channel("apprise", "json://127.0.0.1/")


def test_only_administrators_make_and_change_channels() -> None:
    made = channel("apprise", "json://127.0.0.1/")
    editor = make_actor(Role.EDITOR)
    with pytest.raises(NotAllowed):
        create_channel(editor, make_platform().pk, ChannelDraft("mine", "apprise", "json://127.0.0.1/"))
    with pytest.raises(NotAllowed):
        edit_channel(editor, made.channel.pk, name="mine")
    with pytest.raises(NotAllowed):
        delete_channel(editor, made.channel.pk)


def test_a_deleted_channel_is_named_by_no_job_any_more() -> None:
    made = channel("apprise", "json://127.0.0.1/")
    job = job_telling(made)
    delete_channel(make_actor(Role.ADMINISTRATOR), made.channel.pk)
    job.refresh_from_db()
    assert job.alert_channels == []


def test_a_job_cannot_name_the_channel_of_another_platform() -> None:
    other = make_platform("other")
    draft = ChannelDraft("theirs", "apprise", "json://127.0.0.1/")
    theirs = create_channel(make_actor(Role.ADMINISTRATOR, other), other.pk, draft).channel
    with pytest.raises(Invalid):
        edit_job(make_actor(), make_job().pk, settings={"alert_channels": [theirs.pk]})


def test_a_rotation_of_the_secrets_loses_no_address(listener: Listener) -> None:
    made = channel("webhook", f"http://127.0.0.1:{listener.port}/")
    before = Channel.objects.get(id=made.channel.pk)
    rotate_secrets(make_actor(Role.ADMINISTRATOR))
    after = Channel.objects.get(id=made.channel.pk)
    assert before.url != after.url
    assert before.secret != after.secret
    assert open_channel(after) == (f"http://127.0.0.1:{listener.port}/", made.secret)
