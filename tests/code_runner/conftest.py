"""Fixtures of the runner's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from interactive import TERMINAL
from places import InContainer, Place, PlainProcess
from real_engine import RealEngine


@pytest.fixture(scope="session")
def runner_binary(pytestconfig: pytest.Config) -> Path:
    """$CODE_RUNNER, or the runner that was built together with the daemon."""
    beside_the_daemon = Path(pytestconfig.getoption("--binary")).parent / "code_runner/code_runner"
    path = Path(os.environ.get("CODE_RUNNER", beside_the_daemon)).resolve()
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture
def process(runner_binary: Path, tmp_path: Path) -> PlainProcess:
    return PlainProcess(runner_binary, tmp_path)


def make_place(kind: str, binary: Path, folder: Path, request: pytest.FixtureRequest) -> Place:
    if kind == "process":
        return PlainProcess(binary, folder)
    engine: RealEngine = request.getfixturevalue("engine")
    return InContainer(engine, request.getfixturevalue("base_image"), kind, binary, folder)


@pytest.fixture(params=["process", "runc", "runsc"])
def place(runner_binary: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """Everywhere: what holds for a plain process has to hold for PID 1, with runc and with gVisor."""
    return make_place(request.param, runner_binary, tmp_path, request)


@pytest.fixture(params=["runc", "runsc"])
def container(runner_binary: Path, tmp_path: Path, request: pytest.FixtureRequest) -> InContainer:
    made = make_place(request.param, runner_binary, tmp_path, request)
    assert isinstance(made, InContainer)
    return made


@pytest.fixture
def runc(runner_binary: Path, tmp_path: Path, request: pytest.FixtureRequest) -> InContainer:
    made = make_place("runc", runner_binary, tmp_path, request)
    assert isinstance(made, InContainer)
    return made


@pytest.fixture(params=["pipes", "terminal"])
def window(request: pytest.FixtureRequest) -> dict[str, object]:
    return dict(TERMINAL) if request.param == "terminal" else {}
