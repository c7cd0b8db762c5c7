"""A waiting container that had ended before its payload is replaced within the run, and no other."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from daemon_process import MakeDaemon
from fake_containers import Process
from fake_engine import Exchange, FakeEngine
from waiting import wait_until

CLOCK_LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
WARM = {"POOL_ENABLED": "true", "POOL_PREWARM": "test/mortal", "POOL_MAX_PER_IMAGE": "1"}


class Mortal:
    """The image test/mortal: its first container answers nothing, and says when it has ended."""

    def __init__(self, engine: FakeEngine, ended: timedelta) -> None:
        self._ended = ended
        self.asked = 0
        engine.add_image("test/mortal", self.program)

    def program(self, process: Process) -> None:
        payload = process.read_stdin()
        if not payload:
            return
        self.asked += 1
        if self.asked > 1:
            process.print(payload)
            return
        container = process.container
        container.status = "exited"
        container.finished_at = (datetime.now(UTC) + self._ended).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def test_a_container_that_had_ended_before_the_payload_is_replaced(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    mortal = Mortal(fake_engine, ended=-timedelta(seconds=5))
    daemon = make_daemon(fake_engine, **WARM)
    wait_until(daemon.is_ready, 20, "ready")
    assert daemon.run("test/mortal", {"a": 1}).json() == {"a": 1}
    assert mortal.asked == 2


def test_a_program_that_ended_after_the_payload_is_not_run_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    mortal = Mortal(fake_engine, ended=timedelta(seconds=5))
    daemon = make_daemon(fake_engine, **WARM)
    wait_until(daemon.is_ready, 20, "ready")
    assert daemon.run("test/mortal", {"a": 1}).json()["error"] == "coderunner.stdout.decode"
    assert mortal.asked == 1


@pytest.mark.parametrize("step", ["+3600", "-3600"])
def test_a_clock_that_was_stepped_meanwhile_proves_no_earlier_end(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, binary: Path, tmp_path: Path, step: str
) -> None:
    """When a container ended is said in the time of the wall clock."""
    if b"san" in os.fsencode(binary):
        pytest.skip("a sanitizer and the library that steps the clock are no friends")
    clock = tmp_path / "clock"
    clock.write_text("+0")
    mortal = Mortal(fake_engine, ended=-timedelta(seconds=5))
    daemon = make_daemon(
        fake_engine,
        **WARM,
        LD_PRELOAD=CLOCK_LIBRARY,
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    wait_until(daemon.is_ready, 20, "ready")

    def step_first(exchange: Exchange) -> None:
        clock.write_text(step)
        exchange.default()

    fake_engine.script("inspect", step_first)
    assert daemon.run("test/mortal", {"a": 1}).json()["error"] == "coderunner.stdout.decode"
    assert mortal.asked == 1
