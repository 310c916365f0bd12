"""What the engine keeps in memory of a placement that has not ended, and how its files tell that it stands."""

from dataclasses import dataclass, field
from typing import Any

from capsulier.core.launch import Launch
from capsulier.core.reasons import Reason
from capsulier.engines.launcher.desk import Desk, Report
from capsulier.engines.protocol import Handle, Phase, Standing
from capsulier.engines.slurm.words import ClusterJob


@dataclass(slots=True, eq=False)
class Placed:
    """From `submit` or `recover` until its end is told."""

    launch: Launch
    desk: Desk
    standing: Standing = field(default_factory=lambda: Standing(Phase.WAITING))
    numbers: list[str] = field(default_factory=list)
    """Of its jobs. There may be two, where nobody knows whether a submit was done: one of them gets the claim."""
    submitted_at: float | None = None
    """By the loop's clock. None: not yet, as far as we know."""
    is_quiet: bool = False
    """Being recovered: how it stands is the answer, not a change."""
    stop_asked_at: float | None = None
    is_forced: bool = False
    is_killed: bool = False
    """Slurm was asked to kill it."""

    @property
    def name(self) -> str:
        return self.launch.name

    @property
    def has_ended(self) -> bool:
        return self.standing.phase in (Phase.ENDED, Phase.LOST)

    def handle(self) -> Handle:
        claim = self.desk.claim()
        told: dict[str, Any] = {"name": self.name}
        return told | ({"node": claim.node, "job": claim.job} if claim is not None and not claim.is_fenced else {})


def standing_of(desk: Desk) -> Standing:
    """As far as its files tell."""
    report = desk.report()
    if report is not None:
        return _ended(report)
    claim = desk.claim()
    if claim is not None and claim.is_fenced:
        return never_ran()
    began_us = desk.began_us()
    if began_us is not None:
        return Standing(Phase.RUNNING, started_us=began_us)
    return Standing(Phase.WAITING, detail="being prepared" if claim is not None else "")


def never_ran() -> Standing:
    return Standing(Phase.LOST, reason=Reason.LOST, detail="it was never started", ran=False)


def _ended(report: Report) -> Standing:
    code = report.exit_code
    signal = code - 128 if code is not None and 128 < code <= 192 else None
    of_its_own = Reason.SIGNAL if signal else Reason.EXIT
    return Standing(
        Phase.ENDED,
        started_us=report.started_us,
        ended_us=report.ended_us,
        exit_code=code,
        signal=signal,
        reason=of_its_own if report.why in ("", "stop") else Reason(report.why),
        detail=report.detail,
        cpu_us=report.cpu_us,
        peak_bytes=report.peak_bytes,
    )


def without_claim(job: ClusterJob | None, *, is_stopped: bool) -> Standing:
    """Its job is over and nobody had claimed it, nor can any more."""
    if is_stopped:
        return Standing(Phase.ENDED, exit_code=128 + 15, signal=15, reason=Reason.SIGNAL)
    if job is not None and job.state in ("FAILED", "COMPLETED", "TIMEOUT", "OUT_OF_MEMORY"):
        # The node was there and nothing came of it: it would be the same again.
        words = f"its launcher ended on {job.node or 'its node'} without having reached the Manager"
        return Standing(Phase.ENDED, reason=Reason.ENGINE, detail=words)
    return never_ran()


def without_report(desk: Desk, job: ClusterJob | None, *, is_forced: bool) -> Standing:
    """Its job is over and its launcher had not reported the end: it was killed, or its node was."""
    began_us = desk.began_us()
    if job is not None and job.state == "OUT_OF_MEMORY":
        return Standing(Phase.ENDED, started_us=began_us, reason=Reason.OUT_OF_MEMORY)
    if job is not None and job.state in ("TIMEOUT", "DEADLINE"):
        return Standing(Phase.ENDED, started_us=began_us, reason=Reason.TIMEOUT)
    if is_forced:
        return Standing(Phase.ENDED, started_us=began_us, exit_code=128 + 9, signal=9, reason=Reason.SIGNAL)
    claim = desk.claim()
    where = claim.node if claim is not None and claim.node else "its node"
    lost_node = job is not None and job.lost_its_node
    words = f"the node {where} was lost" if lost_node else f"its launcher on {where} was killed"
    return Standing(Phase.LOST, started_us=began_us, reason=Reason.LOST, detail=words)
