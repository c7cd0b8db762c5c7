"""Phase long-run: memory, descriptors and processor time of the daemon over many runs.

Once with real containers, for as long as there is time. Once with the scripted engine of the tests, which
only answers and so reaches ten thousand runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from fake_engine import Exchange, FakeEngine

from bench.daemons import Figures, Server
from bench.load import Callers, calling, closed_loop
from bench.programs import PROGRAMS
from bench.scripted_engine import ECHO, add_images
from bench.workbench import Workbench

RUNS = 10_000
REAL_SHARE = 0.6  # of the phase's time
SAMPLES = 60
READY_TIMEOUT = 20.0


@dataclass(frozen=True)
class Moment:
    engine: str  # "real" or "scripted"
    second: float
    runs: int
    figures: Figures


class ForgetfulEngine(FakeEngine):
    """The scripted engine, which forgets its calls and the containers that were removed."""

    def _reply(self, exchange: Exchange) -> None:
        super()._reply(exchange)
        with self._lock:
            self.calls.clear()
            self.removed.clear()


def _serve(socket_path: str, ready: multiprocessing.synchronize.Event) -> None:
    add_images(ForgetfulEngine(socket=socket_path)).start()
    ready.set()
    threading.Event().wait()


@contextlib.contextmanager
def scripted_engine() -> Iterator[str]:
    """Its socket; a process of its own."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="docker-run-bench-") as folder:
        ready = context.Event()
        process = context.Process(target=_serve, args=(f"{folder}/engine.sock", ready), daemon=True)
        process.start()
        try:
            if not ready.wait(READY_TIMEOUT):
                raise TimeoutError("the scripted engine does not start")
            yield f"{folder}/engine.sock"
        finally:
            process.kill()
            process.join()


def measure_leg(bench: Workbench, name: str, server: Server, body: bytes, seconds: float) -> list[Moment]:
    moments: list[Moment] = []

    async def load(callers: Callers) -> None:
        done = 0
        began = callers.now()

        def look() -> None:
            moments.append(Moment(name, callers.now() - began, done, server.figures()))

        look()
        while done < RUNS and (left := seconds - (callers.now() - began)) > 0:
            chunk = min(RUNS - done, RUNS // SAMPLES)
            pause = min(left, seconds / SAMPLES)
            calls = await closed_loop(lambda: callers.run(body), server.workers, pause, chunk)
            done += sum(call.status == 200 for call in calls)
            look()
            bench.progress.say(f"{done} runs with the {name} engine")
            await asyncio.sleep(0)

    calling(server, load)
    return moments


def measure_long_run(bench: Workbench, seconds: float) -> list[Moment]:
    server = bench.server()
    bench.machine.wait_for_quiet()
    moments = measure_leg(bench, "real", server, PROGRAMS["python"].request, seconds * REAL_SHARE)
    body = (
        b'{"image": "%s", "payload": {"stdout": "", "stderr": "", "error": "", "duration": 1}}'
        % ECHO.encode()
    )
    with scripted_engine() as socket_path:
        scripted = Server(bench.binary, socket_path)
        try:
            moments += measure_leg(bench, "scripted", scripted, body, seconds * (1 - REAL_SHARE))
        finally:
            scripted.end()
    return moments
