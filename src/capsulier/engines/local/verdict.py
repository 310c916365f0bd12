"""From what is written down to a standing: the rules, without a look at any process."""

import errno
import os
from contextlib import suppress

from capsulier.core.reasons import Reason
from capsulier.engines.local.machine import Machine
from capsulier.engines.local.paths import SETUP
from capsulier.engines.local.placing import CannotPlace
from capsulier.engines.local.records import Claim, Exit, open_now, read_ended_by
from capsulier.engines.protocol import Phase, Standing

STOP = "stop"
"""In `ended_by`: somebody asked for it. Any other word there is a reason of the engine's own."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


def settle(directory: str, claim: Claim, machine: Machine) -> Standing | None:
    """How a claimed placement ended, as far as its files alone tell. None: ask whether its process lives."""
    if claim.is_fenced:
        return never_ran()
    if claim.exit is not None:
        return ended(directory, claim.exit, claim.began_us)
    if claim.pid and claim.boot_id != machine.boot_id:
        return after_restart(claim.began_us)
    return None


def is_elsewhere(claim: Claim, machine: Machine) -> bool:
    """Whether another machine runs it: ours can tell nothing of its processes."""
    return claim.pid > 0 and claim.machine_id != machine.machine_id


def ended(directory: str, exit_record: Exit, began_us: int | None) -> Standing:
    """What an exit code means. 128 + n is how a shell reports that signal n ended its child; a program that itself
    exits with such a code cannot be told from that."""
    by = read_ended_by(directory)
    code = exit_record.code
    signal = code - 128 if 128 < code <= 192 else None
    reason = Reason.SIGNAL if signal else Reason.EXIT
    detail = ""
    if exit_record.failed_step is not None:
        reason, detail = Reason.SETUP, _failed_step(directory, exit_record)
    if by is not None and by[0] != STOP:
        reason, detail = Reason(by[0]), ""
    return Standing(
        Phase.ENDED,
        started_us=began_us,
        # A file's time is as coarse as the kernel's tick: no command ends before it began.
        ended_us=max(exit_record.at_us, began_us or 0),
        exit_code=code,
        signal=signal,
        reason=reason,
        detail=detail,
        cpu_us=exit_record.cpu_us,
    )


def lost(detail: str, began_us: int | None = None, *, ran: bool = True) -> Standing:
    return Standing(Phase.LOST, started_us=began_us, reason=Reason.LOST, detail=detail, ran=ran)


def after_restart(began_us: int | None = None) -> Standing:
    return lost("the machine was restarted", began_us)


def never_ran() -> Standing:
    return lost("it was never started", ran=False)


def being_prepared() -> Standing:
    return Standing(Phase.WAITING, detail="being prepared")


def stopped_before() -> Standing:
    """Ended while its files were being placed."""
    return Standing(Phase.ENDED, reason=Reason.SETUP, detail="it was stopped before it began")


def cannot_start(error: OSError | ValueError | CannotPlace) -> Standing:
    """What went wrong before anything ran, in words for a person."""
    if isinstance(error, CannotPlace):
        return Standing(Phase.ENDED, reason=Reason.SETUP, detail=str(error))
    if isinstance(error, ValueError):
        # A NUL in the command, a "=" in the name of a variable.
        return Standing(Phase.ENDED, reason=Reason.ENGINE, detail=str(error))
    if error.errno in _FULL:
        return Standing(Phase.ENDED, reason=Reason.SETUP, detail="the disk is full")
    if error.errno == errno.E2BIG:
        words = "the command or a variable is longer than this system takes (128 KiB), or all of them are together"
        return Standing(Phase.ENDED, reason=Reason.ENGINE, detail=words)
    where = f" ({error.filename})" if error.filename else ""
    return Standing(Phase.ENDED, reason=Reason.ENGINE, detail=f"{os.strerror(error.errno or 0)}{where}")


def could_not_write(directory: str) -> Standing:
    """Its wrapper ran nothing, because it could not write down that it would."""
    detail = f"it could not write into {directory}"
    with suppress(OSError):
        disk = os.statvfs(directory)
        if disk.f_bavail == 0 or (disk.f_files > 0 and disk.f_favail == 0):
            detail = "the disk is full"
    return Standing(Phase.ENDED, reason=Reason.SETUP, detail=detail)


def _failed_step(directory: str, exit_record: Exit) -> str:
    """“Install packages: exit 1: No matching distribution found”: the step, its exit code, its last words."""
    words = f"{exit_record.failed_step}: exit {exit_record.code}"
    try:
        with open(f"{directory}/{SETUP}", "rb", opener=open_now) as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 2000))
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    except OSError:
        return words
    return f"{words}: {lines[-1][:300]}" if lines and not lines[-1].startswith("> ") else words
