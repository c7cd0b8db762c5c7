"""A call to the engine that hangs costs its own run and container, and nobody else while a worker is free.

Each test holds calls about one bad image until it lets them go. Meanwhile runs of a good image are served,
and an endless program is ended in time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import silent
from fake_containers import Container, Process, echo, sleeping
from fake_engine import Exchange, FakeEngine
from waiting import at_most, wait_until

WORKERS = 16
TIME_LIMIT = 2
# Everything but the time-outs of calls, which the tests do not wait for.
SETTINGS = {
    "SERVER_WORKER_THREADS": str(WORKERS),
    "RUN_QUEUE_SIZE": "64",
    "RUN_QUEUE_TIMEOUT": "5",
    "RUN_MAX_EXECUTION_TIME": str(TIME_LIMIT),
    "DOCKER_UNIX_SOCKET_READ_TIMEOUT": "60",
}


def says_nothing(process: Process) -> None:
    """Ends without a word, so that the engine is asked how it ended."""
    process.read_stdin()


class Hang:
    """From now on the calls of one name that are about test/bad hang; those that do are in `calls`."""

    def __init__(self, engine: FakeEngine, call: str) -> None:
        self.engine = engine
        self.calls: list[str] = []
        self.release = threading.Event()
        engine.script_always(call, self._reply)

    def _reply(self, exchange: Exchange) -> None:
        if self._is_bad(exchange):
            self.calls.append(exchange.call.ref)
            self.release.wait()
        exchange.default()

    def _is_bad(self, exchange: Exchange) -> bool:
        call = exchange.call
        if call.name in ("create", "image"):
            return (call.body["Image"] if call.body else call.ref) == "test/bad"
        container = self.engine.find(call.ref)
        return container is not None and container.spec["Image"] == "test/bad"

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.calls) >= count, 60, f"{count} calls hang")


@contextmanager
def hanging(engine: FakeEngine, call: str) -> Iterator[Hang]:
    hang = Hang(engine, call)
    try:
        yield hang
    finally:
        hang.release.set()


@contextmanager
def endless_program(daemon: Daemon, engine: FakeEngine) -> Iterator[None]:
    """A program runs that does not end by itself; after the block it has been ended in time."""
    engine.add_image("test/endless", sleeping)
    with ThreadPoolExecutor(2) as pool:
        run = pool.submit(daemon.run, "test/endless")
        container = wait_until(lambda: endless_container(engine), 10, "the endless program has a container")
        life = pool.submit(lifetime, container)
        yield
        assert life.result(90) < TIME_LIMIT + 3, "the program outlived its limit by more than a second"
        assert_error(run.result(30), 400, "limits.execution_time")


def lifetime(container: Container) -> float:
    """How many seconds pass until it is killed."""
    began = time.monotonic()
    container.killed.wait(60)
    return time.monotonic() - began


def endless_container(engine: FakeEngine) -> Container | None:
    every = list(engine.containers.values())
    return next((each for each in every if each.spec["Image"] == "test/endless"), None)


def assert_good_runs_are_served(daemon: Daemon) -> None:
    for _ in range(5):
        with at_most(3, "a good run waited for bad ones"):
            assert daemon.run("test/echo", {"good": 1}).json() == {"good": 1}


def assert_all_is_well(daemon: Daemon, engine: FakeEngine) -> None:
    with at_most(3, "service is normal a second after the calls have ended"):
        assert daemon.run("test/echo").status_code == 200
    engine.wait_until_empty(20)


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("call", ["image", "create", "attach", "start", "inspect"])
def test_a_call_that_hangs_holds_its_own_worker_only(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, call: str, count: int
) -> None:
    fake_engine.add_image("test/bad", says_nothing if call == "inspect" else echo)
    daemon = make_daemon(fake_engine, **SETTINGS)
    with ThreadPoolExecutor(count) as pool, hanging(fake_engine, call) as hang:
        bad = [pool.submit(daemon.run, "test/bad") for _ in range(count)]
        hang.wait_for(count)
        with endless_program(daemon, fake_engine):
            assert_good_runs_are_served(daemon)
        assert not any(run.done() for run in bad)
        hang.release.set()
        answers = [run.result(30) for run in bad]
    if call == "inspect":
        for answer in answers:
            assert_error(answer, 500, "coderunner.stdout.decode")
    else:
        assert [answer.json() for answer in answers] == [{}] * count
    assert_all_is_well(daemon, fake_engine)


def ask_until(release: threading.Event, daemon: Daemon, statuses: list[int]) -> None:
    """A caller who asks again after each 503, until the release. Adds each status to `statuses`."""
    statuses.append(daemon.run("test/bad").status_code)
    while statuses[-1] == 503 and not release.wait(0.1):
        statuses.append(daemon.run("test/bad").status_code)


@pytest.mark.parametrize("call", ["image", "create", "attach", "start", "inspect"])
def test_when_hanging_calls_hold_all_workers_callers_are_told_so_in_time(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, call: str
) -> None:
    """Forty callers whose calls hang and who ask again: sixteen hold a worker, the others get 503."""
    fake_engine.add_image("test/bad", says_nothing if call == "inspect" else echo)
    daemon = make_daemon(fake_engine, **SETTINGS)
    answers: list[list[int]] = [[] for _ in range(40)]
    with ThreadPoolExecutor(40) as pool, hanging(fake_engine, call) as hang:
        with endless_program(daemon, fake_engine):
            bad = [pool.submit(ask_until, hang.release, daemon, statuses) for statuses in answers]
            hang.wait_for(WORKERS - 1)
        with at_most(int(SETTINGS["RUN_QUEUE_TIMEOUT"]) + 15, "a caller was not told in time"):
            assert_error(daemon.run("test/echo"), 503, "server.overloaded")
            refused = 40 - WORKERS
            wait_until(lambda: sum(503 in each for each in answers) >= refused, 30, f"{refused} are refused")
        hang.release.set()
        for run in bad:
            run.result(30)
    assert {status for statuses in answers for status in statuses} <= {200, 500, 503}
    assert_all_is_well(daemon, fake_engine)


@pytest.mark.parametrize("count", [1, 4, 40])
def test_a_removal_that_hangs_holds_its_own_container_only(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, count: int
) -> None:
    fake_engine.add_image("test/bad", echo)
    daemon = make_daemon(fake_engine, **SETTINGS)
    with ThreadPoolExecutor(8) as pool, hanging(fake_engine, "delete") as hang:
        for answer in pool.map(daemon.run, ["test/bad"] * count):
            assert answer.status_code == 200
        with endless_program(daemon, fake_engine):
            assert_good_runs_are_served(daemon)
        hang.wait_for(count)
        wait_until(lambda: len(fake_engine.containers) == count, 10, "all others are removed")
        hang.release.set()
    assert_all_is_well(daemon, fake_engine)


@pytest.mark.parametrize("count", [1, 4, 40])
def test_a_kill_that_hangs_holds_its_own_container_only(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, count: int
) -> None:
    """Where containers are kept they are killed instead of removed."""
    fake_engine.add_image("test/bad", echo)
    daemon = make_daemon(fake_engine, DEBUG_KEEP_CONTAINER="true", **SETTINGS)
    with ThreadPoolExecutor(8) as pool, hanging(fake_engine, "kill") as hang:
        for answer in pool.map(daemon.run, ["test/bad"] * count):
            assert answer.status_code == 200
        with endless_program(daemon, fake_engine):
            assert_good_runs_are_served(daemon)
        hang.wait_for(count)
        hang.release.set()
    wait_until(lambda: daemon.figure("docker_run_removals_pending") == 0, 10, "all are killed")
    fake_engine.containers.clear()


def test_refills_that_hang_leave_the_pool_to_other_images(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """As many images as there may be refills at once can be started for runs, but not for the pool."""
    release = threading.Event()
    stuck: list[str] = []

    def start(exchange: Exchange) -> None:
        container = fake_engine.find(exchange.call.ref)
        assert container is not None
        if container.spec["Image"].startswith("test/bad") and "docker-run.request" not in container.labels:
            stuck.append(container.id)
            release.wait()
        exchange.default()

    fake_engine.script_always("start", start)
    daemon = make_daemon(fake_engine, POOL_ENABLED="true", DOCKER_UNIX_SOCKET_READ_TIMEOUT="60")
    bad = [f"test/bad-{number}" for number in range(os.cpu_count() or 1)]
    try:
        for image in bad:
            fake_engine.add_image(image, echo)
            assert daemon.run(image).status_code == 200
        wait_until(lambda: len(stuck) == len(bad), 20, "every refill hangs")
        assert daemon.run("test/echo").status_code == 200
        waiting = "docker_run_pool_containers"
        wait_until(lambda: daemon.figure(waiting, state="waiting") >= 1, 20, "a good one waits")
        assert daemon.run("test/echo").status_code == 200
        assert daemon.figure("docker_run_pool_takes_total", result="hit") == 1
    finally:
        release.set()


def test_a_list_that_hangs_stops_no_run(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """The sweep at the start waits for it, and the daemon is not ready."""
    fake_engine.script_always("list", silent)
    daemon = make_daemon(fake_engine, **SETTINGS)
    with endless_program(daemon, fake_engine):
        assert_good_runs_are_served(daemon)
    assert "looking for leftovers" in daemon.request("GET", "/readyz", token=None).text
    fake_engine.wait_until_empty()
    fake_engine.script_always("list", None)


def test_creates_that_are_given_up_do_not_keep_others_from_running(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """More callers than there are permits go away while the engine drops their creates."""
    daemon = make_daemon(fake_engine)
    body = b'{"image":"test/echo","payload":{}}'
    request = (
        f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    fake_engine.script_always("create", silent)
    for number in range(60):
        with daemon.connect() as caller:
            caller.sendall(request)
            fake_engine.wait_for_call("create", number + 1)
    fake_engine.wait_for_call("delete", 60)
    fake_engine.script_always("create", None)
    with at_most(5, "a run waited until the names were given up"):
        assert daemon.run("test/echo").status_code == 200
