"""Whatever the schema allows is thrown at a running server: it never fails, and answers as its schema says."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.contract import operations
from tests.servers import Server, serving

pytestmark = [pytest.mark.database, pytest.mark.long, pytest.mark.timeout(900)]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = re.compile(r"/(events|follow)$")
"""Streams that end with their reader."""
EXAMPLES = int(os.environ.get("CAPSULIER_TEST_EXAMPLES", "10"))
"""Of each operation."""
NUMBERS = {"job_id", "execution_id", "number", "channel_id"}
"""In addresses: every other time they are those of something that is there."""
OPERATIONS = sorted(
    ((method, path) for method, path in operations() if not ENDLESS.search(path)),
    key=lambda each: (each[0] == "delete", each),
)
"""What is there is taken away last."""


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Without a conductor: nothing that is thrown at it runs."""
    data_dir: Path = tmp_path_factory.mktemp("fuzzed")
    with serving(data_dir, "web", "--port", "0") as server, server.api() as api:
        job = api.post("/jobs", json={"name": "first", "capsule": "bash", "command": "true"}).raise_for_status().json()
        api.post(f"/jobs/{job['id']}/run").raise_for_status()
        yield server


@pytest.fixture(scope="module")
def schema(fuzzed: Server) -> Any:
    return schemathesis.openapi.from_url(f"{fuzzed.url}/api/v2/openapi.json")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_api_fails_at_nothing(method: str, path: str, schema: Any, fuzzed: Server) -> None:
    @given(case=schema[path][method].as_strategy(), is_there=booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def throw(case: Any, is_there: bool) -> None:
        if is_there:
            case.path_parameters |= {name: 1 for name in case.path_parameters if name in NUMBERS}
        case.call_and_validate(headers={"Authorization": f"Bearer {fuzzed.key}"}, checks=CHECKS, timeout=30)

    throw()
