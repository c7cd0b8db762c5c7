"""A real engine that cannot get at some containers, because their shims are frozen; and labels of images."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from real_engine import RealEngine
from waiting import at_most, wait_until

ProgramImage = Callable[..., str]
TIME_LIMIT = 3


def running_containers(engine: RealEngine) -> set[str]:
    return set(engine.docker("ps", "-q", "--no-trunc", "--filter", "label=docker-run.instance").split())


def shim_of(engine: RealEngine, container: str) -> int:
    """The parent of the container's first process, through which the engine does everything with it."""
    program = engine.docker("inspect", "--format", "{{.State.Pid}}", container)
    return int(Path(f"/proc/{program}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def frozen(engine: RealEngine, containers: set[str]) -> Iterator[None]:
    shims = [shim_of(engine, container) for container in containers]
    for shim in shims:
        os.kill(shim, signal.SIGSTOP)
    try:
        yield
    finally:
        for shim in shims:
            with suppress(ProcessLookupError):
                os.kill(shim, signal.SIGCONT)


@pytest.mark.not_on("podman", reason="its containers have no shim that it talks to")
@pytest.mark.timeout(300)
def test_frozen_containers_hold_up_no_other_one(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    """More of them than removals may be under way at once: the next program is ended in time all the same."""
    daemon = make_daemon(engine, SERVER_WORKER_THREADS="16", RUN_MAX_EXECUTION_TIME=str(TIME_LIMIT))
    sleep, echo = program_image("sleep"), program_image("echo")
    count = 2 * (os.cpu_count() or 1) + 1
    with ThreadPoolExecutor(count + 1) as pool:
        bad = [pool.submit(daemon.run, sleep) for _ in range(count)]
        wait_until(lambda: len(running_containers(engine)) == count, 30, "all of them run")
        with frozen(engine, running_containers(engine)):
            for run in bad:
                assert_error(run.result(30), 400, "limits.execution_time")
            endless = pool.submit(daemon.run, sleep)
            wait_until(lambda: len(running_containers(engine)) == count + 1, 30, "the endless program runs")
            began = time.monotonic()
            for _ in range(3):
                with at_most(10, "a good run waited for frozen containers"):
                    assert daemon.run(echo).status_code == 200
            assert_error(endless.result(30), 400, "limits.execution_time")
            wait_until(lambda: len(engine.own_containers()) == count, 30, "all but the frozen are removed")
            assert time.monotonic() - began < TIME_LIMIT + 7, "the program outlived its limit"
    wait_until(lambda: not engine.own_containers(), 60, "nothing is left")


def run_unheard(daemon: Daemon, image: str) -> None:
    with suppress(httpx.HTTPError):
        daemon.run(image)


def test_an_image_cannot_exempt_its_containers_from_sweeps(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    source = engine.docker("create", program_image("sleep"))
    engine.docker("commit", "--change", "LABEL docker-run.keep=true", source, "test/kept:latest")
    engine.docker("rm", source)
    daemon = make_daemon(engine)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(run_unheard, daemon, "test/kept:latest")
        wait_until(lambda: running_containers(engine), 30, "it runs")
        daemon.kill()
        lost.result(30)
    daemon.start()
    wait_until(lambda: not engine.own_containers(), 20, "it is removed")
