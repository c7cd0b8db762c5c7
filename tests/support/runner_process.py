"""The real code_runner as the program of a container of the scripted engine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from fake_containers import Exit, Process, Program


def real_runner(binary: Path, folder: Path) -> Program:
    """Runs code_runner with the variables of its container, in a new work directory below `folder`."""

    def program(process: Process) -> None:
        work = tempfile.mkdtemp(dir=folder)
        variables = dict(each.split("=", 1) for each in process.container.spec["Env"])
        with subprocess.Popen(
            [binary, "--path", work],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | variables,
        ) as started:
            assert started.stdin
            assert started.stdout
            assert started.stderr
            threads = [
                threading.Thread(target=feed, args=(process, started.stdin), daemon=True),
                threading.Thread(target=copy, args=(started.stdout, process.print)),
                threading.Thread(target=copy, args=(started.stderr, process.print_error)),
                threading.Thread(target=kill_with, args=(process, started), daemon=True),
            ]
            for thread in threads:
                thread.start()
            for thread in threads[1:3]:
                thread.join()
            code = started.wait()
        raise Exit(code)

    return program


def feed(process: Process, stdin: IO[bytes]) -> None:
    written = 0
    with contextlib.suppress(OSError), stdin:
        while data := process.read_some(written):
            stdin.write(data)
            stdin.flush()
            written += len(data)


def copy(source: IO[bytes], send: Callable[[bytes], None]) -> None:
    while data := os.read(source.fileno(), 32768):
        send(data)


def kill_with(process: Process, started: subprocess.Popen[bytes]) -> None:
    process.killed.wait()
    started.kill()
