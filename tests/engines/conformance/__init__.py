"""What every engine must do, by the words of `capsulier.engines.protocol` alone. A test module per engine inherits
`EngineConformance` and says how its engine is made and where its logs are."""

from tests.engines.conformance.limits import Limiting
from tests.engines.conformance.preparing import Preparing
from tests.engines.conformance.recovering import Recovering
from tests.engines.conformance.running import Running
from tests.engines.conformance.stopping import Stopping
from tests.engines.conformance.submitting import Submitting
from tests.engines.conformance.usage import Using


class EngineConformance(Running, Preparing, Submitting, Stopping, Limiting, Using, Recovering):
    """Inherit and give `make_engine` and `read_log`."""
