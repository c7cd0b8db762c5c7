"""How the daemon ends."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from answers import assert_error, read_answer
from daemon_process import Daemon, MakeDaemon
from fake_containers import answering_after, sleeping
from fake_engine import FakeEngine
from waiting import at_most, wait_until


@pytest.fixture
def gate(fake_engine: FakeEngine) -> threading.Event:
    """The programs of the image test/gated wait until it is set."""
    event = threading.Event()
    fake_engine.add_image("test/gated", answering_after(event))
    return event


def is_status(daemon: Daemon, path: str, status: int) -> bool:
    return daemon.request("GET", path, token=None).status_code == status


def refuses_connections(daemon: Daemon) -> bool:
    try:
        daemon.connect(timeout=1).close()
    except OSError:
        return True
    return False


def test_sigterm_loses_no_run_that_was_accepted(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, gate: threading.Event
) -> None:
    """Sixteen active and sixteen waiting ones are served, then the daemon ends with 0."""
    daemon = make_daemon(
        fake_engine,
        SERVER_WORKER_THREADS="16",
        RUN_QUEUE_SIZE="16",
        RUN_QUEUE_TIMEOUT="60",
        SERVER_DRAIN_DELAY="3",
    )
    with ThreadPoolExecutor(32) as pool:
        active = [pool.submit(daemon.run, "test/gated") for _ in range(16)]
        fake_engine.wait_for_call("start", 16)
        waiting = [pool.submit(daemon.run, "test/gated") for _ in range(16)]
        daemon.signal(signal.SIGTERM)
        wait_until(lambda: is_status(daemon, "/readyz", 503), 5, "/readyz says 503")
        wait_until(lambda: refuses_connections(daemon), 20, "the listener is closed")
        assert daemon.alive
        gate.set()
        answers = [run.result(60) for run in [*active, *waiting]]
        assert [answer.json() for answer in answers] == [{"served": True}] * 32
        assert daemon.wait() == 0
    assert fake_engine.own_containers() == []


def test_new_runs_are_served_during_the_drain_delay(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, SERVER_DRAIN_DELAY="3")
    daemon.signal(signal.SIGTERM)
    wait_until(lambda: is_status(daemon, "/readyz", 503), 3, "/readyz says 503")
    assert daemon.run("test/echo", {"late": True}).json() == {"late": True}
    assert is_status(daemon, "/livez", 200)
    assert daemon.wait() == 0


def test_a_run_that_gets_no_turn_any_more_is_told_so_and_has_no_container(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Never a run that has a container is answered 503."""
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(
        fake_engine,
        SERVER_WORKER_THREADS="1",
        RUN_QUEUE_SIZE="16",
        RUN_QUEUE_TIMEOUT="60",
        RUN_MAX_EXECUTION_TIME="1",
        SERVER_STOP_TIMEOUT="6",
        SERVER_DRAIN_DELAY="3",
    )
    with ThreadPoolExecutor(16) as pool:
        runs = [pool.submit(daemon.run, "test/sleeping") for _ in range(16)]
        fake_engine.wait_for_call("start")
        daemon.signal(signal.SIGTERM)
        answers = [outcome(run.result(60)) for run in runs]
        assert daemon.wait() == 0
    assert set(answers) == {"limits.execution_time", "server.draining"}
    assert answers.count("limits.execution_time") == len(fake_engine.calls_of("create"))


def outcome(response: httpx.Response) -> str:
    error: str = response.json()["error"]
    if error == "server.draining":
        assert_error(response, 503, error)
        assert response.headers["connection"] == "close"
        assert int(response.headers["retry-after"]) >= 0
    return error


def test_idle_connections_are_closed_at_the_stop(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, gate: threading.Event
) -> None:
    """And an answer that still goes out says `Connection: close`."""
    daemon = make_daemon(fake_engine)
    with daemon.connect() as idle, ThreadPoolExecutor(1) as pool:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answer(idle)[0] == 200
        running = pool.submit(daemon.run, "test/gated")
        fake_engine.wait_for_call("start")
        daemon.signal(signal.SIGTERM)
        assert idle.recv(1) == b""
        gate.set()
        assert running.result(30).headers["connection"] == "close"
        assert daemon.wait() == 0


def test_a_second_sigterm_kills_the_runs_and_ends_within_two_seconds(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="60")
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(daemon.run, "test/sleeping") for _ in range(4)]
        fake_engine.wait_for_call("start", 4)
        daemon.signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(daemon), 10, "the first one is obeyed")
        daemon.signal(signal.SIGTERM)
        with at_most(4, "the second signal did not hurry"):
            for run in runs:
                assert_error(run.result(20), 500, "internal")
            daemon.wait(10)
    fake_engine.wait_until_empty(1)
    assert daemon.log().count(" outcome=internal status=500 ") == 4, "each run has its line"


def test_a_daemon_without_work_stops_at_once(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    with at_most(3, "it waited for nothing"):
        assert daemon.stop() == 0


def test_a_daemon_stops_although_the_engine_is_gone(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    assert daemon.run("test/echo").status_code == 200
    fake_engine.wait_until_empty()
    fake_engine.stop()
    assert daemon.stop() == 0
