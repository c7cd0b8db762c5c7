"""A caller that reads slowly, or not at all, slows or loses its own run and nothing else."""

from __future__ import annotations

import threading

import pytest
from answers import read_answers
from daemon_memory import assert_grown_by_at_most
from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from fake_runner import Flood, Runner, add_runner, scripted
from live_client import begin_run, read_some, rest_of_events
from waiting import at_most

MIB = 1024 * 1024
# Above everything that the kernel keeps on both sides of a connection.
MUCH = 24 * MIB


@pytest.fixture
def flood(fake_engine: FakeEngine) -> Flood:
    return Flood(fake_engine, MUCH)


def test_a_reader_that_stops_costs_the_daemon_no_memory(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, flood: Flood
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE=str(2 * MUCH), RUN_MAX_EXECUTION_TIME="60")
    daemon.run("test/echo")
    before = daemon.resident_bytes()
    with begin_run(daemon, flood.image) as connection:
        read_some(connection, b'"stage":"run"}')
        flood.wait_until_held_up()
        assert_grown_by_at_most(daemon, before, 2 * MIB)
        assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}, "others are served"


def test_a_reader_that_goes_on_gets_everything(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, flood: Flood
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE=str(2 * MUCH), RUN_MAX_EXECUTION_TIME="60")
    with begin_run(daemon, flood.image) as connection:
        head = read_some(connection, b'"stage":"run"}')
        flood.wait_until_held_up()
        events = rest_of_events(connection, head)
    assert sum(len(event["text"]) for event in events if event["type"] == "stdout") == flood.printed
    assert events[-1]["answer"]["status"] == "ok"
    assert daemon.figure("docker_run_live_stalled_seconds_total") > 0.3


def test_a_reader_that_takes_nothing_loses_its_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, flood: Flood
) -> None:
    daemon = make_daemon(
        fake_engine,
        RUN_MAX_OUTPUT_SIZE=str(2 * MUCH),
        RUN_MAX_EXECUTION_TIME="60",
        SERVER_WRITE_TIMEOUT="3",
    )
    with begin_run(daemon, flood.image) as connection:
        read_some(connection, b'"stage":"run"}')
        flood.wait_until_held_up()
        daemon.wait_for_log("run.abandoned", 20)
        fake_engine.wait_until_empty()
        assert not read_answers(connection).endswith(b"\r\n0\r\n\r\n"), "nobody may take this for the whole"


def test_at_the_time_limit_the_result_of_a_slow_reader_is_still_found(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """The program ended long ago. The worker is free, and the caller gets everything when it reads on."""
    size = 6 * MIB  # some more than the kernel keeps
    flood = Flood(fake_engine, size)
    daemon = make_daemon(
        fake_engine,
        RUN_MAX_OUTPUT_SIZE=str(2 * size),
        RUN_MAX_EXECUTION_TIME="3",
        SERVER_WORKER_THREADS="1",
        SERVER_WRITE_TIMEOUT="20",
    )
    with begin_run(daemon, flood.image) as connection:
        head = read_some(connection, b'"stage":"run"}')
        flood.wait_until_held_up()
        with at_most(15, "the worker is given back"):
            assert daemon.run("test/echo").status_code == 200
        assert flood.printed == flood.size
        events = rest_of_events(connection, head)
    assert sum(len(event["text"]) for event in events if event["type"] == "stdout") == flood.size
    assert events[-1]["answer"]["status"] == "ok"


def test_at_the_time_limit_a_slow_reader_of_a_run_without_a_result_is_told_so(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    size = 6 * MIB
    ended = threading.Event()

    def floods(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        for _ in range(size // 32768):
            runner.print(b"x" * 32768)
        runner.process.sleep_until_killed()
        ended.set()

    image = add_runner(fake_engine, "test/endless", scripted(floods))
    daemon = make_daemon(
        fake_engine, RUN_MAX_OUTPUT_SIZE=str(size), RUN_MAX_EXECUTION_TIME="2", SERVER_WRITE_TIMEOUT="20"
    )
    with begin_run(daemon, image) as connection:
        head = read_some(connection, b'"stage":"run"}')
        assert ended.wait(20), "the run is ended in spite of its reader"
        events = rest_of_events(connection, head)
    assert (events[-1]["type"], events[-1]["error"]) == ("error", "limits.execution_time")
