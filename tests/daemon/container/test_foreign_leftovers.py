"""What daemons have left that do not come back, or come back as somebody else."""

from __future__ import annotations

import re
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from daemon_process import Daemon, MakeDaemon
from engine_replies import failure
from fake_containers import Container, sleeping
from fake_engine import Exchange, FakeEngine
from scrape import Scrape
from waiting import at_most, wait_until


def put_container(
    engine: FakeEngine, instance: str, status: str = "created", overdue: bool = False, **labels: str
) -> Container:
    """A container that a daemon of that instance made; `overdue`: so long ago that anybody may remove it."""
    name = f"docker-run-{instance}-{secrets.token_hex(16)}"
    times = {"docker-run.deadline": "1", "docker-run.ttl": "0"}
    if not overdue:
        times = {"docker-run.deadline": str(int(time.time()) + 3600), "docker-run.ttl": "3600"}
    every = {"docker-run.instance": instance, **times, **labels}
    made = Container(
        secrets.token_hex(32), name, engine.images["test/echo"], {"Labels": every, "Image": "test/echo"}
    )
    made.status = status
    engine.containers[made.id] = made
    return made


def scrape(daemon: Daemon) -> Scrape:
    return Scrape.parse(daemon.request("GET", "/metrics").text)


def instance_of(daemon: Daemon) -> str:
    found = re.search(r"instance=(\w+)", daemon.log())
    assert found
    return found.group(1)


def test_a_leftover_that_cannot_be_removed_is_tried_by_one_job(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """However many sweeps see it."""
    stuck = put_container(fake_engine, "aaaaaaaaaaaa", overdue=True)

    def delete(exchange: Exchange) -> None:
        if exchange.call.ref == stuck.name:
            failure(500, "device or resource busy")(exchange)
        else:
            exchange.default()

    fake_engine.script_always("delete", delete)
    daemon = make_daemon(fake_engine)
    fake_engine.wait_for_call("list", 3, timeout=40)
    assert daemon.run("test/echo").status_code == 200
    wait_until(lambda: scrape(daemon).value("docker_run_removals_pending") == 1, 10, "one removal is left")
    assert scrape(daemon).value("docker_run_containers_swept_total") == 1
    fake_engine.script_always("delete", None)
    fake_engine.wait_until_empty(20)


def test_own_removals_do_not_wait_for_leftovers(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """After a start there may be hundreds; the first run's program must end in time all the same."""
    limit = 2
    fake_engine.add_image("test/endless", sleeping)
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME=str(limit))
    assert daemon.stop() == 0
    for _ in range(300):
        put_container(fake_engine, instance_of(daemon))

    def slow_delete(exchange: Exchange) -> None:
        threading.Event().wait(0.1)  # as long as it takes a real engine
        exchange.default()

    fake_engine.script_always("delete", slow_delete)
    daemon.start()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(daemon.run, "test/endless")
        fake_engine.wait_for_call("start")
        with at_most(limit + 3, "its removal waited for leftovers"):
            endless = next(c for c in fake_engine.containers.values() if c.spec["Image"] == "test/endless")
            endless.killed.wait(60)
        assert run.result(30).status_code == 400
    fake_engine.script_always("delete", None)
    fake_engine.wait_until_empty(60)


def test_only_names_of_ours_are_swept(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """A container of an image that was committed from ours has our labels."""
    daemon = make_daemon(fake_engine)
    assert daemon.stop() == 0
    inherited = put_container(fake_engine, instance_of(daemon))  # listed first, and so it would go first
    inherited.name = "somebodys-own"
    ours = put_container(fake_engine, instance_of(daemon))
    daemon.start()
    wait_until(lambda: ours.id not in fake_engine.containers, 10, "ours is removed")
    assert list(fake_engine.containers) == [inherited.id]
    assert [call.ref for call in fake_engine.calls_of("delete")] == [ours.name]
    fake_engine.containers.clear()


def test_without_a_state_directory_the_log_says_once_what_a_crash_would_cost(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_STATE_DIRECTORY=None)
    assert daemon.run("test/echo").status_code == 200
    assert daemon.log().count("event=instance.random") == 1


def test_the_state_directory_of_the_service_manager_is_used(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    """systemd names it in STATE_DIRECTORY, and further ones behind a colon."""
    state = tmp_path / "handed-over"
    state.mkdir()
    daemon = make_daemon(fake_engine, SERVER_STATE_DIRECTORY=None, STATE_DIRECTORY=f"{state}:/none")
    assert (state / "instance-1").read_text() == instance_of(daemon)
    assert "event=instance.random" not in daemon.log()


@pytest.mark.timeout(300)
def test_what_has_ended_is_gone_within_a_minute_whoever_left_it(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, full: bool
) -> None:
    """A crash under the settings of the predecessor, which has no state directory."""
    if not full:
        pytest.skip("it takes a minute: --full")
    fake_engine.add_image("test/sleeping", sleeping)
    first = make_daemon(fake_engine, SERVER_STATE_DIRECTORY=None)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(run_unheard, first, "test/sleeping")
        fake_engine.wait_for_call("start")
        first.kill()
        lost.result(30)
    left = next(iter(fake_engine.containers.values()))
    running = put_container(fake_engine, "bbbbbbbbbbbb", "running")
    kept = put_container(fake_engine, "bbbbbbbbbbbb", "exited", **{"docker-run.keep": "true"})
    first.start()
    left.kill()
    wait_until(lambda: left.id not in fake_engine.containers, 60, "it is gone")
    assert {running.id, kept.id} == set(fake_engine.containers)
    fake_engine.containers.clear()


@pytest.mark.timeout(600)
def test_what_was_created_and_never_started_is_gone_after_three_minutes(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, full: bool
) -> None:
    if not full:
        pytest.skip("it takes four minutes: --full")
    put_container(fake_engine, "cccccccccccc")
    daemon = make_daemon(fake_engine)
    wait_until(lambda: not fake_engine.containers, 240, "it is gone")
    assert daemon.run("test/echo").status_code == 200


def run_unheard(daemon: Daemon, image: str) -> None:
    with suppress(httpx.HTTPError):
        daemon.run(image)
