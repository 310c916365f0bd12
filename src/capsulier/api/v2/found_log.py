"""Which file a request about a log means."""

from typing import NamedTuple

from capsulier.core.access import Actor
from capsulier.core.errors import LogGone
from capsulier.core.states import LIVE, State
from capsulier.logs.files import LogName
from capsulier.logs.source import LogFile
from capsulier.services.finding import find_execution
from capsulier.services.log_files import logs_of
from capsulier.store.models import Execution


class FoundLog(NamedTuple):
    execution: Execution
    file: LogFile

    def is_yet_to_come(self, name: LogName) -> bool:
        """Its place is not known for sure: a placement that is lost before anything ran is followed by another."""
        state = State(self.execution.state)
        return state is State.QUEUED or (state is State.PENDING and name is not LogName.SETUP)


def find_log(actor: Actor, execution_id: int, name: LogName) -> FoundLog:
    """Raises NotFound, and LogGone for one that was kept once."""
    execution = find_execution(actor, execution_id)
    logs = logs_of(execution)
    if execution.state not in LIVE and execution.started_us is not None and not logs.path.exists():
        raise LogGone(f"The logs of execution {execution.number} of “{execution.job.name}” are no longer kept.")
    return FoundLog(execution, logs.log(name))
