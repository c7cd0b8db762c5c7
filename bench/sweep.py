"""Phase sweep: throughput and latency over concurrency, for the daemon and a bare loop in turn."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import partial

from bench.engine_calls import Engine
from bench.load import Call, Callers, calling, closed_loop, throughput
from bench.programs import PROGRAMS, Program
from bench.workbench import Workbench

LEVELS = (1, 2, 4, 8, 16)
FEW_LEVELS = (2, 8)
LEAST_SECONDS = 16.0  # for each contender at each level; with less time only FEW_LEVELS are measured
LEAST_SLICE = 2.0
RUN_OUT = 1.5  # seconds after a slice, for the runs that it has started
WARM_IN = 0.25  # of a slice: uses up the containers that wait in the pool
MAX_COUNT = 10_000


@dataclass(frozen=True)
class Slice:
    """A load for some time. `who`: "docker-run" or "bare loop"."""

    who: str
    concurrency: int
    runs_per_second: float
    latencies: list[float]
    failures: int


def bare_loop(bench: Workbench, program: Program, concurrency: int, seconds: float) -> list[Call]:
    """Create, attach, start, payload, response, remove: again and again, on each of that many threads."""
    calls: list[Call] = []
    origin = time.perf_counter()

    def cycle(engine: Engine) -> Call:
        body = bench.create_body(program, warm=False)
        began = time.perf_counter()
        container = engine.create(body)
        stream = engine.attach(container)
        engine.start(container)
        stream.talk(program.payload)
        latency = (time.perf_counter() - began) * 1e3
        stream.close()
        engine.remove(container)
        # Counts when the next run can begin: the removal is a part of the loop.
        return Call(time.perf_counter() - origin - latency / 1e3, latency, 200, False)

    def loop() -> None:
        engine = Engine(bench.engine_socket)
        while time.perf_counter() - origin < seconds and len(calls) < MAX_COUNT:
            calls.append(cycle(engine))
        engine.close()

    threads = [threading.Thread(target=loop, daemon=True) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 120)
    return calls


def ours(bench: Workbench, program: Program, concurrency: int, seconds: float) -> list[Call]:
    server = bench.server(SERVER_WORKER_THREADS=str(LEVELS[-1]))
    calls: list[Call] = []

    async def load(callers: Callers) -> None:
        run = partial(callers.run, program.request)
        calls.extend(await closed_loop(run, concurrency, seconds, MAX_COUNT))

    calling(server, load)
    return calls


CONTENDERS = {"docker-run": ours, "bare loop": bare_loop}


def measure_sweep(bench: Workbench, seconds: float) -> list[Slice]:
    program = PROGRAMS["python"]
    long = seconds >= LEAST_SECONDS * len(LEVELS) * len(CONTENDERS)
    levels, rounds = (LEVELS, 2) if long else (FEW_LEVELS, 1)
    each = max(LEAST_SLICE, seconds / (len(levels) * len(CONTENDERS) * rounds) - RUN_OUT)
    slices = []
    for number in range(rounds):
        for level in levels:
            names = list(CONTENDERS) if number % 2 == 0 else list(reversed(CONTENDERS))
            for name in names:
                bench.progress.say(f"{name}, {level} at once, {each:.0f} s")
                bench.machine.wait_for_quiet()
                calls = CONTENDERS[name](bench, program, level, each)
                good = [call.latency for call in calls if call.status == 200]
                rate = throughput(calls, each * WARM_IN, each)
                slices.append(Slice(name, level, rate, good, len(calls) - len(good)))
    return slices
