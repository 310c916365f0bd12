"""What an installation says of its Slurm cluster."""

from dataclasses import dataclass

OPTIONS = ("partition", "account", "qos", "constraint", "gres")
"""Of `sbatch`; a launch may carry its own, which win over those of the cluster."""


@dataclass(frozen=True, slots=True)
class SlurmSettings:
    manager_url: str
    """Where the nodes reach the web process."""
    python: str = "python3"
    """On the nodes, 3.8 or later."""
    directory: str = ""
    """On the nodes, for the files of executions. Empty: where the node puts what is temporary."""
    partition: str = ""
    account: str = ""
    qos: str = ""
    constraint: str = ""
    gres: str = ""
    memory_mb: int = 1024
    """Of a version that says nothing: without, Slurm would give each job a whole node."""
    poll_every_s: float = 1.0
    answer_within_s: float = 15.0
    """How long a command of Slurm may take; then the cluster counts as away."""
