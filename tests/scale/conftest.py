"""One deployment for all tests: what a test breaks it mends, or waits until it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from deployment import Deployment
from network import Network
from swarm import Swarm


@pytest.fixture(scope="session")
def deployment(
    pytestconfig: pytest.Config, binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Three nodes with a daemon each behind HAProxy. No container may be left at its end."""
    cache = Path(pytestconfig.getoption("--engine-cache")).parent / "test-swarm"
    with Network() as network, Swarm(cache, network) as swarm:
        deployed = Deployment(swarm, network, tmp_path_factory.mktemp("deployment"))
        try:
            deployed.begin(binary)
            yield deployed
        finally:
            deployed.end()
