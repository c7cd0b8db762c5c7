"""An engine that is missing, slow, broken or lying: rows D4 and D7 to D14, with the scripted engine."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from answers import assert_error
from daemon_process import Daemon
from engine_replies import (
    after_informational,
    answer,
    answered_late,
    attached,
    chunked,
    done_but_silent,
    failure,
    hang_up,
    hang_up_when_done,
    held,
    raw,
    silent,
    split,
    truncated,
)
from fake_containers import Process, frame, printing, sleeping
from fake_engine import UPGRADED, Exchange, FakeEngine, Reply
from waiting import wait_until

MakeDaemon = Callable[..., Daemon]
CONNECT = "Unix socket failure: Failed to connect to docker unix socket: "
STEPS = ["create", "attach", "start"]
ERRORS = {
    "create": "docker.container.create",
    "attach": "docker.container.attach",
    "start": "docker.container.start",
}


@pytest.fixture
def daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    """One whose patience with the engine is short."""
    return make_daemon(fake_engine, DOCKER_UNIX_SOCKET_READ_TIMEOUT="1", DOCKER_UNIX_SOCKET_WRITE_TIMEOUT="1")


def test_a_missing_socket_is_named_and_recovered_from(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """D7"""
    fake_engine.stop()
    os.unlink(fake_engine.socket)
    daemon = make_daemon(fake_engine)
    assert_error(daemon.run("test/echo"), 500, "docker.unixsocket", CONNECT)
    fake_engine.start()
    assert daemon.run("test/echo").status_code == 200


def test_a_socket_that_is_a_file_is_named(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    """D7"""
    path = tmp_path / "file"
    path.write_text("no socket")
    assert_error(make_daemon(str(path)).run("test/echo"), 500, "docker.unixsocket", CONNECT)


def test_a_refused_connection_is_named(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    """D7"""
    path = str(tmp_path / "dead.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    assert_error(make_daemon(path).run("test/echo"), 500, "docker.unixsocket", CONNECT)


def test_a_full_backlog_is_waited_out_and_then_named(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    """D7: a connect to a full backlog fails with EAGAIN at once, which is no reason to give up at once."""
    path = str(tmp_path / "full.sock")
    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor(1) as pool:
        listener.bind(path)
        listener.listen(0)
        waiting = socket.socket(socket.AF_UNIX)
        waiting.connect(path)
        daemon = make_daemon(path, DOCKER_UNIX_SOCKET_READ_TIMEOUT="1", DOCKER_UNIX_SOCKET_WRITE_TIMEOUT="1")
        response = pool.submit(daemon.run, "test/echo").result(60)
        waiting.close()
    body = response.json()
    assert response.status_code == 500
    assert body["error"] in ("docker.unixsocket", "docker.container.create")


CREATE_FAULTS = {
    "500": (failure(500, "no"), 500, False),
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
    """D8: it is deleted by its name whenever it may have been carried out, and never after a conflict."""
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
    """D8"""
    fake_engine.script("create", reply)
    assert daemon.run("test/echo").status_code == 200


@pytest.mark.parametrize("warnings", [b"null", b'["no swap limit"]', b"{}"])
def test_the_warnings_of_a_create_may_be_null(
    daemon: Daemon, fake_engine: FakeEngine, warnings: bytes
) -> None:
    """D8"""

    def reply(exchange: Exchange) -> None:
        head, body = exchange.prepare().split(b"\r\n\r\n", 1)
        changed = body.replace(b"[]", warnings)
        length = f"Content-Length: {len(body)}".encode()
        head = head.replace(length, f"Content-Length: {len(changed)}".encode())
        exchange.send(head + b"\r\n\r\n" + changed)

    fake_engine.script("create", reply)
    assert daemon.run("test/echo").status_code == 200


def test_a_start_that_says_already_started_is_a_start(daemon: Daemon, fake_engine: FakeEngine) -> None:
    """D9"""

    def already(exchange: Exchange) -> None:
        exchange.prepare()
        exchange.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")

    fake_engine.script("start", already)
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


@pytest.mark.parametrize("status", [404, 409, 500])
def test_a_refused_start_is_mapped_and_undone(daemon: Daemon, fake_engine: FakeEngine, status: int) -> None:
    """D9"""
    fake_engine.script("start", failure(status, "because"))
    body = assert_error(daemon.run("test/echo"), 500, "docker.container.start", "Failed to start container: ")
    assert "because" in body["message"]


def test_an_attach_answered_with_200_is_an_attach(daemon: Daemon, fake_engine: FakeEngine) -> None:
    """D9"""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
    fake_engine.script("attach", attached(b"", head=head))
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


def test_output_in_the_segment_of_the_head_is_kept_to_the_byte(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """D9"""
    fake_engine.add_image("test/rest", printing(b'"b":2}'))
    fake_engine.script("attach", attached(frame(1, b'{"a":1,')))
    assert daemon.run("test/rest").content == b'{"a":1,"b":2}'


def test_an_attach_that_closes_at_once_is_the_streams_failure(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """D9"""
    fake_engine.script("attach", attached(b"", close=True))
    body = daemon.run("test/echo", {"filler": "x" * 500_000}).json()
    assert body["error"] in (
        "docker.container.stream.read",
        "docker.container.stream.payload.serialize",
        "docker.container.attach",
    )


@pytest.mark.parametrize(
    "replies",
    [
        [failure(404, "No such container")],
        [failure(409, "removal of container is already in progress")] * 3,
        [failure(500, "device or resource busy")] * 2,
        [hang_up, hang_up],
        [silent],
    ],
    ids=["404", "409", "500", "hangs up", "silent"],
)
def test_a_delete_that_fails_is_tried_again_behind_the_answer(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, replies: list[Reply]
) -> None:
    """D10"""
    daemon = make_daemon(fake_engine)
    fake_engine.script("delete", *replies)
    began = time.monotonic()
    assert daemon.run("test/echo").status_code == 200
    assert time.monotonic() - began < 2, "the answer waited for the removal"
    if replies[0] is silent:
        daemon.expect_end = True  # the removal may take its 30 s: the stop below waits for it
        return
    wait_until(lambda: len(fake_engine.calls_of("delete")) >= len(replies), 20, "the retries")


FRAMES = {
    "type 3 is the engine's own error": (frame(3, b"engine trouble"), "docker.container.stream.read"),
    "an unknown type": (frame(4, b"{}"), "docker.container.stream.read"),
    "reserved bytes set": (b"\x01\x01\0\0\0\0\0\x02{}", None),
    "a truncated head": (b"\x01\0\0", "docker.container.stream.read"),
    "a truncated payload": (struct.pack(">BxxxI", 1, 100) + b'{"a":', "docker.container.stream.read"),
    "zero length": (frame(1, b"") * 5 + frame(1, b"{}"), "200"),
    "one byte each": (b"".join(frame(1, bytes([byte])) for byte in b'{"a":1}'), "200"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_kind_of_frame_has_its_answer(daemon: Daemon, fake_engine: FakeEngine, name: str) -> None:
    """D11"""
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
        assert response.status_code in (200, 500)


def test_a_million_tiny_frames_take_linear_time(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """D11"""
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="60", RUN_MAX_OUTPUT_SIZE="2000000")
    data = frame(1, b'{"a":"') + frame(1, b"x") * 1_000_000 + frame(1, b'"}')

    def program(process: Process) -> None:
        process.read_stdin()
        process.send_raw(data)

    fake_engine.add_image("test/tiny", program)
    began = time.monotonic()
    response = daemon.run("test/tiny")
    assert (response.status_code, len(response.content)) == (200, 1_000_008)
    assert time.monotonic() - began < 30


def test_empty_frames_for_ever_end_at_the_time_limit(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """C2: they are no output, but no reason to wait longer either."""

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


@pytest.mark.parametrize("call", STEPS)
def test_an_answer_truncated_at_any_byte_is_an_error_and_nothing_is_left(
    daemon: Daemon, fake_engine: FakeEngine, call: str, full: bool
) -> None:
    """D12"""
    size = answers_of_a_run(fake_engine, daemon)[call]
    for cut in range(0, size, 1 if full else 7):
        fake_engine.script(call, truncated_upgrade(cut) if call == "attach" else truncated(cut))
        response = daemon.run("test/echo")
        # All of a 204's bytes that count may have come before the cut.
        assert response.status_code in (200, 500), f"cut at {cut}: {response.text}"
        if response.status_code == 500:
            assert response.json()["error"] in (*ERRORS.values(), "docker.container.stream.read")
    fake_engine.wait_until_empty(30)


def truncated_upgrade(size: int) -> Reply:
    return attached(b"", head=UPGRADED[:size], close=True)


@pytest.mark.parametrize("call", STEPS)
def test_an_answer_split_at_any_byte_is_the_same_answer(
    daemon: Daemon, fake_engine: FakeEngine, call: str, full: bool
) -> None:
    """D12"""
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
    """D12"""
    output = frame(1, b' {"a":"') + frame(1, "é☠".encode()[:3]) + frame(1, "é☠".encode()[3:] + b'"}\n')
    for cut in range(1, len(output)):

        def program(process: Process, cut: int = cut) -> None:
            process.read_stdin()
            process.send_raw(output[:cut])
            process.send_raw(output[cut:])

        fake_engine.add_image("test/split", program)
        assert daemon.run("test/split").content == '{"a":"é☠"}'.encode()


@pytest.mark.parametrize("call", STEPS)
@pytest.mark.parametrize("reply", [silent, done_but_silent], ids=["nothing done", "done"])
def test_a_silent_call_ends_within_its_time_and_leaves_nothing(
    daemon: Daemon, fake_engine: FakeEngine, call: str, reply: Reply, full: bool
) -> None:
    """D4, D12: create and start get at least 30 s, since sixteen at once take their time."""
    if call == "attach" and reply is done_but_silent:
        reply = silent
    if call != "attach" and not full:
        fake_engine.script(call, hang_up if reply is silent else hang_up_when_done)
    else:
        fake_engine.script(call, reply)
    began = time.monotonic()
    assert_error(daemon.run("test/echo"), 500, ERRORS[call])
    assert time.monotonic() - began < 45
    fake_engine.wait_until_empty(40)


def test_a_create_that_is_carried_out_after_its_time_is_deleted_all_the_same(
    daemon: Daemon, fake_engine: FakeEngine, full: bool
) -> None:
    """D4: the delete by name comes first and finds nothing; the container appears later."""
    release = threading.Event()

    def late(exchange: Exchange) -> None:
        if not full:
            exchange.close()  # in short: the connection breaks instead of the time running out
        release.wait()
        exchange.prepare()

    fake_engine.script("create", late)
    assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    fake_engine.wait_for_call("delete")
    release.set()
    wait_until(lambda: fake_engine.removed, 60, "the late container is removed")
    fake_engine.wait_until_empty(60)


def test_a_slow_start_is_not_the_programs_time(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    release = threading.Event()
    fake_engine.script("start", answered_late(release))
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="1")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(daemon.run, "test/echo", {"a": 1})
        fake_engine.wait_for_call("start")
        threading.Event().wait(1.5)  # longer than the limit: that is the claim
        release.set()
        assert running.result(30).json() == {"a": 1}


def test_one_hanging_container_does_not_stop_another_run(daemon: Daemon, fake_engine: FakeEngine) -> None:
    """D12"""
    release = threading.Event()
    fake_engine.script("start", held(release))
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(daemon.run, "test/echo")
        fake_engine.wait_for_call("start")
        assert daemon.run("test/echo").status_code == 200
        release.set()
        assert hanging.result(60).status_code == 200


def test_an_engine_that_dies_in_the_middle_of_a_run_is_reported_and_recovered_from(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """D6: the attach stream ends in a clean EOF, which is no success with empty output."""
    daemon = make_daemon(fake_engine)
    fake_engine.add_image("test/sleeping", sleeping)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(daemon.run, "test/sleeping")
        fake_engine.wait_for_call("start")
        wait_until(lambda: any(c.stdin for c in fake_engine.containers.values()), 10, "the payload is there")
        fake_engine.stop(keep_containers=True)
        assert_error(running.result(60), 500, "docker.container.stream.read")
    fake_engine.start()
    assert daemon.run("test/echo").status_code == 200
    fake_engine.wait_until_empty(30)


def test_a_container_that_somebody_else_removes_is_an_error_and_no_crash(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """D14"""
    fake_engine.add_image("test/sleeping", sleeping)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(daemon.run, "test/sleeping")
        fake_engine.wait_for_call("start")
        wait_until(lambda: any(c.stdin for c in fake_engine.containers.values()), 10, "the payload is there")
        for container in list(fake_engine.containers.values()):
            del fake_engine.containers[container.id]
            container.kill()
        assert running.result(60).status_code == 500


def test_an_image_removed_between_two_runs_is_the_callers_fault(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """D14"""
    assert daemon.run("test/echo").status_code == 200
    del fake_engine.images["test/echo"]
    fake_engine.emit("image", "delete", id="test/echo")
    assert_error(daemon.run("test/echo"), 400, "docker.container.create", "Failed to create container: ")


def test_an_engine_that_redirects_is_not_followed(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.script("create", answer(301, b"", {"Location": "/containers/json"}))
    assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    assert [call for call in fake_engine.calls if call.name == "list" and not call.query] == []
