"""Who serves the callers of the sweep: the daemon, or the way of working of its predecessor."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

from bench.engine_calls import LABEL, Engine, EngineRefused
from bench.load import Call, Callers, calling, closed_loop, first_at_the_processor
from bench.programs import Program
from bench.raw_http import Broken
from bench.workbench import Workbench

WORKERS = 4  # of both
MAX_COUNT = 10_000


class Service(ABC):
    """Runs one program for any number of callers, at most WORKERS runs at once."""

    label: str  # of its containers

    @abstractmethod
    def load(self, concurrency: int, seconds: float, count: int = MAX_COUNT) -> list[Call]:
        """So many callers, each with its next run as soon as it has an answer; at most `count` runs."""

    def daemon_ns(self) -> int:
        """Processor time of its own process; 0 if it has none."""
        return 0

    def close(self) -> None:  # noqa: B027
        pass


class DaemonService(Service):
    """The daemon. It keeps its waiting containers from one load to the next."""

    def __init__(self, bench: Workbench, program: Program, **settings: str) -> None:
        self._server = bench.server(SERVER_WORKER_THREADS=str(WORKERS), **settings)
        self._program = program
        self.label = self._server.instance_label

    def load(self, concurrency: int, seconds: float, count: int = MAX_COUNT) -> list[Call]:
        calls: list[Call] = []

        async def load(callers: Callers) -> None:
            run = partial(callers.run, self._program.request)
            calls.extend(await closed_loop(run, concurrency, seconds, count))

        calling(self._server, load)
        return calls

    def daemon_ns(self) -> int:
        return self._server.figures().cpu_ns


class PredecessorService(Service):
    """docker-run 1.5 as the engine sees it: create, attach, start, payload, the stream to its end, remove,
    and only then the answer. Each worker is a thread that does nothing but the engine's calls, and further
    callers wait in line. The create call is that of the daemon without a pool."""

    label = LABEL

    def __init__(self, bench: Workbench, program: Program) -> None:
        self._bench = bench
        self._program = program
        self._threads = ThreadPoolExecutor(WORKERS)
        self._engines: SimpleQueue[Engine] = SimpleQueue()
        for _ in range(WORKERS):
            self._engines.put(Engine(bench.engine_socket))

    def load(self, concurrency: int, seconds: float, count: int = MAX_COUNT) -> list[Call]:
        body = self._bench.create_body(self._program, warm=False)
        origin = time.perf_counter()

        async def run() -> Call:
            began = time.perf_counter()
            status = await asyncio.get_running_loop().run_in_executor(self._threads, self._serve, body)
            return Call(began - origin, (time.perf_counter() - began) * 1e3, status, False)

        with first_at_the_processor():  # the callers, as they are with the daemon; not the threads
            return asyncio.run(closed_loop(run, concurrency, seconds, count))

    def close(self) -> None:
        self._threads.shutdown()
        while not self._engines.empty():
            self._engines.get().close()

    def _serve(self, body: bytes) -> int:
        """The status of the answer; 0 if there is none."""
        engine = self._engines.get()
        try:
            container = engine.create(body)
            try:
                with contextlib.closing(engine.attach(container)) as stream:
                    engine.start(container)
                    stream.talk(self._program.payload)
                    stream.read_to_end()
            finally:
                engine.remove(container)
            return 200
        except (EngineRefused, Broken, OSError):
            return 0
        finally:
            self._engines.put(engine)
