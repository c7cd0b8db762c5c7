"""Runs of Python programs in docker-run/python: what they print, how they end, and many at the same time."""

from __future__ import annotations

import concurrent.futures
import contextlib
from collections.abc import Iterator
from typing import Any

from daemon_process import Daemon
from payloads import python


def answer(daemon: Daemon, program: str) -> dict[str, Any]:
    response = daemon.run("docker-run/python", python(program))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def verdict(daemon: Daemon, program: str) -> str:
    """How the run ended: the runner's status, or the daemon's error where the runner had none."""
    body = daemon.run("docker-run/python", python(program)).json()
    return str(body.get("status") or body["error"])


@contextlib.contextmanager
def all_running(daemon: Daemon, programs: list[str]) -> Iterator[list[concurrent.futures.Future[str]]]:
    """These programs run at the same time; at the end all of them have their verdict."""
    with concurrent.futures.ThreadPoolExecutor(len(programs)) as callers:
        yield [callers.submit(verdict, daemon, program) for program in programs]
