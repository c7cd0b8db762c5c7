"""A live run that prints nothing stays alive, and what it prints comes at once."""

from __future__ import annotations

import threading
import time

import pytest
from daemon_process import Daemon
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, running
from live_client import LINES, MESSAGES, begin_run, live_run, read_some


def waiting_for(gate: threading.Event) -> object:
    def script(runner: Runner) -> None:
        gate.wait()
        runner.print(b"late\n")

    return running(script)


@pytest.mark.parametrize(("accept", "sign"), [(LINES, b'{"type":"alive"}\n'), (MESSAGES, b"\n:\n\n")])
def test_a_silence_has_a_sign_of_life_every_two_seconds(
    daemon: Daemon, fake_engine: FakeEngine, accept: str, sign: bytes
) -> None:
    gate = threading.Event()
    image = add_runner(fake_engine, "test/silence", waiting_for(gate))
    with begin_run(daemon, image, accept=accept) as connection:
        read_some(connection, b'"stage":"run"}')
        began = time.monotonic()
        read_some(connection, sign)
        read_some(connection, sign)
        assert 3.5 < time.monotonic() - began < 5, "below the patience of clients"
        gate.set()
        read_some(connection, b'"type":"answer"')


def test_output_comes_while_the_program_runs(daemon: Daemon, fake_engine: FakeEngine) -> None:
    """Each step of the program waits until the caller has seen the one before."""
    seen = threading.Semaphore(0)

    def steps(runner: Runner) -> None:
        for number in range(20):
            runner.print(f"{number}".encode())
            assert seen.acquire(timeout=20)

    image = add_runner(fake_engine, "test/steps", running(steps))
    with live_run(daemon, image) as run:
        for number in range(20):
            assert run.next_of("stdout")["text"] == f"{number}"
            seen.release()
        assert run.next_event()["type"] == "answer"


def test_a_flood_of_small_output_is_no_flood_of_events(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def drips(runner: Runner) -> None:
        for _ in range(2000):
            runner.print(b"x")

    image = add_runner(fake_engine, "test/drips", running(drips))
    began = time.monotonic()
    with live_run(daemon, image) as run:
        events = 0
        while (event := run.next_event())["type"] != "answer":
            events += event["type"] == "stdout"
    assert events <= 2 + (time.monotonic() - began) / 0.01
