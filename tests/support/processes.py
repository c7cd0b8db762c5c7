"""Finds processes of the host by their command lines, and ends them with their children."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path


def processes_naming(path: Path) -> list[int]:
    """Every process with `path` in its command line. Processes that an engine started outlive an engine that
    was killed."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
            if any(a == os.fsencode(path) or a.startswith(os.fsencode(path) + b"/") for a in arguments):
                found.append(int(entry.name))
    return found


def children_of(pid: int) -> list[int]:
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in tasks.read_text().split()]
    return found


def kill_process(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def kill_with_children(pid: int) -> None:
    """A container is a child of its shim. As PID 1 of its namespace it takes its processes with it."""
    for child in children_of(pid):
        kill_process(child)
    kill_process(pid)
