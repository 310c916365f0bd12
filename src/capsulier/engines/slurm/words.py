"""What Slurm's commands say, taken apart. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capsulier.core.wording import size_in_words

QUEUE_FORMAT = "%i|%j|%T|%C|%m|%N|%r"
"""Of `squeue`: number, name, state, processors, memory, nodes, reason."""
NODES_FORMAT = "NodeList:64,StateLong:24,CPUsState:24,Memory:16,AllocMem:16"
"""Of `sinfo -N`: a node of several partitions comes several times."""

_OVER = frozenset(
    ("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT")
)
_LOST_NODE = frozenset(("BOOT_FAIL", "NODE_FAIL"))
_UNUSABLE = ("down", "drain", "fail", "maint", "unknown", "future", "powered_down", "no_respond", "*")
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ClusterJob:
    """A job, as Slurm knows it."""

    number: str
    name: str
    state: str
    cpus: int
    memory_mb: int
    node: str
    reason: str

    @property
    def is_over(self) -> bool:
        return self.state in _OVER

    @property
    def is_waiting(self) -> bool:
        return self.state in ("PENDING", "CONFIGURING", "REQUEUED")

    @property
    def lost_its_node(self) -> bool:
        return self.state in _LOST_NODE


@dataclass(frozen=True, slots=True)
class ClusterNode:
    """A node, as Slurm knows it."""

    name: str
    state: str
    cpus: int
    free_cpus: int
    memory_mb: int
    free_memory_mb: int

    @property
    def is_usable(self) -> bool:
        return not any(word in self.state for word in _UNUSABLE)


def read_queue(text: str) -> Iterator[ClusterJob]:
    for line in text.splitlines():
        number, name, state, cpus, memory, node, reason = line.split("|", 6)
        yield ClusterJob(number, name, state, int(cpus or 1), megabytes(memory), node, reason)


def read_nodes(text: str) -> list[ClusterNode]:
    found = {}
    for line in text.splitlines():
        name, state, processors, memory, allocated = line.split()
        _, idle, _, total = map(int, processors.split("/"))
        found[name] = ClusterNode(name, state, total, idle, int(memory), int(memory) - int(allocated))
    return sorted(found.values(), key=lambda node: node.name)


def read_job(text: str) -> ClusterJob | None:
    """Of `scontrol show job -o`: its number, name, state and node."""
    facts: dict[str, str] = {}
    for word in text.split():
        name, _, value = word.partition("=")
        facts.setdefault(name, value)
    if not facts.get("JobState"):
        return None
    number, name, state, node, reason = (
        facts.get(each, "") for each in ("JobId", "JobName", "JobState", "NodeList", "Reason")
    )
    return ClusterJob(number, name, state, cpus=0, memory_mb=0, node=node, reason=reason)


def megabytes(text: str) -> int:
    """Of "500M", "64G", "1.50T"; a plain number is megabytes."""
    factor = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}.get(text[-1:].upper())
    number = text[:-1] if factor else text
    return round(float(number) * (factor or 1)) if number.replace(".", "", 1).isdigit() else 0


def why_waiting(job: ClusterJob, nodes: Sequence[ClusterNode]) -> str:
    """Why this job has not begun, in words that follow "Pending"."""
    match job.reason:
        case "Resources" | "None" | "":
            return _why_no_room(job, [node for node in nodes if node.is_usable])
        case "Priority":
            return "waits for its turn on the cluster: others come before it"
        case reason if reason in _REASONS:
            return _REASONS[reason]
        case reason if "Limit" in reason or "Max" in reason or reason.startswith(("QOS", "Assoc")):
            return f"waits for a limit of the cluster ({reason})"
        case reason:
            return f"waits for the cluster ({reason})"


_REASONS = {
    "BeginTime": "waits for its time on the cluster",
    "JobHeldAdmin": "held by an administrator of the cluster",
    "JobHeldUser": "held on the cluster",
    "Licenses": "waits for a licence on the cluster",
    "PartitionDown": "waits for its partition, which is down",
    "PartitionInactive": "waits for its partition, which is inactive",
    "ReqNodeNotAvail": "waits for a node that is not available",
    "Reservation": "waits for its reservation",
}


def _why_no_room(job: ClusterJob, nodes: Sequence[ClusterNode]) -> str:
    if not nodes:
        return "waits for a node: none is up"
    memory = max(node.free_memory_mb for node in nodes)
    if job.memory_mb > memory:
        return f"waits for memory: {_size(job.memory_mb)} asked, {_size(memory)} free"
    cpus = max(node.free_cpus for node in nodes)
    if job.cpus > cpus:
        return f"waits for processors: {job.cpus} asked, {cpus} free"
    return "waits for a place on the cluster"


def _size(mb: int) -> str:
    return size_in_words(mb * _MEGABYTE)
