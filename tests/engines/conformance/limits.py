"""Limits hold, with their reason."""

import sys

import pytest

from capsulier.core.launch import Limits
from capsulier.core.reasons import Reason
from capsulier.engines.protocol import Ability, Phase
from tests.engines.conformance.kit import Kit
from tests.engines.watched import Watched


class Limiting(Kit):
    async def test_a_timeout_is_the_reason_even_where_the_program_ends_well(self, watched: Watched) -> None:
        standing = await watched.run(
            "trap 'exit 0' TERM; while :; do sleep 0.02; done", limits=Limits(timeout_s=0.3, grace_s=5)
        )
        assert (standing.phase, standing.exit_code, standing.reason) == (Phase.ENDED, 0, Reason.TIMEOUT)
        assert standing.started_us is not None
        assert standing.ended_us is not None
        assert standing.ended_us - standing.started_us >= 250_000

    async def test_the_memory_of_the_whole_tree_is_limited(self, watched: Watched) -> None:
        if Ability.ENFORCES_MEMORY not in watched.engine.abilities:
            pytest.skip("this engine says that it does not")
        hog = f"{sys.executable} -c 'import time; held = bytes([1]) * 60_000_000; time.sleep(60)'"
        standing = await watched.run(f"{hog} & {hog} & wait", limits=Limits(memory_bytes=100_000_000))
        assert (standing.phase, standing.reason) == (Phase.ENDED, Reason.OUT_OF_MEMORY)

    async def test_a_program_below_its_limits_is_left_alone(self, watched: Watched) -> None:
        limits = Limits(timeout_s=30, memory_bytes=300_000_000, cpus=1, log_bytes=100)
        standing = await watched.run("echo fine; sleep 1.2; exit 5", limits=limits)
        assert (standing.exit_code, standing.reason) == (5, Reason.EXIT)

    async def test_endless_output_is_ended_at_the_log_limit(self, watched: Watched) -> None:
        standing = await watched.run("yes", limits=Limits(log_bytes=1_000_000, grace_s=5))
        assert (standing.phase, standing.reason) == (Phase.ENDED, Reason.LOG_LIMIT)
