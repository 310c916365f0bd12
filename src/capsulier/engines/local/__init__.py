"""Runs executions on this machine, as processes that outlive us."""

from capsulier.engines.local.engine import LocalEngine

__all__ = ["LocalEngine"]
