"""Fixtures of every Python test. After each test with a daemon nothing may be left (see `make_daemon`)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon_process import Daemon, MakeDaemon, shipped_settings
from engine_kinds import CACHE, DEFAULT, KINDS, Podman
from engine_launcher import first_free
from fake_engine import FakeEngine
from real_engine import RealEngine, images_of_programs
from repository import REPOSITORY
from waiting import wait_until

PROGRAMS = REPOSITORY / "tests/code_runner/programs"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("docker-run")
    default = os.environ.get("DOCKER_RUN_BINARY", str(REPOSITORY / "build/release/docker-run"))
    group.addoption("--binary", default=default, help="the daemon ($DOCKER_RUN_BINARY or the release)")
    group.addoption("--engine", default=DEFAULT, choices=KINDS, help="what serves as the real engine")
    group.addoption(
        "--runtime", default="", choices=["", "runc", "crun", "runsc"], help="the containers' OCI runtime"
    )
    group.addoption("--full", action="store_true", help="the long tests in full length")
    cache = CACHE / "test-engines"
    group.addoption("--engine-cache", default=str(cache), help="where the real engine keeps its images")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    family = config.getoption("--engine").partition("-")[0]
    for item in items:
        if "engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.real)
        for mark in item.iter_markers("not_on"):
            if {family, config.getoption("--runtime")} & set(mark.args):
                item.add_marker(pytest.mark.skip(reason=mark.kwargs["reason"]))


@pytest.fixture(scope="session")
def binary(pytestconfig: pytest.Config) -> Path:
    path = Path(pytestconfig.getoption("--binary")).resolve()
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--full"))


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """compiled("forge.c", "-static") is the program, of what lies in code_runner/programs/."""
    folder = tmp_path_factory.mktemp("compiled")

    def compile_one(source: str, *options: str) -> Path:
        program = folder / Path(source).stem
        command = ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, PROGRAMS / source, *options]
        subprocess.run(command, check=True, timeout=120)
        return program

    return compile_one


@pytest.fixture(scope="session")
def engine(
    pytestconfig: pytest.Config, record_testsuite_property: Callable[[str, object], None]
) -> Iterator[RealEngine]:
    """An engine of the tests' own; its images stay for the next test run."""
    process = first_free(Path(pytestconfig.getoption("--engine-cache")), pytestconfig.getoption("--engine"))
    try:
        process.start()
        started = RealEngine(process)
        started.remove_containers()
        for name, value in started.describe(pytestconfig.getoption("--runtime")).items():
            record_testsuite_property(name, value)
        yield started
    finally:
        process.stop()


@pytest.fixture(scope="session")
def busybox_image(engine: RealEngine) -> str:
    """A 2 MB image with a static busybox as /bin/sh and everything else."""
    return engine.busybox_image()


@pytest.fixture(scope="session")
def base_image(engine: RealEngine) -> str:
    """A minimal Debian, made with debootstrap once and kept."""
    return engine.debian_image()


@pytest.fixture(scope="session")
def program_image(engine: RealEngine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Name of an image whose entrypoint is a program of programs.c, e.g. program_image("exit", "7")."""
    return images_of_programs(engine, tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="session")
def images(engine: RealEngine, binary: Path) -> RealEngine:
    """An engine that has docker-run/bash and docker-run/python, of the runner and the recipes as they are
    now."""
    runner = binary.parent / "code_runner/code_runner"
    sources = [runner, *sorted(path for path in (REPOSITORY / "images").rglob("*") if path.is_file())]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    built = engine.process.folder / "images-version"
    if not built.exists() or built.read_text() != version:
        environment = os.environ | {"DOCKER_HOST": f"unix://{engine.socket}", "CODE_RUNNER": str(runner)}
        command = [REPOSITORY / "images/build", "bash", "python"]
        subprocess.run(command, env=environment, check=True, timeout=1200)
        built.write_text(version)
    return engine


@pytest.fixture
def fake_engine(tmp_path: Path) -> Iterator[FakeEngine]:
    scripted = FakeEngine(socket=str(tmp_path / "engine.sock")).start()
    yield scripted
    scripted.stop()


@pytest.fixture
def make_daemon(
    binary: Path, tmp_path: Path, pytestconfig: pytest.Config, fake_engine: FakeEngine
) -> Iterator[MakeDaemon]:
    """Starts daemons: make_daemon(engine or socket path, NAME=value, ...).

    At the end of the test: within 10 s no container of ours is left, the daemon lives (unless the
    test ended it), its open files are back at the baseline, `GET /` answers; then SIGTERM ends it with 0.
    The scripted engine is named here so that it outlives the daemons.
    """
    daemons: list[Daemon] = []
    engines: list[Any] = []

    def make(engine: Any, start: bool = True, **overrides: str | None) -> Daemon:
        path = engine if isinstance(engine, str) else engine.socket
        folder = tmp_path / f"daemon-{len(daemons)}"
        folder.mkdir()
        runtime = pytestconfig.getoption("--runtime")
        if runtime and isinstance(engine, RealEngine):
            overrides.setdefault("DOCKER_CONTAINER_RUNTIME", runtime)
        if isinstance(engine, RealEngine) and isinstance(engine.process.kind, Podman):
            overrides.setdefault(
                "DOCKER_CONTAINER_SECCOMP", "engine"
            )  # the images of programs filter nothing
        daemon = Daemon(binary, folder, path, overrides)
        daemons.append(daemon)
        if not isinstance(engine, str) and engine not in engines:
            engines.append(engine)
        return daemon.start() if start else daemon

    yield make
    try:
        for daemon in daemons:
            daemon.assert_sound()
        if all(daemon.env.get("POOL_ENABLED") == "false" for daemon in daemons):
            assert_nothing_left(engines)
    finally:
        for daemon in daemons:
            daemon.end()
    assert_nothing_left(engines)
    for daemon in daemons:
        daemon.assert_clean_log()


def assert_nothing_left(engines: list[Any]) -> None:
    for engine in engines:
        wait_until(
            lambda engine=engine: not engine.own_containers(), 10, f"no container of ours in {engine.socket}"
        )


@pytest.fixture
def daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    """A daemon with the default settings of the tests at the scripted engine."""
    return make_daemon(fake_engine)


CGROUPS = Path("/sys/fs/cgroup")


@pytest.fixture
def low_weight_group() -> Iterator[str]:
    """A control group of the lowest weight, as dockerrun.slice is; made before the engine does, and removed
    with what the engine made of it."""
    name = f"/dockerruntest{time.monotonic_ns()}.slice"
    shares = CGROUPS / "cpu" / name[1:] / "cpu.shares"
    shares.parent.mkdir()
    shares.write_text("2")
    yield name
    # Programs in a group of this weight die slowly on a busy host. An empty group harms nobody.
    with contextlib.suppress(AssertionError):
        wait_until(lambda: all(map(is_removed, CGROUPS.glob(f"*{name}"))), 30, f"no group {name}")


def is_removed(group: Path) -> bool:
    inner = sorted((folder for folder in group.rglob("*") if folder.is_dir()), reverse=True)
    for folder in [*inner, group]:
        try:
            folder.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


@pytest.fixture
def start_shipped(make_daemon: MakeDaemon, images: RealEngine) -> Iterator[MakeDaemon]:
    """Starts daemons with the settings that we ship: start_shipped(NAME=value, ...)."""
    started: list[Daemon] = []

    def make(**overrides: str) -> Daemon:
        started.append(make_daemon(images, **(shipped_settings() | overrides)))
        return started[-1]

    yield make
    for daemon in started:
        assert daemon.stop() == 0  # not hurried: on a busy host the waiting containers need their time
