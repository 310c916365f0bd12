"""Live events: hints about what one may see, soon after the commit."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from capsulier.api import changes
from capsulier.api.v2 import events
from capsulier.core.access import Role
from capsulier.services.run_job import run_job
from capsulier.store.models import Job, Membership
from tests.api.conftest import Clients
from tests.builders import make_actor, make_job, make_platform
from tests.servers import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


class Listener:
    """Reads the events in a thread of its own."""

    def __init__(self, api: httpx.Client, path: str = "/events") -> None:
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.is_over = False
        self.thread = threading.Thread(target=self._read, args=(api, path), daemon=True)
        self.thread.start()
        until(lambda: changes.CHANGES._task, what="the stream is open")
        while not self.hears_nothing(1.0):  # what happened just before
            pass

    def _read(self, api: httpx.Client, path: str) -> None:
        with api.stream("GET", path, timeout=30) as answer:
            for line in answer.iter_lines():
                field, _, value = line.partition(": ")
                if field == "data" and value != "{}":
                    self.heard.put(json.loads(value))
                if self.is_over:
                    return

    def hear(self, job_id: int) -> dict[str, Any]:
        """The next hint about this job."""
        while True:
            hints = self.heard.get(timeout=10)
            if job_id in hints["jobs"]:
                return hints

    def hears_nothing(self, for_s: float = 0.5) -> bool:
        try:
            self.heard.get(timeout=for_s)
        except queue.Empty:
            return True
        return False

    def end(self) -> None:
        self.is_over = True
        self.thread.join(60)


Listen: TypeAlias = Callable[..., Listener]


@pytest.fixture
def listen(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    """Streams that have ended when the tables are emptied. Their beats come often, so that a reader can leave."""
    monkeypatch.setattr(events, "BEAT_S", 0.1)
    listeners: list[Listener] = []

    def begin(path: str = "/events") -> Listener:
        listeners.append(Listener(api, path))
        return listeners[-1]

    yield begin
    for each in listeners:
        each.end()
    until(lambda: not changes.CHANGES._subscriptions, what="all streams have ended")


def test_a_run_an_edit_and_a_deletion_are_told(api: httpx.Client, listen: Listen) -> None:
    job, other = make_job(), make_job()
    listener = listen("/events?platform=main")
    for _ in range(2):
        ran = api.post(f"/jobs/{job.id}/run").json()
        hints = listener.hear(job.id)
        assert ran["id"] in hints["executions"]
        assert other.id not in hints["jobs"]
    api.patch(f"/jobs/{other.id}", json={"description": "new"})
    assert listener.hear(other.id)["executions"] == []
    api.delete(f"/jobs/{other.id}")
    listener.hear(other.id)


def test_a_new_job_is_told(api: httpx.Client, listen: Listen) -> None:
    listener = listen()
    job = api.post("/jobs", json={"name": "nightly", "capsule": "bash"}).json()
    listener.hear(job["id"])


def test_a_change_is_told_once(api: httpx.Client, listen: Listen) -> None:
    job = make_job()
    listener = listen()
    api.post(f"/jobs/{job.id}/run")
    listener.hear(job.id)
    assert listener.hears_nothing(3.0)


def test_what_happens_at_once_is_told_together(api: httpx.Client, listen: Listen) -> None:
    jobs = [make_job() for _ in range(30)]
    listener = listen()
    for job in jobs:
        run_job(make_actor(Role.OPERATOR), job.id)
    heard: set[int] = set()
    messages = 0
    while heard != {job.id for job in jobs}:
        heard.update(listener.heard.get(timeout=10)["jobs"])
        messages += 1
    assert messages < 25


def test_a_wake_up_that_was_lost_costs_two_seconds_and_no_more(api: httpx.Client, listen: Listen) -> None:
    job = make_job()
    listener = listen()
    Job.objects.filter(id=job.id).update(changed_us=changes.now_us())
    listener.hear(job.id)


def test_each_hears_of_their_own_platforms_only(signed_in: Clients, api: httpx.Client, listen: Listen) -> None:
    other = make_platform("other")
    hidden, shown = make_job(platform=other), make_job()
    Membership.objects.filter(user__username=Role.EDITOR.value, platform=other).delete()
    listener = listen()
    run_job(make_actor(Role.OPERATOR, other), hidden.id)
    run_job(make_actor(Role.OPERATOR), shown.id)
    assert listener.hear(shown.id)["jobs"] == [shown.id]
    assert api.get("/events", params={"platform": "other"}).status_code == 404


def test_who_may_see_no_longer_is_told_no_more(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch, listen: Listen
) -> None:
    monkeypatch.setattr(events, "ASK_AGAIN_S", 0.2)
    job = make_job()
    listener = listen()
    Membership.objects.all().delete()
    listener.thread.join(60)
    assert not listener.thread.is_alive()
    run_job(make_actor(Role.OPERATOR), job.id)
    assert listener.hears_nothing()


def test_nobody_listens_and_nothing_is_asked(api: httpx.Client) -> None:
    assert changes.CHANGES._task is None
    with api.stream("GET", "/events") as answer:
        lines = answer.iter_lines()
        next(lines)
        assert changes.CHANGES._task is not None
    until(lambda: changes.CHANGES._task is None, what="the tailer has ended")
