"""What an engine tells of what an execution has used."""

import sys

from capsulier.core.launch import Limits
from capsulier.core.reasons import Reason
from tests.engines.conformance.kit import Kit
from tests.engines.watched import Watched

BUSY = "import time; began = time.process_time()\nwhile time.process_time() - began < {s}: pass"


class Using(Kit):
    async def test_it_tells_the_processor_time_of_all_its_processes(self, watched: Watched) -> None:
        busy = f"{sys.executable} -I -S -c '{BUSY.format(s=0.3)}'"
        standing = await watched.run(f"{busy}; {busy} & wait")
        assert standing.cpu_us is not None
        assert 600_000 <= standing.cpu_us < 3_000_000

    async def test_it_tells_the_most_memory_that_they_had_together(self, watched: Watched) -> None:
        hog = f"{sys.executable} -I -S -c 'import time; held = bytes([1]) * 150_000_000; time.sleep(1)'"
        standing = await watched.run(f"{hog} & {hog} & wait")
        assert standing.peak_bytes is not None
        assert 300_000_000 < standing.peak_bytes < 500_000_000

    async def test_what_was_killed_has_used_something_too(self, watched: Watched) -> None:
        busy = f"{sys.executable} -I -S -c '{BUSY.format(s=60)}'"
        standing = await watched.run(busy, limits=Limits(timeout_s=1, grace_s=0))
        assert standing.reason is Reason.TIMEOUT
        assert standing.cpu_us is not None
        assert standing.cpu_us > 200_000
