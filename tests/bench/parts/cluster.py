"""Executions on a Slurm cluster that is started for it, as root: what a launcher adds to the bare command, how soon a
line is seen, and what a thousand that wait cost."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from capsulier.cli.sse import read_events
from capsulier.engines.slurm.settings import SlurmSettings
from tests.bench.measure import Measure, cpu_s, make_job, ms, p50, p95
from tests.crash.on_cluster import on_cluster
from tests.engines.launched import Launched, Web, web
from tests.engines.watched import a_launch
from tests.servers import Server, until

_RUNS = 30
_MOST_S = 0.1
_LINES = 20
_SEEN_WITHIN_S = 1.0
_WAITING = 1000
_WATCHED_S = 20
_SHARE = 0.05


def measure(directory: Path) -> Iterator[Measure]:
    with web(directory / "launcher") as running:
        yield from _overhead(running)
    usual_s = SlurmSettings(manager_url="").poll_every_s
    with on_cluster(directory / "cluster", poll_every_s=usual_s) as (server, _), server.api() as api:
        yield from _live(server, api)
        yield from _waiting(server, api)


def _overhead(running: Web) -> Iterator[Measure]:
    """From the start of the script that the scheduler has until the Manager knows of the end."""
    plain, added = [], []
    for each in range(_RUNS + 5):
        launched = Launched(running, a_launch("true"))
        began = time.monotonic()
        subprocess.run(["/bin/sh", "-c", "true"], check=True)
        plain_s, began = time.monotonic() - began, time.monotonic()
        launched.start()
        until(launched.desk.report, every_s=0.001)
        ours_s = time.monotonic() - began
        launched.end_all()
        if each >= 5:  # the first ones fill caches
            plain.append(plain_s)
            added.append(ours_s - plain_s)
    for name, of in (("p50", p50), ("p95", p95)):
        beside = f"{ms(_MOST_S)} on {ms(of(plain))}"
        yield Measure(f"launcher over the bare command, {name}", ms(of(added)), beside, _MOST_S / of(added), 1.0)


def _live(server: Server, api: httpx.Client) -> Iterator[Measure]:
    command = f"for i in $(seq {_LINES}); do date +%s%N; sleep 0.7; done"
    job = make_job(server, command)
    execution = api.post(f"/jobs/{job}/run").raise_for_status().json()["id"]
    late = []
    with api.stream("GET", f"/executions/{execution}/logs/stdout/follow", timeout=60) as stream:
        for event in read_events(stream.iter_lines()):
            if event.name == "end":
                break
            lines = base64.b64decode(json.loads(event.data)["data"]).split()
            late += [time.time() - int(line) / 1e9 for line in lines]
    beside = f"{ms(_SEEN_WITHIN_S)}"
    yield Measure("cluster: a line is seen after, p95", ms(p95(late)), beside, _SEEN_WITHIN_S / p95(late), 1.0)


def _waiting(server: Server, api: httpx.Client) -> Iterator[Measure]:
    """The nodes have 192 processors: they are taken by others, so that what is asked for then waits on the cluster."""
    api.patch("/platforms/main", json={"max_running": 2 * _WAITING}).raise_for_status()
    job = make_job(server, "sleep 600", cpus=64)
    for _ in range(_WAITING + 3):
        api.post(f"/jobs/{job}/run").raise_for_status()
    until(lambda: _pending(api) == _WAITING and _all_say_why(api), within_s=300, every_s=1.0)
    used = cpu_s(server.pids("conductor"))
    time.sleep(_WATCHED_S)
    share = (cpu_s(server.pids("conductor")) - used) / _WATCHED_S
    beside = f"{_SHARE:.0%}"
    yield Measure(f"cluster: {_WAITING:,} that wait there", f"{share:.1%} of a core", beside, _SHARE / share, 1.0)
    api.post(f"/jobs/{job}/stop", json={"force": True}).raise_for_status()
    until(lambda: _pending(api) == 0, within_s=300, every_s=1.0)


def _all_say_why(api: httpx.Client) -> bool:
    """Whether the latest have been told what they wait for, and so all: that is done once."""
    latest = api.get("/executions", params={"state": "pending", "size": 200}).raise_for_status().json()["items"]
    return all(each["waits"] for each in latest)


def _pending(api: httpx.Client) -> int:
    return int(api.get("/totals").raise_for_status().json()[0]["pending"])
