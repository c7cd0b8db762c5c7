"""A program that does not read slows its caller, and a caller that does not read slows its program."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from daemon_memory import assert_grown_by_at_most
from daemon_process import MakeDaemon
from engine_replies import Reply
from fake_engine import Exchange, FakeEngine
from fake_engine_http import UPGRADED
from fake_runner import Runner, add_runner
from interactive_client import (
    INTERACTIVE,
    begin_interactive,
    echo_input,
    frame_of,
    handshake,
    interactive_run,
    talking,
)
from waiting import wait_until

PIECE = json.dumps({"type": "stdin", "text": "x" * 60_000})
# More than all buffers between the caller and the container together.
MUCH = 40_000_000


def attached_but_unread(release: threading.Event) -> Reply:
    """An attach whose stdin the engine reads only up to the payload, until it is released."""

    def reply(exchange: Exchange) -> None:
        container = exchange.engine.find(exchange.call.ref)
        assert container is not None
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        container.attach(exchange.connection, lambda: exchange.send(UPGRADED), pause=(400, release))

    return reply


@pytest.fixture
def release() -> threading.Event:
    return threading.Event()


@pytest.fixture
def unread(fake_engine: FakeEngine, release: threading.Event) -> str:
    """An image whose program reads no input until the release."""
    fake_engine.script("attach", attached_but_unread(release))
    return add_runner(fake_engine, "test/echo-input", talking(echo_input))


def send_until_stopped(connection: socket.socket) -> int:
    """Sends input until the daemon takes nothing for a second, and returns how many bytes it took."""
    connection.settimeout(1)
    sent = 0
    try:
        while sent < MUCH:
            connection.sendall(frame_of(PIECE))
            sent += len(PIECE)
    except TimeoutError:
        pass
    return sent


def test_a_program_that_does_not_read_stops_its_caller(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, unread: str, release: threading.Event
) -> None:
    """At most 64 KiB are on their way in the daemon, besides the message that went beyond."""
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with begin_interactive(daemon, unread) as connection:
        before = daemon.resident_bytes()
        assert send_until_stopped(connection) < MUCH
        assert_grown_by_at_most(daemon, before, 2_000_000)
        release.set()


def test_a_caller_that_goes_while_nothing_is_read_ends_its_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, unread: str
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with begin_interactive(daemon, unread) as connection:
        assert send_until_stopped(connection) < MUCH
    fake_engine.wait_until_empty()
    daemon.wait_for_log("run.abandoned")


def test_input_far_beyond_64_kib_is_no_sign_of_a_caller_that_has_gone(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/echo-input", talking(echo_input))
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)
    with interactive_run(daemon, image) as run:
        received: list[str] = []
        reader = threading.Thread(target=lambda: received.append(run.read_output(600_000)))
        reader.start()
        for _ in range(10):
            run.connection.send(PIECE)
        reader.join(60)
        assert received == ["x" * 600_000]


def test_a_caller_that_reads_nothing_stops_its_program_and_is_given_up(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    printed = 0

    def print_on(runner: Runner) -> None:
        nonlocal printed
        while not runner.process.killed.is_set() and printed < MUCH:
            runner.print(b"x" * 60_000)
            printed += 60_000

    image = add_runner(fake_engine, "test/endless", talking(print_on))
    daemon = make_daemon(
        fake_engine, SERVER_WRITE_TIMEOUT="2", RUN_MAX_OUTPUT_SIZE=str(2 * MUCH), **INTERACTIVE
    )
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with connection:
        connection.connect(("127.0.0.1", daemon.port))
        connection.sendall(handshake(daemon) + frame_of(json.dumps({"image": image, "payload": {}})))
        before = daemon.resident_bytes()
        fake_engine.wait_for_call("start")
        began = time.monotonic()
        fake_engine.wait_until_empty(30)
        assert time.monotonic() - began >= 1
        assert printed < MUCH
        assert_grown_by_at_most(daemon, before, 2_000_000)


def test_stdin_waits_for_room(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, unread: str, release: threading.Event
) -> None:
    """Nothing of what a stopped caller sends is lost once its program reads."""
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="10000000", **INTERACTIVE)
    with interactive_run(daemon, unread) as run:
        run.next_of("stage")
        received: list[int] = []
        reader = threading.Thread(target=lambda: received.append(len(run.read_output(1_200_000))))
        reader.start()
        sender = threading.Thread(target=lambda: [run.connection.send(PIECE) for _ in range(20)])
        sender.start()
        release.set()
        sender.join(60)
        reader.join(60)
        assert received == [1_200_000]
    wait_until(lambda: fake_engine.own_containers() == [], 10, "the container is gone")
