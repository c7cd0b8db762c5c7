"""A caller that goes away ends its run, whatever the run is doing."""

from __future__ import annotations

import math
import socket
import struct

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import Flood, Runner, add_runner, running, scripted
from live_client import begin_run, read_some
from log_events import wait_for_event
from waiting import at_most

SOON = 2.0  # s; the promise is one second, on a machine that is not busy


def floods(runner: Runner) -> None:
    while not runner.process.killed.is_set():
        runner.print(b"0123456789abcdef" * 64)


def is_silent(runner: Runner) -> None:
    runner.process.sleep_until_killed()


def drips(runner: Runner) -> None:
    while not runner.process.killed.wait(0.05):
        runner.print(b".")


@pytest.fixture
def unbounded(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    return make_daemon(
        fake_engine, RUN_MAX_OUTPUT_SIZE="1000000000", RUN_MAX_EXECUTION_TIME="60", LOG_FORMAT="json"
    )


@pytest.mark.parametrize("script", [floods, is_silent, drips])
@pytest.mark.parametrize("by_reset", [False, True], ids=["close", "reset"])
def test_a_caller_that_goes_ends_its_run(
    unbounded: Daemon, fake_engine: FakeEngine, script: object, by_reset: bool
) -> None:
    image = add_runner(fake_engine, "test/runs", running(script))  # type: ignore[arg-type]
    connection = begin_run(unbounded, image, buffer=1_000_000)
    read_some(connection, b'"stage":"run"}')
    if script is not is_silent:
        read_some(connection, b'"type":"stdout"')
    with at_most(SOON, "the container goes with its caller"):
        if by_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        fake_engine.wait_until_empty()
    event = wait_for_event(unbounded, "run.abandoned")
    assert event["live"] is True
    assert (event["output_bytes"] == 0) == (script is is_silent)


def test_a_caller_that_goes_while_its_run_waits_for_it_ends_it(
    unbounded: Daemon, fake_engine: FakeEngine
) -> None:
    """Nothing can be written, so only the end of the connection tells."""
    flood = Flood(fake_engine, math.inf)
    connection = begin_run(unbounded, flood.image)
    read_some(connection, b'"stage":"run"}')
    flood.wait_until_held_up()
    with at_most(SOON, "the container goes with its caller"):
        connection.close()
        fake_engine.wait_until_empty()


def test_a_caller_that_goes_before_the_first_event_ends_its_run(
    unbounded: Daemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/late", scripted(is_silent))
    with begin_run(unbounded, image):
        fake_engine.wait_for_call("start")
    with at_most(SOON, "the container goes with its caller"):
        fake_engine.wait_until_empty()
    assert wait_for_event(unbounded, "run.abandoned")["live"] is True


def test_a_caller_that_goes_leaves_nothing_behind_many_times(
    unbounded: Daemon, fake_engine: FakeEngine
) -> None:
    """The harness looks at open files and containers afterwards."""
    flood = Flood(fake_engine, math.inf)
    for _ in range(20):
        with begin_run(unbounded, flood.image) as connection:
            read_some(connection, b'"type":"stdout"')
    fake_engine.wait_until_empty()
    assert unbounded.figure("docker_run_live_runs_active") == 0
