"""Callers that go away, read nothing, or are too many."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from answers import read_answers
from daemon_process import Daemon, MakeDaemon
from fake_containers import printing, sleeping, taking
from fake_engine import FakeEngine
from waiting import at_most, wait_until


def send_run(daemon: Daemon, image: str) -> socket.socket:
    """A run whose answer is not read yet."""
    body = json.dumps({"image": image, "payload": {}})
    connection = daemon.connect()
    head = f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall((head + body).encode())
    return connection


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def half_close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize(
    "leave", [socket.socket.close, reset, half_close], ids=["closes", "resets", "half-closes"]
)
def test_a_run_whose_caller_goes_away_is_ended_within_a_second(
    daemon: Daemon, fake_engine: FakeEngine, leave: Callable[[socket.socket], None], full: bool
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    for number in range(1, (100 if full else 5) + 1):
        connection = send_run(daemon, "test/sleeping")
        fake_engine.wait_for_call("start", number)
        with at_most(2, "the container outlived its caller"):
            leave(connection)
            fake_engine.wait_until_empty(10)
        connection.close()
    daemon.wait_for_log("abandoned")


def test_a_caller_that_sends_on_and_on_during_its_run_is_gone(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """At most 64 KiB are read ahead."""
    fake_engine.add_image("test/sleeping", sleeping)
    connection = send_run(daemon, "test/sleeping")
    fake_engine.wait_for_call("start")
    connection.settimeout(5)
    try:
        for _ in range(1000):
            connection.sendall(b"x" * 65536)
    except OSError:
        pass
    fake_engine.wait_until_empty(10)
    connection.close()


def test_a_caller_that_leaves_the_line_costs_no_container(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="1", RUN_QUEUE_TIMEOUT="30")
    fake_engine.add_image("test/sleeping", sleeping)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(daemon.run, "test/sleeping")
        fake_engine.wait_for_call("start")
        waiting = send_run(daemon, "test/echo")
        wait_until(lambda: daemon.run("test/echo").status_code == 503, 10, "the line is full")
        waiting.close()
        # Its place is free again: the next one is taken into the line and not refused.
        follower = wait_until(lambda: taken_into_the_line(daemon), 10, "the place is free")
        for container in list(fake_engine.containers.values()):
            container.kill()
        first.result(30)
    with follower:
        assert follower.recv(100).startswith(b"HTTP/1.1 200 ")
    assert len(fake_engine.calls_of("create")) == 2


def taken_into_the_line(daemon: Daemon) -> socket.socket | None:
    connection = send_run(daemon, "test/echo")
    connection.settimeout(0.3)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        connection.settimeout(30)
        return connection
    connection.close()
    return None


def test_a_caller_that_reads_nothing_holds_no_container_and_no_slot(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    size = 30_000_000
    daemon = make_daemon(
        fake_engine, SERVER_WORKER_THREADS="1", SERVER_WRITE_TIMEOUT="4", RUN_MAX_OUTPUT_SIZE=str(size)
    )
    fake_engine.add_image("test/large", printing(b'{"x":"' + b"y" * (size - 8) + b'"}'))
    connection = send_run(daemon, "test/large")
    fake_engine.wait_for_call("delete", timeout=30)
    fake_engine.wait_until_empty()
    assert daemon.run("test/echo").status_code == 200
    closed = "the write timeout has ended the connection"
    wait_until(lambda: daemon.open_files() <= daemon.baseline, 20, closed)
    assert len(read_answers(connection)) < size
    connection.close()


@pytest.mark.timeout(300)
def test_ten_times_too_many_callers_are_refused_at_once_and_cost_no_goodput(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, full: bool
) -> None:
    """A run takes 0.2 s and four are served at once, so twenty a second are good."""
    fake_engine.add_image("test/slow", taking(0.2))
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="4", RUN_QUEUE_SIZE="4")
    seconds = 60 if full else 5
    ends = time.monotonic() + seconds
    good = 0
    refusals: list[float] = []
    lock = threading.Lock()

    def call() -> None:
        nonlocal good
        while time.monotonic() < ends:
            began = time.monotonic()
            response = daemon.run("test/slow")
            took = time.monotonic() - began
            with lock:
                if response.status_code == 200:
                    good += 1
                else:
                    assert response.status_code == 503
                    assert int(response.headers["retry-after"]) >= 1
                    refusals.append(took)
            if response.status_code == 503:
                threading.Event().wait(0.1)  # what keeps the load at ten times, not at a thousand

    with ThreadPoolExecutor(24) as pool:
        for done in [pool.submit(call) for _ in range(24)]:
            done.result()
    # Generous: dozens of Python threads share the processors with the daemon and the engine.
    assert good >= 0.5 * seconds * 4 / 0.2
    assert refusals
    assert sorted(refusals)[len(refusals) // 2] < 1
