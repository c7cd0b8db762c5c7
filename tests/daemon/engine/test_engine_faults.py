"""An engine that is missing, silent, slow or dying."""

from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import (
    IMPATIENT,
    STEP_ERRORS,
    answered_late,
    attached,
    done_but_silent,
    failure,
    hang_up,
    hang_up_when_done,
    held,
    silent,
)
from fake_containers import sleeping
from fake_engine import Exchange, FakeEngine, Reply
from waiting import at_most, wait_until

CONNECT = "Unix socket failure: Failed to connect to docker unix socket: "


@pytest.fixture
def daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    """One whose patience with the engine is short."""
    return make_daemon(fake_engine, **IMPATIENT)


def test_a_missing_socket_is_named_and_recovered_from(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    fake_engine.stop()
    os.unlink(fake_engine.socket)
    daemon = make_daemon(fake_engine)
    assert_error(daemon.run("test/echo"), 500, "docker.unixsocket", CONNECT)
    fake_engine.start()
    assert daemon.run("test/echo").status_code == 200


def test_behind_a_proxy_a_run_without_an_engine_is_answered_503_when_the_proxy_knows(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """SERVER_DRAIN_DELAY tells that there is a proxy; a failure at once would draw every run here."""
    daemon = make_daemon(fake_engine, SERVER_DRAIN_DELAY="1")
    fake_engine.stop()
    os.unlink(fake_engine.socket)
    began = time.monotonic()
    response = daemon.run("test/echo")
    assert_error(response, 503, "server.not_ready", "Not ready: the engine does not answer: ")
    assert time.monotonic() - began >= 1
    assert int(response.headers["retry-after"]) >= 1
    assert daemon.request("GET", "/readyz", token=None).status_code == 503
    fake_engine.start()
    assert fake_engine.calls_of("create") == []


def test_behind_a_proxy_a_run_waits_for_an_engine_that_comes_back(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_DRAIN_DELAY="60")
    fake_engine.stop()
    os.unlink(fake_engine.socket)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(daemon.run, "test/echo", {"patient": True})
        wait_until(lambda: not daemon.is_ready(), 10, "not ready")
        assert not run.done()
        fake_engine.start()
        assert run.result(60).json() == {"patient": True}


def test_a_socket_that_is_a_file_is_named(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("no socket")
    assert_error(make_daemon(str(path)).run("test/echo"), 500, "docker.unixsocket", CONNECT)


def test_a_refused_connection_is_named(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    path = str(tmp_path / "dead.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    assert_error(make_daemon(path).run("test/echo"), 500, "docker.unixsocket", CONNECT)


def test_a_full_backlog_is_waited_out_and_then_named(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    """A connect to a full backlog fails with EAGAIN at once, which is no reason to give up at once."""
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


def test_an_attach_that_closes_at_once_is_the_streams_failure(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    fake_engine.script("attach", attached(b"", close=True))
    body = daemon.run("test/echo", {"filler": "x" * 500_000}).json()
    assert body["error"] in (
        "docker.container.stream.read",
        "docker.container.stream.payload.serialize",
        "docker.container.attach",
    )


def removed_by_somebody_else(exchange: Exchange) -> None:
    exchange.prepare()
    failure(404, "No such container")(exchange)


@pytest.mark.parametrize(
    "replies",
    [
        [removed_by_somebody_else],
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
    daemon = make_daemon(fake_engine)
    fake_engine.script("delete", *replies)
    with at_most(2, "the answer waited for the removal"):
        assert daemon.run("test/echo").status_code == 200
    if replies[0] is silent:
        fake_engine.wait_until_empty(60)  # a delete gets at least 30 s
    wait_until(lambda: len(fake_engine.calls_of("delete")) >= len(replies), 20, "the retries")


@pytest.mark.parametrize("call", STEP_ERRORS)
@pytest.mark.parametrize("reply", [hang_up, hang_up_when_done], ids=["nothing done", "done"])
def test_a_call_that_breaks_off_is_an_error_and_leaves_nothing(
    daemon: Daemon, fake_engine: FakeEngine, call: str, reply: Reply
) -> None:
    fake_engine.script(call, reply)
    assert_error(daemon.run("test/echo"), 500, STEP_ERRORS[call])
    fake_engine.wait_until_empty(40)


@pytest.mark.parametrize("reply", [silent, done_but_silent], ids=["nothing done", "done"])
def test_a_silent_call_ends_within_its_time_and_leaves_nothing(
    daemon: Daemon, fake_engine: FakeEngine, reply: Reply, full: bool
) -> None:
    """These calls get at least 30 s, since sixteen at once take their time."""
    steps = [("attach", silent), ("create", reply), ("start", reply)] if full else [("start", reply)]
    for call, scripted in steps:
        fake_engine.script(call, scripted)
        with at_most(45, f"a silent {call}"):
            assert_error(daemon.run("test/echo"), 500, STEP_ERRORS[call])
        fake_engine.wait_until_empty(40)


def test_a_create_that_is_carried_out_after_its_time_is_deleted_all_the_same(
    daemon: Daemon, fake_engine: FakeEngine, full: bool
) -> None:
    """The delete by name comes first and finds nothing; the container appears later."""
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
    """The attach stream ends in a clean EOF, which is no success with empty output."""
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
    assert daemon.run("test/echo").status_code == 200
    del fake_engine.images["test/echo"]
    fake_engine.emit("image", "delete", id="test/echo")
    assert_error(daemon.run("test/echo"), 400, "docker.container.create", "Failed to create container: ")
