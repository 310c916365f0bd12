"""The Slurm engine: the `Engine` protocol, in terms of jobs of the cluster and of what launchers have told."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason
from capsulier.engines.launcher.desk import Desk, is_open, take_news
from capsulier.engines.launcher.script import batch_script
from capsulier.engines.protocol import Ability, Handle, Node, Phase, Standing
from capsulier.engines.slurm.commands import Cluster, ClusterAway, Refused
from capsulier.engines.slurm.placed import Placed, standing_of, without_claim, without_report
from capsulier.engines.slurm.settings import SlurmSettings
from capsulier.engines.slurm.words import ClusterJob, ClusterNode, why_waiting

_NEWS_EVERY_S = 0.05
_NODES_EVERY_S = 5.0
_SILENT_FOR_S = 10.0
"""Of a launcher that was to end its program and itself."""
_LOST_AFTER_S = 60.0
"""A node that Slurm has lost may live: only a launcher that is silent for so long is lost with it. One that lives may
wait 30 s for an answer of a web process that hangs and pause 5 s before it asks again, of one that starts just now."""
_KILL_AFTER_S = 15.0
"""After the grace of a stop: a launcher that has not ended its program by then is killed by Slurm."""
_RECOVERY_PATIENCE_S = 3.0
"""For the cluster's answer: other engines' executions wait meanwhile. What it tells later is told as a change."""
_REMEMBERED = 10_000
"""Ends, for who asks again."""
_AWAY_WORDS = "waits for the cluster, which does not answer"
_MEGABYTE = 1 << 20

_log = logging.getLogger(__name__)


class SlurmEngine:
    """Slurm queues, places, and notices what is lost; how an execution goes and ends, its launcher tells. What is known
    of each stands in its directory below `root`, for any engine object after our death.

    A cluster that does not answer changes nothing: what runs goes on, and what is to be submitted waits.
    """

    name = "slurm"
    abilities = frozenset({Ability.ENFORCES_MEMORY, Ability.ENFORCES_CPU, Ability.TELLS_WHY_IT_WAITS})

    def __init__(self, root: Path, settings: SlurmSettings, seal: Callable[[Launch], str]) -> None:
        self._root = root.resolve()
        self._settings = settings
        self._seal = seal
        self._cluster = Cluster(settings)
        self._prefix = f"capsulier.{hashlib.sha256(str(self._root).encode()).hexdigest()[:8]}."
        """Of the names of our jobs: two installations may share a cluster."""
        self._placed: dict[str, Placed] = {}
        self._ended: dict[str, Standing] = {}
        self._nodes: list[ClusterNode] = []
        self._nodes_at = float("-inf")
        self._is_away = False
        self._open_since: float | None = None
        """Since when launchers could have told us something at any time."""
        self._changed: asyncio.Queue[tuple[Handle, Standing]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._answered = asyncio.Event()
        """Set whenever the cluster has answered."""

    async def start(self, changed: asyncio.Queue[tuple[Handle, Standing]]) -> None:
        self._changed = changed
        self._root.mkdir(parents=True, exist_ok=True)
        self._go_on(self._watch_news())
        self._go_on(self._watch_cluster())

    async def submit(self, launch: Launch) -> Handle:
        """Waits for the cluster's first answer only: one that is away is asked again in the background."""
        if launch.name not in self._placed and launch.name not in self._ended:
            placed = self._placed[launch.name] = Placed(launch, self._desk(launch.name))
            if placed.desk.claim() is not None:
                placed.submitted_at = self._now()
                self._take_up(placed)
            elif placed.desk.is_handed_over():
                self._go_on(self._submit_later(placed))  # by somebody else, perhaps only just
            elif not await self._try_submit(placed):
                self._go_on(self._submit_later(placed))
        return {"name": launch.name}

    async def poll(self, handles: Sequence[Handle]) -> Mapping[str, Standing]:
        return {name: self._standing(name) for name in (handle["name"] for handle in handles)}

    async def recover(self, launches: Sequence[tuple[Launch, Handle | None]]) -> Mapping[str, Standing]:
        """What the cluster does not know, and nobody has claimed, is claimed here, for nobody. Where the cluster does
        not answer it is left open."""
        new = [Placed(launch, self._desk(launch.name), is_quiet=True) for launch, _ in launches]
        new = [each for each in new if each.name not in self._placed and each.name not in self._ended]
        for placed in new:
            self._placed[placed.name] = placed
            placed.submitted_at = self._now()
            wish = placed.desk.wished_stop()
            placed.stop_asked_at = self._now() if wish else None
            placed.is_forced = wish == "kill"
            self._take_up(placed)
        if any(not placed.has_ended for placed in new):
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECOVERY_PATIENCE_S):
                    await self._look_at_cluster()
        for placed in new:
            placed.is_quiet = False
        return {launch.name: self._standing(launch.name) for launch, _ in launches}

    async def stop(self, handle: Handle, *, force: bool = False) -> None:
        placed = self._placed.get(handle["name"])
        if placed is None:
            if handle["name"] not in self._ended:
                self._desk(handle["name"]).wish_stop(force=force)
            return
        placed.stop_asked_at = placed.stop_asked_at or self._now()
        placed.is_forced = placed.is_forced or force
        placed.desk.wish_stop(force=force)
        self._go_on(self._pass_on_stop(placed))

    async def nodes(self) -> Sequence[Node]:
        try:
            self._nodes = await self._cluster.nodes()
        except ClusterAway:
            return [replace(node, state="the cluster does not answer") for node in self._as_told()]
        return self._as_told()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Submitting

    async def _try_submit(self, placed: Placed) -> bool:
        """False: the cluster is away, and perhaps it was done all the same."""
        launch = placed.launch
        try:
            token = await asyncio.to_thread(placed.desk.hand_over, self._seal(launch))
            url = f"{self._settings.manager_url.rstrip('/')}/api/v2/placements/{launch.execution_id}/{launch.placement}"
            script = batch_script(url, token, python=self._settings.python, directory=self._settings.directory)
            placed.numbers.append(await self._cluster.submit(launch, self._prefix + launch.name, script))
        except Refused as refused:
            if placed.desk.fence():
                self._tell(placed, Standing(Phase.ENDED, reason=Reason.ENGINE, detail=f"Slurm says: {refused}"))
            return True
        except OSError as error:
            placed.desk.fence()
            self._tell(placed, Standing(Phase.ENDED, reason=Reason.ENGINE, detail=str(error)))
            return True
        except ClusterAway as away:
            self._note_away(away)
            self._tell(placed, Standing(Phase.WAITING, detail=_AWAY_WORDS))
            return False
        placed.submitted_at = self._now()
        if placed.stop_asked_at is not None:
            self._go_on(self._pass_on_stop(placed))
        return True

    async def _submit_later(self, placed: Placed) -> None:
        """Once the cluster answers, and unless it turns out that it was submitted after all."""
        while not placed.has_ended and placed.submitted_at is None:
            self._answered.clear()
            await self._answered.wait()
            if placed.stop_asked_at is not None and not placed.numbers and placed.desk.fence():
                self._tell(placed, without_claim(None, is_stopped=True))
            elif placed.numbers:
                placed.submitted_at = self._now()
            elif placed.desk.claim() is None and await self._try_submit(placed):
                return

    # Stopping

    async def _pass_on_stop(self, placed: Placed) -> None:
        """Its launcher finds the wish with its next beat; this is for what waits, and to be faster. A cluster that is
        away is no trouble: the wish stays."""
        if not placed.numbers:
            return
        try:
            await self._cluster.cancel_waiting(placed.numbers)
            if placed.desk.claim() is not None:
                await self._cluster.terminate(placed.numbers)
        except ClusterAway as away:
            self._note_away(away)

    async def _insist_on_stops(self) -> None:
        for placed in list(self._placed.values()):
            asked_at = placed.stop_asked_at
            if asked_at is None or placed.is_killed or not placed.numbers:
                continue
            grace_s = 0.0 if placed.is_forced else placed.launch.limits.grace_s
            if placed.desk.claim() is None:
                await self._cluster.cancel_waiting(placed.numbers)
                await self._cluster.terminate(placed.numbers)
            elif self._now() - asked_at > grace_s + _KILL_AFTER_S and self._is_silent(placed.desk, _SILENT_FOR_S):
                await self._cluster.kill(placed.numbers)
                placed.is_killed = True

    # Watching

    async def _watch_news(self) -> None:
        """What launchers have told: within a moment."""
        while True:
            try:
                for name in take_news(self._root):
                    if name in self._placed:
                        self._take_up(self._placed[name])
            except Exception:
                _log.exception("Cannot look for news of launchers")
            await asyncio.sleep(_NEWS_EVERY_S)

    async def _watch_cluster(self) -> None:
        while True:
            await asyncio.sleep(self._settings.poll_every_s)
            if not self._placed:
                continue
            try:
                await self._look_at_cluster()
                await self._insist_on_stops()
            except ClusterAway as away:
                self._note_away(away)
            except Exception:
                _log.exception("Cannot look at the cluster")

    async def _look_at_cluster(self) -> None:
        """Compare all that we have placed with what Slurm knows."""
        asked_at = self._now()
        self._note_open(asked_at)
        try:
            queue = await self._cluster.queue()
            if any(job.is_waiting for job in queue) and asked_at - self._nodes_at > _NODES_EVERY_S:
                self._nodes, self._nodes_at = await self._cluster.nodes(), asked_at
        except ClusterAway as away:
            self._note_away(away)
            return
        if self._is_away:
            _log.warning("The Slurm cluster answers again.")
            self._is_away = False
        jobs: dict[str, list[ClusterJob]] = {}
        for job in queue:
            if job.name.startswith(self._prefix):
                jobs.setdefault(job.name[len(self._prefix) :], []).append(job)
        for placed in list(self._placed.values()):
            await self._compare(placed, jobs.get(placed.name, []), asked_at)
        self._answered.set()

    async def _compare(self, placed: Placed, jobs: Sequence[ClusterJob], asked_at: float) -> None:
        placed.numbers += [job.number for job in jobs if job.number not in placed.numbers]
        if live := [job for job in jobs if not job.is_over]:
            if not all(job.is_waiting for job in live):  # nobody can have told anything of those
                self._take_up(placed)
            if placed.standing.phase is Phase.WAITING:
                self._tell(placed, Standing(Phase.WAITING, detail=self._why(placed, live[0])))
            return
        if placed.submitted_at is None or placed.submitted_at > asked_at:
            return  # it may have come after Slurm was asked
        self._take_up(placed)
        if placed.has_ended:
            return
        if not jobs:
            try:
                jobs = [job for number in placed.numbers if (job := await self._cluster.job(number)) is not None]
            except ClusterAway as away:
                self._note_away(away)
                return
            if not all(job.is_over for job in jobs):
                return
        self._judge(placed, _that_ran(placed, jobs))

    def _judge(self, placed: Placed, job: ClusterJob | None) -> None:
        """Nothing of it is left on the cluster, and its launcher has told no end."""
        desk = placed.desk
        if desk.fence():
            self._tell(placed, without_claim(job, is_stopped=placed.stop_asked_at is not None))
            return
        is_certain = job is not None and not job.lost_its_node
        if not is_certain and not self._is_silent(desk, _LOST_AFTER_S):
            return
        desk.supersede()
        report = standing_of(desk)  # it may have come at the last moment
        is_told = report.phase in (Phase.ENDED, Phase.LOST)
        self._tell(placed, report if is_told else without_report(desk, job, is_forced=placed.is_killed))

    def _note_open(self, now: float) -> None:
        if not is_open(self._root):
            self._open_since = None
        elif self._open_since is None:
            self._open_since = now

    def _is_silent(self, desk: Desk, for_s: float) -> bool:
        """Though somebody has been there to hear it all the time."""
        if self._open_since is None or self._now() - self._open_since <= for_s:
            return False
        heard_at = desk.heard_at()
        return heard_at is None or time.time() - heard_at > for_s

    def _why(self, placed: Placed, job: ClusterJob) -> str:
        if job.is_waiting:
            return why_waiting(job, self._nodes)
        return "being prepared" if placed.desk.claim() is not None else f"starting on {job.node or 'its node'}"

    # Telling

    def _take_up(self, placed: Placed) -> None:
        """What its files tell, if that is more than we knew."""
        standing = standing_of(placed.desk)
        if standing.phase is not Phase.WAITING:
            self._tell(placed, standing)

    def _tell(self, placed: Placed, standing: Standing) -> None:
        before = placed.standing
        if placed.has_ended or (standing.phase is before.phase and standing.detail == before.detail):
            return
        if standing.phase is Phase.ENDED and before.phase is Phase.WAITING and standing.started_us is not None:
            self._put(placed, Standing(Phase.RUNNING, started_us=standing.started_us))
        placed.standing = standing
        self._put(placed, standing)
        if placed.has_ended:
            self._ended[placed.name] = standing
            if len(self._ended) > _REMEMBERED:
                del self._ended[next(iter(self._ended))]
            self._placed.pop(placed.name, None)

    def _put(self, placed: Placed, standing: Standing) -> None:
        if not placed.is_quiet:
            self._changed.put_nowait((placed.handle(), standing))

    def _note_away(self, away: ClusterAway) -> None:
        if not self._is_away:
            _log.warning("The Slurm cluster does not answer (%s). What runs goes on; what is new waits.", away)
            self._is_away = True
        for placed in list(self._placed.values()):
            if placed.standing.phase is Phase.WAITING and placed.desk.claim() is None:
                self._tell(placed, Standing(Phase.WAITING, detail=_AWAY_WORDS))

    def _standing(self, name: str) -> Standing:
        if name in self._ended:
            return self._ended[name]
        return self._placed[name].standing if name in self._placed else standing_of(self._desk(name))

    def _as_told(self) -> list[Node]:
        counts: dict[str, int] = {}
        for placed in self._placed.values():
            claim = placed.desk.claim()
            if claim is not None:
                counts[claim.node] = counts.get(claim.node, 0) + 1
        return [
            Node(
                node.name,
                node.state,
                node.cpus,
                node.memory_mb * _MEGABYTE,
                counts.get(node.name, 0),
                node.cpus - node.free_cpus,
                (node.memory_mb - node.free_memory_mb) * _MEGABYTE,
            )
            for node in self._nodes
        ]

    def _desk(self, name: str) -> Desk:
        return Desk(self._root, name)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _go_on(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _that_ran(placed: Placed, jobs: Sequence[ClusterJob]) -> ClusterJob | None:
    """Of its jobs, the one whose launcher has the claim; the last one where nobody has it."""
    claim = placed.desk.claim()
    claimed = [job for job in jobs if claim is not None and job.number == claim.job]
    return next(reversed(claimed or list(jobs)), None)
