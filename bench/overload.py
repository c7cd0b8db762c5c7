"""Phase overload: ten times as many runs as the daemon can execute, and `GET /` at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bench.load import Call, Callers, calling, closed_loop, open_loop, throughput
from bench.programs import PROGRAMS
from bench.workbench import Workbench

FACTOR = 10
PROBES_PER_SECOND = 25.0
MAX_RATE = 1000.0
MAX_COUNT = 10_000
WARM_IN = 0.2  # of each leg


@dataclass(frozen=True)
class Overload:
    capacity: float  # runs a second with as many callers as workers, before and after
    goodput: float  # successful runs a second under overload
    rate: float  # runs a second that were sent
    runs: list[Call]
    roots: list[Call]  # GET /


def measure_overload(bench: Workbench, seconds: float) -> Overload:
    body = PROGRAMS["python"].request
    server = bench.server()
    leg = seconds / 4
    capacities: list[float] = []

    async def capacity(callers: Callers) -> None:
        began = callers.now()
        calls = await closed_loop(lambda: callers.run(body), server.workers, leg, MAX_COUNT)
        capacities.append(throughput(calls, began + leg * WARM_IN, began + leg))

    runs: list[Call] = []
    roots: list[Call] = []

    async def overload(callers: Callers) -> None:
        flood = open_loop(lambda: callers.run(body), rate, 2 * leg)
        probes = open_loop(callers.root, PROBES_PER_SECOND, 2 * leg)
        for kept, calls in zip((runs, roots), await asyncio.gather(flood, probes), strict=True):
            kept.extend(calls)

    bench.progress.say("capacity")
    bench.machine.wait_for_quiet()
    calling(server, capacity)
    rate = min(MAX_RATE, max(1.0, FACTOR * capacities[0]))
    bench.progress.say(f"{rate:.0f} runs a second")
    calling(server, overload)
    bench.progress.say("capacity")
    calling(server, capacity)
    goodput = throughput(runs, 2 * leg * WARM_IN, 2 * leg)
    return Overload(sum(capacities) / len(capacities), goodput, rate, runs, roots)
