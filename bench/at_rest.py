"""Phases start and idle: the time from start to listening, and the cost of connections and of minutes without
work."""

from __future__ import annotations

import resource
import subprocess
import time
from dataclasses import dataclass

from bench.daemons import figures_of
from bench.raw_http import Connection, request_bytes
from bench.workbench import Workbench

CONNECTIONS = 1000
MAX_STARTS = 40
START_TIMEOUT = 20.0
POLL = 0.0005  # seconds
ROOT = request_bytes("GET", "/", {})


@dataclass(frozen=True)
class Idle:
    connections: int
    kib_each: float
    resident_bytes: int
    wake_ups_per_second: float  # without connections
    cpu_ms_per_minute: float


def measure_start(bench: Workbench, seconds: float) -> list[float]:
    """Milliseconds from the start of the process to its first answer."""
    server = bench.server(SERVER_WORKER_THREADS="2")
    process = server.process
    process.end()
    taken: list[float] = []
    deadline = time.monotonic() + seconds
    while not taken or (len(taken) < MAX_STARTS and time.monotonic() < deadline):
        bench.progress.say(f"start {len(taken) + 1}")
        began = time.perf_counter()
        with process.log_path.open("ab") as log:
            started = subprocess.Popen(
                [process.binary],
                env=process.process_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for_answer(server.address)
            taken.append((time.perf_counter() - began) * 1e3)
        finally:
            started.terminate()
            started.wait(START_TIMEOUT)
    bench.end(server)
    return taken


def wait_for_answer(address: tuple[str, int]) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            with Connection(address) as connection:
                connection.exchange(ROOT)
                return
        except ConnectionRefusedError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(POLL)


def measure_idle(bench: Workbench, seconds: float) -> Idle:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * CONNECTIONS)), hard))
    server = bench.server(SERVER_WORKER_THREADS="4", POOL_ENABLED="false", LOG_LEVEL="warning")
    with server.connection() as connection:
        connection.exchange(ROOT)
    bench.progress.say("nothing to do")
    before = figures_of(server.process.pid)
    began = time.monotonic()
    time.sleep(max(1.0, seconds * 0.6))
    asleep = time.monotonic() - began
    after = figures_of(server.process.pid)

    bench.progress.say(f"{CONNECTIONS} connections")
    connections = [Connection(server.address) for _ in range(CONNECTIONS)]
    try:
        for connection in connections:
            connection.exchange(ROOT)
        full = figures_of(server.process.pid)
    finally:
        for connection in connections:
            connection.close()
    bench.end(server)
    return Idle(
        CONNECTIONS,
        (full.resident_bytes - after.resident_bytes) / 1024 / CONNECTIONS,
        before.resident_bytes,
        (after.wake_ups - before.wake_ups) / asleep,
        (after.cpu_ns - before.cpu_ns) / 1e6 / asleep * 60,
    )
