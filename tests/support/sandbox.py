"""Runs Python programs in docker-run/python: their output, their ends, and many of them at the same time."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daemon_process import Daemon
from payloads import python
from real_engine import RealEngine
from waiting import wait_until

# The last part of a program that keeps what it has until the test releases it, see `holding`.
HOLD = """
import os, time
open("held", "w").close()
while not os.path.exists("let-go"):
    time.sleep(0.02)
"""


def answer(daemon: Daemon, program: str) -> dict[str, Any]:
    response = daemon.run("docker-run/python", python(program))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def verdict(daemon: Daemon, program: str) -> str:
    """How the run ended: the runner's status, or the daemon's error if the runner gave none."""
    body = daemon.run("docker-run/python", python(program)).json()
    return str(body.get("status") or body["error"])


@contextlib.contextmanager
def all_running(daemon: Daemon, programs: list[str]) -> Iterator[list[concurrent.futures.Future[str]]]:
    """Runs these programs at the same time. At the end all of them have their verdict."""
    with concurrent.futures.ThreadPoolExecutor(len(programs)) as callers:
        yield [callers.submit(verdict, daemon, program) for program in programs]


@contextlib.contextmanager
def always_running(daemon: Daemon, programs: list[str]) -> Iterator[set[str]]:
    """Runs each of these programs over and over during the block. Yields the set of their verdicts, which is
    complete after the block."""
    verdicts: set[str] = set()
    over = threading.Event()

    def repeat(program: str) -> None:
        while not over.is_set():
            verdicts.add(verdict(daemon, program))

    with concurrent.futures.ThreadPoolExecutor(len(programs)) as callers:
        running = [callers.submit(repeat, program) for program in programs]
        try:
            yield verdicts
        finally:
            over.set()
        for run in running:
            run.result()


@contextlib.contextmanager
def holding(daemon: Daemon, images: RealEngine, program: str) -> Iterator[concurrent.futures.Future[str]]:
    """Runs `program` in docker-run/python during the block. The block begins when the program has done
    everything it wanted; the end of the block ends the program."""
    with concurrent.futures.ThreadPoolExecutor(1) as callers:
        running = callers.submit(verdict, daemon, program + HOLD)
        folder = wait_until(
            lambda: running.done() or folder_with(images, "held"), 60, "the program holds what it wants"
        )
        assert folder is not True, f"it ended before: {running.result()}"
        try:
            yield running
        finally:
            with contextlib.suppress(OSError):
                (folder / "let-go").touch()
            running.result(60)


def folder_with(images: RealEngine, name: str) -> Path | None:
    """The work directory, as the host sees it, of the docker-run program that made a file `name` in it."""
    for identity in images.docker("ps", "-q", "--filter", "label=docker-run.instance").split():
        with contextlib.suppress(AssertionError):
            pid = images.docker("inspect", "-f", "{{.State.Pid}}", identity)
            folder = Path(f"/proc/{pid}/root/home/glot")
            if (folder / name).exists():
                return folder
    return None
