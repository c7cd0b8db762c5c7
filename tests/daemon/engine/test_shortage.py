"""A system that is short of descriptors or memory: all works again afterwards."""

from __future__ import annotations

import contextlib
import errno
import re
import resource
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from daemon_process import Daemon, MakeDaemon
from fake_containers import Container, printing, taking
from fake_engine import FakeEngine
from faulty_calls import FaultyCalls
from waiting import wait_until

# What each call may fail with for want of something.
SHORTAGES = [
    ("socket", errno.EMFILE),
    ("socket", errno.ENFILE),
    ("socket", errno.ENOMEM),
    ("socket", errno.ENOBUFS),
    ("connect", errno.ENOMEM),
    ("accept", errno.EMFILE),
    ("accept", errno.ENFILE),
    ("accept", errno.ENOMEM),
    ("epoll_ctl", errno.ENOMEM),
    ("epoll_ctl", errno.ENOSPC),
    ("recv", errno.ENOMEM),
    ("send", errno.ENOMEM),
    ("send", errno.ENOBUFS),
    ("ioctl", errno.ENOMEM),
]
IMPATIENT_POOL = {
    "POOL_ENABLED": "true",
    "POOL_PREWARM": "test/echo",
    "POOL_MAX_TOTAL": "4",
    "DOCKER_UNIX_SOCKET_READ_TIMEOUT": "1",
    "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT": "1",
}


@pytest.mark.timeout(900)
def test_after_a_shortage_at_any_call_all_is_well_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, full: bool
) -> None:
    faulty = FaultyCalls(tmp_path)
    daemon = make_daemon(fake_engine, **IMPATIENT_POOL, **faulty.settings)
    wait_until(daemon.is_ready, 20, "ready")
    for every in (1, 3):
        for call, error in SHORTAGES:
            with faulty.failing(call, error, every):
                make_trouble(daemon, fake_engine, 2 if full else 0.3)
            if full:
                assert_all_is_well(daemon, fake_engine)
    assert_all_is_well(daemon, fake_engine)
    assert daemon.stop() == 0
    assert fake_engine.own_containers() == []
    assert "event=stopped left_behind=0" in daemon.log()


def make_trouble(daemon: Daemon, engine: FakeEngine, seconds: float) -> None:
    """Something to do for each part of the daemon: a run, a refill, look-ups, events, a reload."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for container in engine.waiting_containers()[:1]:
            container.kill()
        engine.emit("image", "tag", id="sha256:" + "0" * 64)
        engine.end_events()
        daemon.signal(signal.SIGHUP)
        with contextlib.suppress(httpx.HTTPError):
            daemon.run("test/echo", timeout=0.5)
        threading.Event().wait(0.05)


def assert_all_is_well(daemon: Daemon, engine: FakeEngine) -> None:
    wait_until(daemon.is_ready, 30, "the engine is probed")
    wait_until(lambda: daemon.run("test/echo", {"a": 1}).json() == {"a": 1}, 30, "runs work")
    wait_until(lambda: engine.waiting_containers(), 90, "the pool is filled")
    changes = daemon.log().count("event=image.changed")
    name = f"test/{secrets.token_hex(4)}"
    engine.add_image(name, printing(b'{"new":true}'))
    wait_until(lambda: is_heard(daemon, engine, changes), 30, "events are listened to")
    assert daemon.run(name).json() == {"new": True}
    lost = lost_container(daemon, engine)
    wait_until(lambda: lost not in engine.containers.values(), 40, "leftovers are swept")
    engine.stop(keep_containers=True)
    wait_until(lambda: not daemon.is_ready(), 10, "the probe sees that the engine is gone")
    engine.start()
    wait_until(daemon.is_ready, 20, "the probe sees that it is back")
    wait_until(lambda: daemon.figure("docker_run_removals_pending") == 0, 40, "every removal is done")
    wait_until(lambda: engine.waiting_containers(), 90, "the pool is filled again")
    wait_until(
        lambda: len(engine.own_containers()) == len(engine.waiting_containers()),
        40,
        "only waiting containers are left",
    )
    allowed = daemon.baseline + daemon.most_waiting() + daemon.most_kept()
    wait_until(lambda: daemon.open_files() <= allowed, 10, f"open files are back at {allowed}")


def is_heard(daemon: Daemon, engine: FakeEngine, changes: int) -> bool:
    engine.emit("image", "tag", id="sha256:" + "1" * 64)
    return daemon.log().count("event=image.changed") > changes


def lost_container(daemon: Daemon, engine: FakeEngine) -> Container:
    """One that carries the daemon's label and that it does not know."""
    found = re.search(r"instance=(\w+)", daemon.log())
    assert found
    labels = {"docker-run.instance": found[1]}
    name = f"docker-run-{found[1]}-{secrets.token_hex(16)}"
    container = Container(secrets.token_hex(32), name, engine.images["test/echo"], {"Labels": labels})
    engine.containers[container.id] = container
    return container


@contextlib.contextmanager
def without_descriptors(daemon: Daemon) -> Iterator[None]:
    """No new one, as with a full table of the system."""
    before = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)


def test_refills_without_descriptors_are_no_busy_loop(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, **IMPATIENT_POOL)
    wait_until(daemon.is_ready, 20, "ready")
    wait_until(lambda: fake_engine.waiting_containers(), 10, "one waits")
    with without_descriptors(daemon):
        for container in fake_engine.waiting_containers():
            container.kill()
        daemon.wait_for_log("pool.refill.failed")
        threading.Event().wait(3)
        assert daemon.log().count("pool.refill.failed") <= 4
    wait_until(lambda: fake_engine.waiting_containers(), 60, "one waits again")
    wait_until(lambda: daemon.figure("docker_run_removals_pending") == 0, 10, "every removal is done")


def test_a_run_that_ends_without_descriptors_leaves_no_container(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Its removal needs no new descriptor, or is tried again until it is done."""
    fake_engine.add_image("test/taking", taking(1))
    daemon = make_daemon(fake_engine)
    wait_until(daemon.is_ready, 20, "ready")
    answers = []
    run = threading.Thread(target=lambda: answers.append(daemon.run("test/taking").status_code))
    run.start()
    wait_until(lambda: [c for c in fake_engine.containers.values() if c.stdin], 10, "it runs")
    with without_descriptors(daemon):
        run.join(20)
    assert answers == [200]
    fake_engine.wait_until_empty(20)
    wait_until(lambda: daemon.figure("docker_run_removals_pending") == 0, 10, "the removal is done")


def test_a_cold_run_without_descriptors_is_told_that_the_engine_cannot_be_reached(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    faulty = FaultyCalls(tmp_path)
    daemon = make_daemon(fake_engine, **faulty.settings)
    with faulty.failing("socket", errno.EMFILE):
        response = daemon.run("test/echo")
    assert response.json()["error"] == "docker.unixsocket"
    assert "Too many open files" in response.json()["message"]
    assert daemon.run("test/echo").status_code == 200
