"""The public contract of a run that fails: one error for each way, with its status and message."""

from __future__ import annotations

import struct

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import answer, failure, hang_up
from fake_containers import Exit, Process, frame, printing
from fake_engine import Exchange, FakeEngine
from fake_engine_http import UPGRADED


def failing_after_start(close_after: int) -> object:
    """An engine whose stream breaks while the payload is written and whose container lives on."""

    def reply(exchange: Exchange) -> None:
        exchange.send(UPGRADED)
        exchange.connection.recv(close_after)
        exchange.close()

    return reply


def oom(process: Process) -> None:
    process.read_stdin()
    raise Exit(137, oom_killed=True)


def exit_7(process: Process) -> None:
    process.read_stdin()
    raise Exit(7)


def type_0(process: Process) -> None:
    process.read_stdin()
    process.send_raw(frame(0, b"what?"))
    process.sleep_until_killed()


def type_9(process: Process) -> None:
    process.read_stdin()
    process.send_raw(frame(9, b"{}"))
    process.sleep_until_killed()


def warns(process: Process) -> None:
    process.print_error("Zeile 1: kaputt ☠\n".encode())
    process.read_stdin()
    process.print(b"{}")


FAILURES = [
    (
        "create",
        failure(404, "No such image: test/echo:latest"),
        400,
        "docker.container.create",
        "Failed to create container: No such image: test/echo:latest",
    ),
    (
        "create",
        failure(400, "invalid reference format"),
        400,
        "docker.container.create",
        "Failed to create container: invalid reference format",
    ),
    (
        "create",
        failure(500, "no space left"),
        500,
        "docker.container.create",
        "Failed to create container: no space left",
    ),
    ("create", hang_up, 500, "docker.container.create", "Failed to create container: "),
    ("create", answer(201, {"Warnings": []}), 500, "docker.container.create", "Failed to create container: "),
    (
        "create",
        answer(201, {"Id": "../x", "Warnings": []}),
        500,
        "docker.container.create",
        "Failed to create container: ",
    ),
    (
        "attach",
        failure(404, "No such container"),
        500,
        "docker.container.attach",
        "Failed to attach to container: ",
    ),
    ("attach", hang_up, 500, "docker.container.attach", "Failed to attach to container: "),
    (
        "start",
        failure(400, "exec: not found"),
        500,
        "docker.container.start",
        "Failed to start container: exec: not found",
    ),
    (
        "start",
        failure(500, "no such user"),
        500,
        "docker.container.start",
        "Failed to start container: no such user",
    ),
    ("start", hang_up, 500, "docker.container.start", "Failed to start container: "),
    (
        "attach",
        failing_after_start(1),
        400,
        "docker.container.stream.payload.serialize",
        "Failed to send payload to stream: ",
    ),
]


@pytest.mark.parametrize(("call", "reply", "status", "error", "message"), FAILURES)
def test_every_failure_of_the_engine_has_its_own_error(
    daemon: Daemon, fake_engine: FakeEngine, call: str, reply: object, status: int, error: str, message: str
) -> None:
    fake_engine.script(call, reply)
    assert_error(daemon.run("test/echo", {"filler": "x" * 1_500_000}), status, error, message)
    assert daemon.run("test/echo").status_code == 200, "the next run suffers from it"


ENDINGS = [
    (oom, 500, "coderunner.stdout.decode", "Failed to decode json returned from code runner: ", "memory"),
    (exit_7, 500, "coderunner.stdout.decode", "Failed to decode json returned from code runner: ", "7"),
    (printing(b""), 500, "coderunner.stdout.decode", "Failed to decode json returned from code runner: ", ""),
    (
        printing(b"[]"),
        500,
        "coderunner.stdout.decode",
        "Failed to decode json returned from code runner: ",
        "",
    ),
    (
        printing(b'{"a":1'),
        500,
        "coderunner.stdout.decode",
        "Failed to decode json returned from code runner: ",
        "",
    ),
    (
        printing(b'{"a":1} x'),
        500,
        "coderunner.stdout.decode",
        "Failed to decode json returned from code runner: ",
        "",
    ),
    (type_0, 500, "coderunner.stdin", "Code runner returned unexpected stdin data: ", "what?"),
    (type_9, 500, "docker.container.stream.read", "Failed while reading stream: ", ""),
    (warns, 500, "coderunner.stderr", "Code runner failed with the following message: ", "Zeile 1: kaputt ☠"),
]


@pytest.mark.parametrize(("program", "status", "error", "message", "mentioned"), ENDINGS)
def test_every_bad_ending_of_a_program_has_its_own_error(
    daemon: Daemon,
    fake_engine: FakeEngine,
    program: object,
    status: int,
    error: str,
    message: str,
    mentioned: str,
) -> None:
    fake_engine.add_image("test/bad", program)
    body = assert_error(daemon.run("test/bad"), status, error, message)
    assert mentioned in body["message"]


def test_an_engine_that_is_not_there_is_named(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    fake_engine.stop()
    message = "Unix socket failure: Failed to connect to docker unix socket: "
    assert_error(daemon.run("test/echo"), 500, "docker.unixsocket", message)
    fake_engine.start()
    assert daemon.run("test/echo").status_code == 200


def test_a_message_from_the_engine_is_bounded_and_valid_utf8(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.script("create", answer(500, b'{"message":"' + b"\xff\xc3\xa9" * 5000 + b'"}'))
    body = assert_error(
        daemon.run("test/echo"), 500, "docker.container.create", "Failed to create container: "
    )
    assert len(body["message"].encode()) <= 4096


def test_a_frame_that_claims_four_gigabytes_costs_no_memory(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:

    def lie(process: Process) -> None:
        process.read_stdin()
        process.send_raw(struct.pack(">BxxxI", 1, 0xFFFFFFFF) + b"x" * 50_000)
        process.sleep_until_killed()

    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="2")
    fake_engine.add_image("test/lie", lie)
    before = daemon.resident_bytes()
    response = daemon.run("test/lie")
    assert response.json()["error"] in ("limits.execution_time", "limits.read.size")
    assert daemon.resident_bytes() - before < 64 << 20


@pytest.mark.parametrize(
    ("call", "status"), [("image", 500), ("create", 404), ("attach", 500), ("start", 500)]
)
def test_runs_that_fail_keep_no_permit(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, call: str, status: int
) -> None:
    """With one worker there are 43 for containers: were one kept each time, the last run would be refused."""
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_TIMEOUT="5")
    fake_engine.script_always(call, failure(status, "no"))
    for _ in range(60):
        assert daemon.run("test/echo").status_code in (400, 500)
    fake_engine.script_always(call, None)
    assert daemon.run("test/echo").status_code == 200
