"""How an interactive run ends: by its caller, by its program, by the daemon."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import struct
from collections.abc import Callable

import pytest
from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from fake_runner import add_runner
from interactive_client import (
    INTERACTIVE,
    SUBPROTOCOL,
    begin_interactive,
    connected,
    echo_input,
    handshake,
    interactive_run,
    talking,
    token_subprotocol,
    upgrade,
)
from waiting import at_most, wait_until

CLOSE = b"\x88\x82" + bytes(4) + (1000).to_bytes(2, "big")


@pytest.fixture
def image(fake_engine: FakeEngine) -> str:
    return add_runner(fake_engine, "test/echo-input", talking(echo_input))


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def half_close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)


def close_in_order(connection: socket.socket) -> None:
    connection.sendall(CLOSE)


@pytest.mark.parametrize(
    "leave",
    [socket.socket.close, reset, half_close, close_in_order],
    ids=["closes", "resets", "half-closes", "sends a close"],
)
def test_a_run_whose_caller_goes_away_is_ended_within_a_second(
    make_daemon: MakeDaemon,
    fake_engine: FakeEngine,
    image: str,
    leave: Callable[[socket.socket], None],
    full: bool,
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    for _ in range(100 if full else 5):
        connection = begin_interactive(daemon, image)
        with at_most(2, "the container outlived its caller"):
            leave(connection)
            fake_engine.wait_until_empty(10)
        connection.close()
        wait_until(lambda: daemon.figure("docker_run_interactive_runs_active") == 0, 10, "the place is free")
    daemon.wait_for_log("run.abandoned")
    assert daemon.figure("docker_run_runs_total", outcome="abandoned", status="none") == (100 if full else 5)


def test_the_close_of_a_caller_is_answered(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with begin_interactive(daemon, image) as connection:
        connection.sendall(CLOSE)
        received = b""
        while data := connection.recv(65536):
            received += data
        assert received.endswith(b"\x88\x02\x03\xe8")


def test_a_run_is_reported_once(make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with interactive_run(daemon, image) as run:
        run.type("abc")
        assert run.read_output(3) == "abc"
        run.send("eof")
        run.rest()
    daemon.wait_for_log("event=run ")
    (line,) = [line for line in daemon.log().splitlines() if "event=run" in line]
    for field in ("outcome=ok", "status=200", "live=true", "interactive=true", "output_bytes=3"):
        assert field in line
    assert daemon.figure("docker_run_interactive_runs_total") == 1


def test_at_a_stop_a_run_is_told_and_may_end_by_itself(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="20", **INTERACTIVE)
    with interactive_run(daemon, image) as run:
        run.next_of("stage")
        daemon.signal(signal.SIGTERM)
        assert run.next_of("closing")["seconds"] == 20
        run.type("last words")
        assert run.read_output(10) == "last words"
        run.send("eof")
        events, code = run.rest()
    assert events[-1]["type"] == "answer"
    assert code == 1000
    assert daemon.wait() == 0


def test_at_a_stop_a_run_is_cut_after_its_execution_time(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="1", SERVER_STOP_TIMEOUT="30", **INTERACTIVE)
    with interactive_run(daemon, image) as run:
        run.next_of("stage")
        daemon.signal(signal.SIGTERM)
        events, code = run.rest()
    assert [event["type"] for event in events] == ["closing", "error"]
    assert (events[-1]["error"], events[-1]["status"]) == ("server.stopped", 500)
    assert code == 1001
    assert daemon.wait() == 0
    assert "outcome=server.stopped" in daemon.log()


def test_a_second_signal_cuts_a_run_at_once(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="60", **INTERACTIVE)
    with interactive_run(daemon, image) as run:
        run.next_of("stage")
        daemon.signal(signal.SIGTERM)
        run.next_of("closing")
        with at_most(10, "the second signal did not cut the run"):
            daemon.signal(signal.SIGTERM)
            events, code = run.rest()
    assert [event["error"] for event in events] == ["server.stopped"]
    assert code == 1001
    assert daemon.wait() == 0
    assert fake_engine.own_containers() == []


def test_a_connection_without_its_first_message_does_not_hold_up_a_stop(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_HEADER_TIMEOUT="2", **INTERACTIVE)
    with upgrade(daemon):
        daemon.signal(signal.SIGTERM)
        assert daemon.wait() == 0


def test_a_draining_daemon_begins_no_interactive_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="20", **INTERACTIVE)
    with daemon.connect() as late, interactive_run(daemon, image) as run:
        late.sendall(handshake(daemon)[:-2])  # its head is not complete
        run.next_of("stage")
        daemon.signal(signal.SIGTERM)
        run.next_of("closing")
        late.sendall(b"\r\n")
        answer = late.recv(65536)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b'"server.draining"' in answer
        run.send("eof")
        assert run.rest()[1] == 1000
    assert daemon.wait() == 0


def test_an_interactive_run_during_the_drain_delay_is_served(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, SERVER_DRAIN_DELAY="5", **INTERACTIVE)
    daemon.signal(signal.SIGTERM)
    daemon.wait_for_log("stopping")
    with interactive_run(daemon, image) as run:
        run.send("eof")
        assert run.rest()[1] == 1000
    assert daemon.wait() == 0


def test_an_engine_that_goes_away_is_reported(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with interactive_run(daemon, image) as run:
        run.next_of("stage")
        fake_engine.stop()
        events, code = run.rest()
        fake_engine.start()
    assert [event["status"] for event in events] == [500]
    assert code == 1008


def test_a_connection_of_a_known_caller_keeps_its_place(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    """Also where the token came as a subprotocol: strangers do not displace it."""
    daemon = make_daemon(fake_engine, SERVER_MAX_CONNECTIONS="1", **INTERACTIVE)
    offered = [SUBPROTOCOL, token_subprotocol(daemon.token)]
    with (
        connected(daemon, additional_headers={}, subprotocols=offered) as run,
        contextlib.ExitStack() as many,
    ):
        run.connection.send(json.dumps({"image": image, "payload": {}}))
        run.next_of("stage")
        for _ in range(80):
            many.enter_context(daemon.connect())
        run.type("still here")
        assert run.read_output(10) == "still here"
