"""docs/install/container.md, executed command by command."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import free_port
from documented import commands_of
from real_engine import RealEngine
from repository import REPOSITORY


@pytest.fixture
def commands_here(images: RealEngine, tmp_path: Path) -> Iterator[list[str]]:
    """The commands of container.md with another port, and the tests' engine and folders."""
    engine = images
    os.chown(engine.socket, 0, 4711)
    os.chmod(engine.socket, 0o660)
    changes = {
        "/var/run/docker.sock:": f"{engine.socket}:",
        "%g /var/run/docker.sock": f"%g {engine.socket}",
        "/etc/docker-run/token:/": f"{tmp_path}/token:/",
        "docker build": f"docker build --network host --build-arg BASE={engine.debian_image()}",
        "8088": str(free_port()),
    }
    commands = commands_of(REPOSITORY / "docs/install/container.md")
    for old, new in changes.items():
        commands = [command.replace(old, new) for command in commands]
    yield [re.sub(r"/etc/docker-run(?!/token:ro)", str(tmp_path), command) for command in commands]
    engine.remove_containers()


@pytest.mark.timeout(1800)
def test_the_installation_as_a_container_works_as_written(
    engine: RealEngine, commands_here: list[str]
) -> None:
    assert len(commands_here) == 7
    environment = os.environ | {"DOCKER_HOST": f"unix://{engine.socket}", "DOCKER_BUILDKIT": "0"}
    for script in commands_here:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1700,
        )
        assert done.returncode == 0, script + done.stdout[-3000:] + done.stderr[-3000:]
        if "--self-test" in script:
            assert re.findall(r" (?:held|NOT HELD) ", done.stdout) == [" held "] * 30
        if "docker inspect" in script:
            assert "apiVersion" in done.stdout
            user = engine.docker("inspect", "-f", "{{.Config.User}}", "docker-run")
            assert user == "docker-run"
            assert int(engine.docker("image", "inspect", "-f", "{{.Size}}", "docker-run/daemon")) < 30_000_000
            shell = ["docker", "exec", "docker-run", "sh", "-c", "true"]
            tried = subprocess.run(shell, env=environment, capture_output=True, text=True, timeout=60)
            assert "executable file not found" in tried.stdout + tried.stderr
