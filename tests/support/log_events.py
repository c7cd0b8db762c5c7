"""Reads the log of a daemon that logs JSON."""

from __future__ import annotations

import json

from daemon_process import Daemon
from waiting import wait_until


def events(daemon: Daemon, name: str) -> list[dict[str, object]]:
    """The events of that name so far."""
    lines = [json.loads(line) for line in daemon.log().splitlines()]
    return [line for line in lines if line["event"] == name]


def wait_for_event(daemon: Daemon, name: str) -> dict[str, object]:
    return wait_until(lambda: events(daemon, name), 10, f"an event {name}")[-1]
