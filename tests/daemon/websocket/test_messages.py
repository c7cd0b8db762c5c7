"""Messages that are none, and how the connection ends then."""

from __future__ import annotations

import json

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import add_runner
from interactive_client import INTERACTIVE, connected, echo_input, interactive_run, talking, upgrade


@pytest.fixture
def interactive(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    add_runner(fake_engine, "test/echo-input", talking(echo_input))
    return make_daemon(
        fake_engine, SERVER_MAX_BODY_SIZE="100000", RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE
    )


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "{",
        '{"image": "test/echo-input"}',
        '{"image": 1, "payload": {}}',
        '{"image": "test/echo-input", "payload": {}, "tty": true}',
        '{"image": "test/echo-input", "payload": {}, "tty": {"rows": 0, "columns": 80}}',
        '{"image": "test/echo-input", "payload": {}, "binary": 1}',
        '{"type": "stdin", "text": "too early"}',
        b'{"image": "test/echo-input", "payload": {}}',
    ],
)
def test_a_first_message_of_the_wrong_shape_is_refused(
    interactive: Daemon, fake_engine: FakeEngine, message: str | bytes
) -> None:
    with connected(interactive) as run:
        run.connection.send(message)
        events, code = run.rest()
    assert [(event["type"], event["error"], event["status"]) for event in events] == [
        ("error", "request.message", 400)
    ]
    assert code == 1008
    assert fake_engine.calls_of("create") == []


@pytest.mark.parametrize(
    "message",
    [
        "42",
        "{}",
        '{"type": "exec"}',
        '{"type": "stdin", "text": 1}',
        '{"type": "stdin", "text": "a", "bytes": "YQ=="}',
        '{"type": "signal", "signal": "STOP"}',
        '{"type": "resize", "rows": 1}',
        '{"image": "test/echo-input", "payload": {}}',
        b'{"type": "eof"}',
    ],
)
def test_a_later_message_of_the_wrong_shape_ends_the_run(
    interactive: Daemon, fake_engine: FakeEngine, message: str | bytes
) -> None:
    with interactive_run(interactive, "test/echo-input") as run:
        run.next_of("stage")
        run.connection.send(message)
        events, code = run.rest()
    assert [(event["type"], event["error"], event["status"]) for event in events] == [
        ("error", "request.message", 400)
    ]
    assert code == 1008
    fake_engine.wait_until_empty()
    assert interactive.figure("docker_run_runs_total", outcome="request.message", status="400") == 1
    assert interactive.figure("docker_run_interactive_runs_total") == 1


def test_the_error_repeats_nothing_of_the_message(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/echo-input") as run:
        run.send("secret-type", text="secret-text")
        events, _ = run.rest()
    assert "secret" not in json.dumps(events)
    assert "secret" not in interactive.log()


def test_a_message_above_the_limit_closes_with_1009(interactive: Daemon, fake_engine: FakeEngine) -> None:
    with interactive_run(interactive, "test/echo-input") as run:
        run.next_of("stage")
        run.type("x" * 99_900)
        assert run.read_output(99_900)
        run.type("x" * 100_000)
        assert run.rest()[1] == 1009
    fake_engine.wait_until_empty()


@pytest.mark.parametrize(
    ("frame", "code"),
    [(b"\x81\x01a", 1002), (b"\x83\x80mask", 1002), (b"\xc1\x80mask", 1002), (b"\x81\x81\0\0\0\0\xff", 1007)],
    ids=["unmasked", "reserved type", "compressed", "invalid UTF-8"],
)
def test_a_violation_of_the_protocol_closes_with_its_code(
    interactive: Daemon, frame: bytes, code: int
) -> None:
    with upgrade(interactive, frame) as connection:
        assert connection.recv(4) == b"\x88\x02" + code.to_bytes(2, "big")
