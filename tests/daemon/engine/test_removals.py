"""Removals that the engine does not carry out at once, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from daemon_process import MakeDaemon
from engine_replies import failure
from fake_containers import echo
from fake_engine import Exchange, FakeEngine
from waiting import wait_until


def test_a_removal_in_progress_is_no_failure(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """A delete that was given up goes on inside the engine, which then refuses the next one."""
    daemon = make_daemon(fake_engine)
    refusal = failure(409, "removal of container is already in progress")
    fake_engine.script("delete", refusal, refusal, refusal)
    assert daemon.run("test/echo").status_code == 200
    fake_engine.wait_for_call("delete", 4)
    fake_engine.wait_until_empty()
    assert daemon.figure("docker_run_removal_retries_total") == 0
    assert "container.remove.failed" not in daemon.log()


@pytest.mark.timeout(300)
def test_containers_that_cannot_be_removed_are_counted_and_at_last_make_the_daemon_unready(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, full: bool
) -> None:
    """They give their permits back after a minute, so it takes the full length of the tests."""
    if not full:
        pytest.skip("it takes two minutes: --full")
    broken = threading.Event()
    broken.set()
    fake_engine.add_image("test/bad", echo)

    def delete(exchange: Exchange) -> None:
        container = fake_engine.find(exchange.call.ref)
        if broken.is_set() and container is not None and container.spec["Image"] == "test/bad":
            failure(500, "device or resource busy")(exchange)
        else:
            exchange.default()

    fake_engine.script_always("delete", delete)
    daemon = make_daemon(fake_engine)
    stuck: Callable[[], float] = lambda: daemon.figure("docker_run_removals_stuck")  # noqa: E731
    assert [daemon.run("test/bad").status_code for _ in range(40)] == [200] * 40
    wait_until(lambda: stuck() == 40, 90, "forty are stuck")
    assert daemon.is_ready()
    assert [daemon.run("test/bad").status_code for _ in range(40)] == [200] * 40
    wait_until(lambda: stuck() == 64, 90, "the list is full")
    unready = daemon.request("GET", "/readyz", token=None)
    assert (unready.status_code, "64 containers cannot be removed" in unready.text) == (503, True)
    assert daemon.run("test/echo").status_code == 200
    broken.clear()
    wait_until(lambda: stuck() == 0, 60, "they are removed")
    wait_until(daemon.is_ready, 10, "ready again")
    fake_engine.wait_until_empty()
