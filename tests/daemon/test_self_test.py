"""--self-test: that it holds with each runtime, and sees each wall that is taken away."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon_process import MakeDaemon, free_port, shipped_settings
from real_engine import RealEngine
from waiting import wait_until
from weakened_engine import WeakenedEngine

HELD, NOT_HELD, UNAVAILABLE, USAGE = 0, 1, 69, 64
IMAGE = "docker-run/python"
LIMIT = {"RUN_MAX_EXECUTION_TIME": "5", "DOCKER_CONTAINER_MEMORY": "251658240"}


def self_test(
    make_daemon: MakeDaemon, engine: Any, image: str = IMAGE, **overrides: str
) -> subprocess.CompletedProcess[str]:
    settings = shipped_settings() | LIMIT | {"SERVER_LISTEN_PORT": str(free_port())} | overrides
    daemon = make_daemon(engine, start=False, **settings)
    daemon.expect_end = True
    command = [daemon.binary, "--self-test", image]
    return subprocess.run(
        command, env=daemon.process_environment(), capture_output=True, text=True, timeout=150
    )


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Name of each program → whether its wall held, how it ended, and why not."""
    return {line[:20].strip(): line[20:] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("runtime", ["runc", "crun", "runsc"])
def test_every_wall_stands_with_the_shipped_settings(
    make_daemon: MakeDaemon, images: RealEngine, runtime: str
) -> None:
    done = self_test(make_daemon, images, DOCKER_CONTAINER_RUNTIME=runtime)
    assert (done.returncode, len(rows(done))) == (HELD, 17), done.stdout + done.stderr
    assert all(row.startswith("held ") for row in rows(done).values()), done.stdout
    wait_until(lambda: not images.own_containers(), 5, "no container is left")


def without(*names: str) -> Any:
    def weaken(body: dict[str, Any]) -> None:
        for name in names:
            body["HostConfig"].pop(name)

    return weaken


def without_network_limit(body: dict[str, Any]) -> None:
    body["NetworkDisabled"] = False
    body["HostConfig"]["NetworkMode"] = "host"


def as_root(body: dict[str, Any]) -> None:
    body["User"] = "0:0"


def with_larger_tmpfs(body: dict[str, Any]) -> None:
    body["HostConfig"]["Tmpfs"] = {
        path: options.replace("size=131072k", "size=150m")
        for path, options in body["HostConfig"]["Tmpfs"].items()
    }


def with_secrets(body: dict[str, Any]) -> None:
    body["Env"].append("API_ACCESS_TOKEN=secret")


TAKEN_AWAY = {
    "memory bomb": without("Memory", "MemorySwap"),
    "fork bomb": without("PidsLimit"),
    "CPU hog": without("NanoCpus"),
    "writes to disk": without("ReadonlyRootfs"),
    "full tmpfs": with_larger_tmpfs,
    "network": without_network_limit,
    "secrets": with_secrets,
}
PRIVILEGES = {
    "it is root": as_root,
    "CapBnd": without("CapDrop"),
    "it may gain privileges": without("SecurityOpt"),
}


@pytest.fixture
def weakened(images: RealEngine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[WeakenedEngine]:
    engine = WeakenedEngine(tmp_path / "weak.sock", images.socket, request.param)
    yield engine
    engine.stop()


@pytest.mark.parametrize(
    ("weakened", "row"), [(weaken, row) for row, weaken in TAKEN_AWAY.items()], indirect=["weakened"]
)
def test_a_wall_that_is_taken_away_is_seen(
    make_daemon: MakeDaemon, weakened: WeakenedEngine, row: str
) -> None:
    done = self_test(make_daemon, weakened.socket, DOCKER_CONTAINER_CPUS="0.5", RUN_MAX_EXECUTION_TIME="10")
    assert done.returncode == NOT_HELD, done.stdout + done.stderr
    assert [name for name, what in rows(done).items() if what.startswith("NOT HELD")] == [row], done.stdout
    assert "BREACH: " in rows(done)[row]


@pytest.mark.parametrize(
    ("weakened", "breach"), [(weaken, breach) for breach, weaken in PRIVILEGES.items()], indirect=["weakened"]
)
def test_a_privilege_that_is_left_is_seen(
    make_daemon: MakeDaemon, weakened: WeakenedEngine, breach: str
) -> None:
    """C16"""
    done = self_test(make_daemon, weakened.socket)
    assert done.returncode == NOT_HELD
    assert "BREACH: " + breach in done.stdout.replace("CapEff", "CapBnd"), done.stdout


def test_without_an_image_that_works_nothing_is_claimed(make_daemon: MakeDaemon, images: RealEngine) -> None:
    done = self_test(make_daemon, images, "test/no-such-image")
    assert done.returncode == NOT_HELD
    assert set(rows(done)) == {"harmless program", "containers removed"}
    assert "o such image" in done.stdout


def test_without_an_engine_nothing_is_claimed(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    done = self_test(make_daemon, str(tmp_path / "no-engine.sock"))
    assert done.returncode == UNAVAILABLE
    assert "Failed to connect to docker unix socket" in done.stderr


def test_a_name_that_is_no_image_is_a_usage_error(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    assert self_test(make_daemon, str(tmp_path / "any.sock"), "../x").returncode == USAGE
