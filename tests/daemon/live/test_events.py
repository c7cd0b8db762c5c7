"""What the events of a live run are, in which order, and that they are what the plain answer holds."""

from __future__ import annotations

import base64
import random
import re
import socket

import httpx
import pytest
from answers import read_answers
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import MEMBERS, Runner, add_runner, running, scripted
from live_client import (
    LINES,
    MESSAGES,
    begin_run,
    dechunked,
    events_of,
    plain_answer,
    run_live,
    text_of,
    wait_for_waiting,
)

NUMBER = rb"\d+\.\d{3}"


def hello(runner: Runner) -> None:
    runner.accept()
    runner.begin("build")
    runner.print_error(b"warning\n")
    runner.begin("run")
    runner.print(b'Gr\xc3\xb6\xc3\x9fe "1"\n')
    runner.answer()


def test_events_come_in_order_and_the_answer_is_the_last(daemon: Daemon, fake_engine: FakeEngine) -> None:
    image = add_runner(fake_engine, "test/hello", scripted(hello))
    start, *events = events_of(run_live(daemon, image))
    assert start.keys() == {"type", "live", "queue", "acquire", "pool"}
    assert (start["type"], start["live"], start["pool"]) == ("start", True, "miss")
    assert 0 <= start["queue"] < start["acquire"]
    answer = events.pop()
    assert events == [
        {"type": "stage", "stage": "build"},
        {"type": "stderr", "text": "warning\n"},
        {"type": "stage", "stage": "run"},
        {"type": "stdout", "text": 'Größe "1"\n'},
    ]
    assert answer.keys() == {"type", "run", "answer"}
    assert answer["answer"] == MEMBERS


@pytest.mark.parametrize(("accept", "head", "tail"), [(LINES, b"", b"\n"), (MESSAGES, b"data: ", b"\n\n")])
def test_events_are_these_bytes(
    daemon: Daemon, fake_engine: FakeEngine, accept: str, head: bytes, tail: bytes
) -> None:
    image = add_runner(fake_engine, "test/hello", scripted(hello))
    with begin_run(daemon, image, accept=accept) as connection:
        response = read_response(connection)
    expected = [
        rb'\{"type":"start","live":true,"queue":N,"acquire":N,"pool":"miss"\}',
        rb'\{"type":"stage","stage":"build"\}',
        rb'\{"type":"stderr","text":"warning\\n"\}',
        rb'\{"type":"stage","stage":"run"\}',
        "Größe".encode().join([rb'\{"type":"stdout","text":"', rb' \\"1\\"\\n"\}']),
        rb'\{"type":"answer","run":N,"answer":\{"error":"",.*\}\}',
    ]
    pattern = b"".join(head + each + tail for each in expected).replace(b"N", NUMBER)
    assert re.fullmatch(pattern, response), response


def read_response(connection: socket.socket) -> bytes:
    """The data of one chunked response on a connection that stays open."""
    received = b""
    while not received.endswith(b"\r\n0\r\n\r\n"):
        more = connection.recv(65536)
        assert more, received
        received += more
    data, is_complete = dechunked(received.partition(b"\r\n\r\n")[2])
    assert is_complete
    return data


def test_a_connection_serves_another_run_after_a_live_one(daemon: Daemon, fake_engine: FakeEngine) -> None:
    image = add_runner(fake_engine, "test/hello", scripted(hello))
    with httpx.Client(base_url=daemon.url, headers={"X-Access-Token": daemon.token}) as client:
        for accept in (LINES, "*/*", MESSAGES):
            body = {"image": image, "payload": {}}
            response = client.post("/run", json=body, headers={"Accept": accept})
            assert response.status_code == 200
    assert daemon.figure("docker_run_runs_total", outcome="ok") == 3


def test_a_caller_with_http_1_0_gets_the_events_up_to_the_close(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/hello", scripted(hello))
    with begin_run(daemon, image, version="1.0") as connection:
        head, _, body = read_answers(connection).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert b"\r\nConnection: close" in head
    types = re.findall(rb'"type":"(\w+)"', body)
    assert types == [b"start", b"stage", b"stderr", b"stage", b"stdout", b"answer"]


def test_each_command_of_a_build_begins_a_stage(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def two_commands(runner: Runner) -> None:
        runner.accept()
        for text in (b"first", b"second"):
            runner.begin("build")
            runner.print(text)
        runner.answer(stage="build", status="build")

    image = add_runner(fake_engine, "test/builds", scripted(two_commands))
    events = events_of(run_live(daemon, image))
    assert [event["stage"] for event in events if event["type"] == "stage"] == ["build", "build"]
    assert plain_answer(events) == daemon.run(image).json()
    assert text_of(events, "stdout") == "second"


PIECES = [
    b"text ",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"\x00",
    b'"\\',
    "äöü€😀".encode(),
    "\x85\u2028\u2029".encode(),
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\x80",
    b"\xff",
    b"\xed\xa0\x80",
    b"\x1b[31m\x1c\x1d",
]


@pytest.mark.parametrize("accept", [LINES, MESSAGES])
def test_the_texts_are_those_of_the_plain_answer_however_the_output_is_cut(
    daemon: Daemon, fake_engine: FakeEngine, accept: str
) -> None:
    """Output of any bytes, in frames of any size, in frames of the engine of any size."""
    for seed in range(40):
        choice = random.Random(seed)
        pieces = [(choice.choice("OR"), choice.choice(PIECES)) for _ in range(choice.randrange(30))]

        def prints(runner: Runner, pieces: list[tuple[str, bytes]] = pieces) -> None:
            for kind, data in pieces:
                runner.print(data, kind)

        image = add_runner(fake_engine, "test/cut", running(prints, piece=choice.randrange(1, 12)))
        live = plain_answer(events_of(run_live(daemon, image, accept=accept)))
        assert live == daemon.run(image).json(), pieces


def test_a_line_without_an_end_comes_in_bounded_events(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    output = "".join(chr(33 + i % 1000) for i in range(100_000)).encode() * 50  # some 9 MB
    image = add_runner(fake_engine, "test/line", running(lambda runner: runner.print(output)))
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="20000000")
    response = run_live(daemon, image)
    assert max(map(len, response.content.split(b"\n"))) <= 60_000
    assert text_of(events_of(response), "stdout") == output.decode()


def test_no_event_has_a_line_end_of_any_kind(daemon: Daemon, fake_engine: FakeEngine) -> None:
    text = "a\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029z"
    image = add_runner(fake_engine, "test/ends", running(lambda runner: runner.print(text.encode())))
    response = run_live(daemon, image)
    assert len(response.text.splitlines()) == len(events_of(response))
    assert text_of(events_of(response), "stdout") == text


def test_binary_output_comes_as_base64(daemon: Daemon, fake_engine: FakeEngine) -> None:
    data = bytes(range(256)) * 300
    image = add_runner(fake_engine, "test/png", running(lambda runner: runner.print(data)))
    response = run_live(daemon, image, binary=True)
    assert max(map(len, response.content.split(b"\n"))) <= 60_000
    outputs = [event for event in events_of(response) if event["type"] == "stdout"]
    assert all(event.keys() == {"type", "bytes"} for event in outputs)
    assert b"".join(base64.b64decode(event["bytes"], validate=True) for event in outputs) == data


def test_a_waiting_container_serves_both_kinds_of_runs(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/hello", scripted(hello))
    daemon = make_daemon(
        fake_engine, POOL_ENABLED="true", POOL_PREWARM=image, POOL_MAX_PER_IMAGE="1", POOL_MAX_TOTAL="1"
    )
    for _ in range(2):
        wait_for_waiting(daemon)
        start = events_of(run_live(daemon, image))[0]
        assert start["pool"] == "hit"
        wait_for_waiting(daemon)
        assert "pool;desc=hit" in daemon.run(image).headers["server-timing"]
