"""Bodies that come slowly, late or never (T3): they cost their own caller something, and nobody else."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from answers import read_answer, read_answers
from daemon_process import Daemon, MakeDaemon
from fake_containers import answering_after
from fake_engine import FakeEngine
from run_requests import head_of_run, send_half_a_run, send_run
from scrape import Scrape
from waiting import at_most, wait_until


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def arriving(daemon: Daemon, token: str = "") -> float:
    page = daemon.request("GET", "/metrics", token=token).text
    return Scrape.parse(page).value("docker_run_bodies_arriving")


def test_twenty_bodies_that_never_come_keep_nobody_of_the_same_token_out(
    daemon: Daemon, connections: ExitStack
) -> None:
    """Four workers and a line of sixteen: they were twenty places."""
    for _ in range(20):
        connections.enter_context(send_half_a_run(daemon))
    wait_until(lambda: arriving(daemon) == 20, 10, "twenty bodies are on their way")
    for _ in range(10):
        with at_most(2, "a run waited for bodies of others"):
            assert read_answer(connections.enter_context(send_run(daemon, "test/echo")))[0] == 200


def test_bodies_that_never_come_keep_nobody_of_another_name_out_however_many_come(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, connections: ExitStack
) -> None:
    """The head and the body of each run come apart, so that each needs the room that the others take."""
    tokens = tmp_path / "tokens"
    tokens.write_text("many name=many\none name=one\n")
    daemon = make_daemon(fake_engine, API_ACCESS_TOKEN=None, API_ACCESS_TOKEN_FILE=str(tokens))
    body = json.dumps({"image": "test/echo", "payload": {}}).encode()
    for _ in range(10):
        for _ in range(25):
            connections.enter_context(send_half_a_run(daemon, "many"))
        run = connections.enter_context(daemon.connect())
        run.sendall(head_of_run("one", len(body)))
        wait_until(lambda: arriving(daemon, "one") == 20, 10, "all room is taken")
        run.sendall(body)
        assert read_answer(run)[0] == 200


def test_a_body_that_does_not_come_is_a_408_and_the_end_of_its_connection(daemon: Daemon) -> None:
    with send_half_a_run(daemon) as connection, at_most(10, "the least rate holds after two seconds"):
        answer = read_answers(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert json.loads(answer.split(b"\r\n\r\n")[1]) == {
        "error": "request.timeout",
        "message": "Request body did not arrive fast enough",
    }


def test_a_body_that_has_to_give_way_is_answered_503(daemon: Daemon, connections: ExitStack) -> None:
    first = connections.enter_context(send_half_a_run(daemon))
    for _ in range(19):
        connections.enter_context(send_half_a_run(daemon))
    wait_until(lambda: arriving(daemon) == 20, 10, "all room is taken")
    answers: list[bytes] = []
    reader = threading.Thread(target=lambda: answers.append(read_answers(first)))
    reader.start()
    while reader.is_alive():  # one that is not late yet does not give way: the new one gets the 503
        connections.enter_context(send_half_a_run(daemon))
        reader.join(0.1)
    assert answers[0].startswith((b"HTTP/1.1 503 ", b"HTTP/1.1 408 ")), answers[0]
    if answers[0].startswith(b"HTTP/1.1 503 "):
        assert b"\r\nRetry-After: 1\r\n" in answers[0]
        assert json.loads(answers[0].split(b"\r\n\r\n")[1])["error"] == "server.overloaded"


def test_a_large_body_that_comes_in_pieces_is_taken(daemon: Daemon) -> None:
    body = json.dumps({"image": "test/echo", "payload": {"text": "x" * 90_000}}).encode()
    with daemon.connect() as connection:
        connection.sendall(head_of_run(daemon.token, len(body)))
        for begin in range(0, len(body), 10_000):
            connection.sendall(body[begin : begin + 10_000])
            threading.Event().wait(0.02)
        assert read_answer(connection)[0] == 200


def test_a_body_takes_its_place_in_the_line_when_it_is_complete(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, connections: ExitStack
) -> None:
    release = threading.Event()
    fake_engine.add_image("test/held", answering_after(release))
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    body = b'{"image":"test/echo","payload":{}}'
    late = connections.enter_context(daemon.connect())
    late.sendall(head_of_run(daemon.token, len(body)) + body[:1])
    wait_until(lambda: arriving(daemon) == 1, 10, "its body is on its way")
    held = connections.enter_context(send_run(daemon, "test/held"))
    fake_engine.wait_for_call("start")
    late.sendall(body[1:])
    status, headers, answer = read_answer(late)
    assert (status, json.loads(answer)["error"]) == (503, "server.overloaded")
    assert int(headers["retry-after"]) >= 1
    release.set()
    assert read_answer(held)[0] == 200
    assert len(fake_engine.calls_of("create")) == 1


def test_no_body_is_read_while_there_is_no_place(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, connections: ExitStack
) -> None:
    release = threading.Event()
    fake_engine.add_image("test/held", answering_after(release))
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    held = connections.enter_context(send_run(daemon, "test/held"))
    fake_engine.wait_for_call("start")
    refused: socket.socket = connections.enter_context(daemon.connect())
    refused.sendall(head_of_run(daemon.token, 1000))
    assert read_answer(refused)[0] == 503
    release.set()
    assert read_answer(held)[0] == 200
