"""What is logged of a run, and where: one line an event, nothing that is the caller's secret."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_containers import Process, sleeping
from fake_engine import FakeEngine
from log_events import events, wait_for_event
from scrape import Scrape
from waiting import wait_until

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def json_daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    return make_daemon(
        fake_engine, LOG_FORMAT="json", LOG_LEVEL="debug", SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0"
    )


def test_a_run_is_one_line_with_its_ids_outcome_and_phases(json_daemon: Daemon) -> None:
    headers = {"X-Request-Id": "order-66", "traceparent": TRACEPARENT}
    assert json_daemon.run("test/echo", headers=headers).status_code == 200
    event = wait_for_event(json_daemon, "run")
    container = event.pop("container")
    assert isinstance(container, str)
    assert container.startswith("docker-run-")
    for phase in ["queue_ms", "acquire_ms", "run_ms"]:
        assert isinstance(event.pop(phase), float)
    assert event.pop("time")
    assert event == {
        "level": "info",
        "event": "run",
        "request": "order-66",
        "traceparent": TRACEPARENT,
        "peer": "127.0.0.1",
        "image": "test/echo",
        "outcome": "ok",
        "status": 200,
        "pool": "miss",
    }
    assert len(events(json_daemon, "run")) == 1


def test_the_removal_behind_a_run_is_logged_with_its_container(json_daemon: Daemon) -> None:
    json_daemon.run("test/echo")
    removed = wait_for_event(json_daemon, "container.removed")
    assert removed["container"] == wait_for_event(json_daemon, "run")["container"]
    assert removed["level"] == "debug"


def test_an_invalid_traceparent_is_not_logged(json_daemon: Daemon) -> None:
    json_daemon.run("test/echo", headers={"traceparent": TRACEPARENT.upper()})
    assert "traceparent" not in wait_for_event(json_daemon, "run")


@contextmanager
def active_run(daemon: Daemon, engine: FakeEngine) -> Iterator[None]:
    engine.add_image("test/sleeping", sleeping)
    running = threading.Thread(target=daemon.run, args=("test/sleeping",))
    running.start()
    engine.wait_for_call("start")
    try:
        yield
    finally:
        for container in list(engine.containers.values()):
            container.kill()
        running.join(30)


def test_a_run_that_is_refused_is_logged_and_is_no_fault(
    json_daemon: Daemon, fake_engine: FakeEngine
) -> None:
    with active_run(json_daemon, fake_engine):
        assert json_daemon.run("test/echo", headers={"X-Request-Id": "late"}).status_code == 503
        event = wait_for_event(json_daemon, "run.refused")
    assert (event["request"], event["outcome"], event["level"]) == ("late", "server.overloaded", "info")


def test_a_run_that_is_abandoned_is_logged_with_its_image(
    json_daemon: Daemon, fake_engine: FakeEngine
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    body = b'{"image":"test/sleeping","payload":{}}'
    head = (
        f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {json_daemon.token}\r\nX-Request-Id: gone\r\n"
        f"traceparent: {TRACEPARENT}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with json_daemon.connect() as connection:
        connection.sendall(head.encode() + body)
        fake_engine.wait_for_call("start")
    event = wait_for_event(json_daemon, "run.abandoned")
    assert (event["request"], event["image"]) == ("gone", "test/sleeping")
    assert event["traceparent"] == TRACEPARENT


def test_what_a_container_says_is_told_to_the_caller_and_not_logged(
    json_daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def tell(process: Process) -> None:
        process.print_error(process.read_stdin())

    fake_engine.add_image("test/telling", tell)
    response = json_daemon.run("test/telling", {"secret": "do-not-log-me"})
    assert response.json()["error"] == "coderunner.stderr"
    assert "do-not-log-me" in response.json()["message"]
    assert wait_for_event(json_daemon, "run")["outcome"] == "coderunner.stderr"
    assert json_daemon.stop() == 0
    assert "do-not-log-me" not in json_daemon.log()


@pytest.mark.parametrize("is_journal", [True, False])
def test_lines_begin_with_their_priority_where_stderr_is_the_journal(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, is_journal: bool
) -> None:
    daemon = make_daemon(fake_engine, start=False, LOG_LEVEL="debug")
    daemon.log_path.touch()
    status = daemon.log_path.stat()
    inode = status.st_ino if is_journal else status.st_ino + 1
    daemon.env["JOURNAL_STREAM"] = f"{status.st_dev}:{inode}"
    daemon.start()
    assert daemon.run("test/echo").status_code == 200
    fake_engine.stop()
    daemon.wait_for_log("event=engine.down")
    fake_engine.start()
    priorities = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>"}
    seen = set()
    for line in daemon.log().splitlines():
        for level, priority in priorities.items():
            if f" level={level} " in line:
                assert line.startswith((priority if is_journal else "") + "time="), line
                seen.add(level)
    assert seen >= {"debug", "info", "error"}


def test_lines_that_a_slow_reader_has_missed_are_counted_and_told(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """A pipe that nobody reads holds 64 KiB, the queue 2048 lines; what comes on top is lost."""
    reader, writer = os.pipe()
    daemon = make_daemon(fake_engine, start=False, LOG_LEVEL="debug")
    received: list[bytes] = []

    def read() -> None:
        while data := os.read(reader, 65536):
            received.append(data)

    def lost() -> float:
        return Scrape.parse(daemon.request("GET", "/metrics").text).value("docker_run_log_lines_lost_total")

    reading = threading.Thread(target=read)
    try:
        daemon.start(output=writer)
        os.close(writer)
        request = f"GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: {'i' * 128}\r\n\r\n".encode()
        with daemon.connect() as connection:
            for _ in range(30):
                connection.sendall(request * 100)
                answers = b""
                while answers.count(b"HTTP/1.1 200 OK") < 100:
                    answers += connection.recv(65536)
        assert lost() > 0
        reading.start()
        wait_until(lambda: b"event=log.lost lines=" in b"".join(received), 10, "the loss is told")
        assert daemon.stop() == 0
        reading.join(10)
    finally:
        os.close(reader)
    lines = b"".join(received).splitlines()
    assert all(line.startswith(b"time=") for line in lines)
