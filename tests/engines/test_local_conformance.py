"""The local engine does what every engine must."""

from tests.engines.conformance import EngineConformance
from tests.engines.local import OnLocal


class TestConformance(OnLocal, EngineConformance):
    pass
