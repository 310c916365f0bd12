"""Runs executions on a Slurm cluster: Slurm queues, places and notices lost nodes, a launcher on the node does the
rest."""

from capsulier.engines.slurm.engine import SlurmEngine
from capsulier.engines.slurm.settings import SlurmSettings

__all__ = ["SlurmEngine", "SlurmSettings"]
