"""Fixtures of the tests that install the package on a machine of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from machine import Machine, dependencies_of, root_file_system
from real_engine import RealEngine
from repository import REPOSITORY


@pytest.fixture(scope="session")
def make_package() -> Callable[..., Path]:
    """make_package(): the package of what is built; make_package("2.0.1") the same under another version."""

    def make(*version: str) -> Path:
        done = subprocess.run(
            [REPOSITORY / "scripts/package", *version],
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
        return Path(done.stdout.strip())

    return make


@pytest.fixture(scope="session")
def package(make_package: Callable[..., Path]) -> Path:
    return make_package()


@pytest.fixture(scope="session")
def root(pytestconfig: pytest.Config, package: Path) -> Path:
    cache = Path(pytestconfig.getoption("--engine-cache")).parent / "test-machines"
    return root_file_system(cache, dependencies_of(package))


@pytest.fixture(scope="module")
def machine(
    root: Path, images: RealEngine, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """A booted machine with the packages in /packages and the tests' engine at /run/docker.sock. The tests
    of a module share it."""
    group = next(
        line.split(":")[2]
        for line in (root / "etc/group").read_text().splitlines()
        if line.startswith("docker:")
    )
    os.chown(images.socket, 0, int(group))
    os.chmod(images.socket, 0o660)
    log = tmp_path_factory.mktemp("machine") / "console.log"
    booted = Machine(root, log, {images.socket: "/run/docker.sock", str(package.parent): "/packages"})
    try:
        yield booted.boot()
    finally:
        booted.stop()
        images.remove_containers()
        remove_group()


def remove_group() -> None:
    """What the engine, which runs on this host, has made of DOCKER_CONTAINER_CGROUP_PARENT as shipped."""
    for folder in Path("/sys/fs/cgroup").glob("*/dockerrun.slice"):
        with contextlib.suppress(OSError):
            folder.rmdir()


@pytest.fixture(scope="module")
def installed(machine: Machine, package: Path) -> Machine:
    """The machine with the package installed."""
    machine.shell(f"apt-get install -y --no-install-recommends /packages/{package.name}")
    return machine
