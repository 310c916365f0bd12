"""A conductor on a machine that has been restarted: the same machine, another start of it.

python -m tests.crash.another_start
"""

import sys

from capsulier.engines.local import engine
from capsulier.engines.local.machine import Machine
from capsulier.operations import conductor

here = Machine.here


class Restarted(Machine):
    @classmethod
    def here(cls, machine_id: str | None = None, boot_id: str | None = None) -> Machine:
        return here(machine_id, boot_id or "another-start")


if __name__ == "__main__":
    engine.Machine = Restarted  # type: ignore[misc]
    sys.exit(conductor.main([]))
