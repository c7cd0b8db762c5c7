"""An engine that answers oddly, at every byte."""

from __future__ import annotations

import struct

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import (
    IMPATIENT,
    STEP_ERRORS,
    after_informational,
    answer,
    attached,
    chunked,
    failure,
    hang_up,
    hang_up_when_done,
    raw,
    split,
    truncated,
)
from fake_containers import Process, frame, printing
from fake_engine import Exchange, FakeEngine, Reply
from fake_engine_http import UPGRADED
from waiting import at_most


@pytest.fixture
def daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    """One whose patience with the engine is short."""
    return make_daemon(fake_engine, **IMPATIENT)


CREATE_FAULTS = {
    "500": (failure(500, "no"), 500, True),
    "404": (failure(404, "No such image: test/echo:latest"), 400, False),
    "409 on the name": (failure(409, "Conflict. The container name is already in use"), 500, False),
    "hangs up": (hang_up, 500, True),
    "done and hangs up": (hang_up_when_done, 500, True),
    "garbage": (raw(b"\x00\xff nonsense", close=True), 500, True),
    "half the JSON": (truncated(190), 500, True),
    "a body that is no JSON": (answer(201, b'{"Id":'), 500, True),
    "ten megabytes": (answer(201, b'{"Id":"' + b"a" * 10_000_000 + b'"}'), 500, True),
    "an endless head": (raw(b"HTTP/1.1 201 Created\r\nA: " + b"a" * 10_000_000, close=True), 500, True),
}


@pytest.mark.parametrize("fault", CREATE_FAULTS)
def test_a_create_that_went_wrong_is_mapped_and_undone(
    daemon: Daemon, fake_engine: FakeEngine, fault: str
) -> None:
    """It is deleted by its name whenever it may have been carried out, and never after a conflict."""
    reply, status, may_exist = CREATE_FAULTS[fault]
    fake_engine.script("create", reply)
    response = daemon.run("test/echo")
    body = assert_error(
        response, response.status_code, "docker.container.create", "Failed to create container: "
    )
    # A name of ours is never taken: a conflict says that the engine is confused, but it is a 4xx.
    assert response.status_code == status or ("409" in fault and response.status_code == 400), body
    name = fake_engine.calls_of("create")[0].query["name"]
    if may_exist:
        fake_engine.wait_for_call("delete")
    fake_engine.wait_until_empty()
    assert {call.ref for call in fake_engine.calls_of("delete")} <= ({name} if may_exist else set())
    assert daemon.resident_bytes() < 1 << 30


@pytest.mark.parametrize(
    "reply", [chunked(), chunked(1), after_informational, split(1), split(60), split(200)]
)
def test_a_create_answered_in_an_unusual_way_is_a_create(
    daemon: Daemon, fake_engine: FakeEngine, reply: Reply
) -> None:
    fake_engine.script("create", reply)
    assert daemon.run("test/echo").status_code == 200


@pytest.mark.parametrize("warnings", [b"null", b'["no swap limit"]', b"{}"])
def test_the_warnings_of_a_create_may_be_null(
    daemon: Daemon, fake_engine: FakeEngine, warnings: bytes
) -> None:

    def reply(exchange: Exchange) -> None:
        head, body = exchange.prepare().split(b"\r\n\r\n", 1)
        changed = body.replace(b"[]", warnings)
        length = f"Content-Length: {len(body)}".encode()
        head = head.replace(length, f"Content-Length: {len(changed)}".encode())
        exchange.send(head + b"\r\n\r\n" + changed)

    fake_engine.script("create", reply)
    assert daemon.run("test/echo").status_code == 200


def test_a_start_that_says_already_started_is_a_start(daemon: Daemon, fake_engine: FakeEngine) -> None:

    def already(exchange: Exchange) -> None:
        exchange.prepare()
        exchange.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")

    fake_engine.script("start", already)
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


@pytest.mark.parametrize("status", [404, 409, 500])
def test_a_refused_start_is_mapped_and_undone(daemon: Daemon, fake_engine: FakeEngine, status: int) -> None:
    fake_engine.script("start", failure(status, "because"))
    body = assert_error(daemon.run("test/echo"), 500, "docker.container.start", "Failed to start container: ")
    assert "because" in body["message"]


def test_an_attach_answered_with_200_is_an_attach(daemon: Daemon, fake_engine: FakeEngine) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
    fake_engine.script("attach", attached(b"", head=head))
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


def test_output_in_the_segment_of_the_head_is_kept_to_the_byte(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    fake_engine.add_image("test/rest", printing(b'"b":2}'))
    fake_engine.script("attach", attached(frame(1, b'{"a":1,')))
    assert daemon.run("test/rest").content == b'{"a":1,"b":2}'


FRAMES = {
    "type 3 is the engine's own error": (frame(3, b"engine trouble"), "docker.container.stream.read"),
    "an unknown type": (frame(4, b"{}"), "docker.container.stream.read"),
    "reserved bytes set": (b"\x01\x01\0\0\0\0\0\x02[]", None),
    "a truncated head": (b"\x01\0\0", None),
    "a truncated payload": (struct.pack(">BxxxI", 1, 100) + b'{"a":', None),
    "zero length": (frame(1, b"") * 5 + frame(1, b"{}"), "200"),
    "one byte each": (b"".join(frame(1, bytes([byte])) for byte in b'{"a":1}'), "200"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_kind_of_frame_has_its_answer(daemon: Daemon, fake_engine: FakeEngine, name: str) -> None:
    data, expected = FRAMES[name]

    def program(process: Process) -> None:
        process.read_stdin()
        process.send_raw(data)

    fake_engine.add_image("test/frames", program)
    response = daemon.run("test/frames")
    if expected == "200":
        assert response.status_code == 200, response.text
    elif expected is not None:
        assert_error(response, 500, expected)
    else:
        # Which of the two is to blame, the stream or the program behind it, is a matter of view.
        assert response.json()["error"] in ("docker.container.stream.read", "coderunner.stdout.decode")


def test_a_million_tiny_frames_take_linear_time(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="60", RUN_MAX_OUTPUT_SIZE="2000000")
    data = frame(1, b'{"a":"') + frame(1, b"x") * 1_000_000 + frame(1, b'"}')

    def program(process: Process) -> None:
        process.read_stdin()
        process.send_raw(data)

    fake_engine.add_image("test/tiny", program)
    with at_most(30, "a million frames"):
        response = daemon.run("test/tiny")
    assert (response.status_code, len(response.content)) == (200, 1_000_008)


def test_empty_frames_for_ever_end_at_the_time_limit(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """They are no output, but no reason to wait longer either."""

    def program(process: Process) -> None:
        process.read_stdin()
        while not process.killed.wait(0.1):
            process.send_raw(frame(1, b""))

    fake_engine.add_image("test/empty", program)
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="1")
    assert_error(daemon.run("test/empty"), 400, "limits.execution_time")


def answers_of_a_run(engine: FakeEngine, daemon: Daemon) -> dict[str, int]:
    """How long each answer of a healthy run is."""
    sizes: dict[str, int] = {}

    def measure(exchange: Exchange) -> None:
        data = exchange.prepare()
        sizes[exchange.call.name] = len(data)
        exchange.send(data)

    engine.script("create", measure)
    engine.script("start", measure)
    assert daemon.run("test/echo").status_code == 200
    return sizes | {"attach": len(UPGRADED)}


@pytest.mark.parametrize("call", STEP_ERRORS)
def test_an_answer_truncated_at_any_byte_is_an_error_and_nothing_is_left(
    daemon: Daemon, fake_engine: FakeEngine, call: str, full: bool
) -> None:
    size = answers_of_a_run(fake_engine, daemon)[call]
    for cut in range(0, size, 1 if full else 7):
        fake_engine.script(call, truncated_upgrade(cut) if call == "attach" else truncated(cut))
        response = daemon.run("test/echo")
        # All of a 204's bytes that count may have come before the cut.
        assert response.status_code in (200, 500), f"cut at {cut}: {response.text}"
        if response.status_code == 500:
            assert response.json()["error"] in (*STEP_ERRORS.values(), "docker.container.stream.read")
    fake_engine.wait_until_empty(30)


def truncated_upgrade(size: int) -> Reply:
    return attached(b"", head=UPGRADED[:size], close=True)


@pytest.mark.parametrize("call", STEP_ERRORS)
def test_an_answer_split_at_any_byte_is_the_same_answer(
    daemon: Daemon, fake_engine: FakeEngine, call: str, full: bool
) -> None:
    size = answers_of_a_run(fake_engine, daemon)[call]
    for cut in range(1, size, 1 if full else 11):
        fake_engine.script(call, split_upgrade(cut) if call == "attach" else split(cut))
        assert daemon.run("test/echo", {"cut": cut}).json() == {"cut": cut}


def split_upgrade(size: int) -> Reply:
    def reply(exchange: Exchange) -> None:
        exchange.send(UPGRADED[:size])
        attached(b"", head=UPGRADED[size:])(exchange)

    return reply


def test_output_split_at_any_byte_is_the_same_output(daemon: Daemon, fake_engine: FakeEngine) -> None:
    output = frame(1, b' {"a":"') + frame(1, "é☠".encode()[:3]) + frame(1, "é☠".encode()[3:] + b'"}\n')
    for cut in range(1, len(output)):

        def program(process: Process, cut: int = cut) -> None:
            process.read_stdin()
            process.send_raw(output[:cut])
            process.send_raw(output[cut:])

        fake_engine.add_image("test/split", program)
        assert daemon.run("test/split").content == '{"a":"é☠"}'.encode()


def test_an_engine_that_redirects_is_not_followed(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.script("create", answer(301, b"", {"Location": "/containers/json"}))
    assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    assert [call for call in fake_engine.calls if call.name == "list" and not call.query] == []
