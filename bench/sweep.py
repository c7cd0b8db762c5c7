"""Phase sweep: throughput, latency and processor time over concurrency, for the daemon and the way of its
predecessor in turn."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.load import throughput
from bench.processors import ProcessorTime
from bench.programs import PROGRAMS, Program
from bench.services import WORKERS, DaemonService, PredecessorService, Service
from bench.workbench import Workbench

PREDECESSOR, OURS, OURS_CRUN = "predecessor's way", "docker-run", "docker-run with crun"
LEVELS = (1, 2, 4, 8, 16)
LEAST_SECONDS = 150.0  # with less time only the level at which every worker is busy, in one round
LEAST_SLOT = 4.0
AROUND = 3.0  # seconds beside each slot: the pool learns, the last runs end, the machine comes to rest
LEARN_TIMEOUT = 60.0
WARM_IN = 0.25  # of a slot: uses up the containers that wait in the pool

MAKERS: dict[str, Callable[[Workbench, Program], Service]] = {
    PREDECESSOR: PredecessorService,
    OURS: DaemonService,
    OURS_CRUN: lambda bench, program: DaemonService(bench, program, DOCKER_CONTAINER_RUNTIME="crun"),
}


@dataclass(frozen=True)
class Slot:
    """A load for some time, from rest to rest. Throughput and latencies without its first part, the rest of
    all of it."""

    who: str
    concurrency: int
    runs_per_second: float
    latencies: list[float]
    runs: int  # that were answered with 200
    failures: int
    spent: ProcessorTime


@contextlib.contextmanager
def serving(bench: Workbench, program: Program, names: list[str]) -> Iterator[dict[str, Service]]:
    """The services that work here. Reports the others."""
    services: dict[str, Service] = {}
    with contextlib.ExitStack() as stack:
        for name in names:
            bench.progress.say(f"{name} begins")
            service = MAKERS[name](bench, program)
            stack.callback(service.close)
            if all(call.status == 200 for call in service.load(1, LEARN_TIMEOUT, count=1)):
                services[name] = service
            else:
                bench.progress.note(f"sweep: {name} left out: its first run failed")
        yield services


def measure_slot(bench: Workbench, name: str, service: Service, concurrency: int, seconds: float) -> Slot:
    # One run each: the pool keeps as many containers as it has seen runs arrive at once.
    service.load(concurrency, LEARN_TIMEOUT, count=concurrency)
    bench.settled(service.label)
    before = ProcessorTime.now(service.daemon_ns())
    calls = service.load(concurrency, seconds)
    bench.settled(service.label)
    spent = ProcessorTime.now(service.daemon_ns()).since(before)
    good = [call for call in calls if call.status == 200]
    counted = seconds * WARM_IN
    return Slot(
        name,
        concurrency,
        throughput(calls, counted, seconds),
        [call.latency for call in good if call.began >= counted],
        len(good),
        len(calls) - len(good),
        spent,
    )


def plan(names: list[str], seconds: float) -> list[tuple[int, str]]:
    """The slots of the phase: level and service. The services take turns, in reverse order every second
    round, since the speed of a machine changes while it is measured."""
    long = seconds >= LEAST_SECONDS
    slots = []
    for number in range(2 if long else 1):
        for level in LEVELS if long else (WORKERS,):
            chosen = [name for name in names if name != OURS_CRUN or level == WORKERS]
            slots += [(level, name) for name in (chosen if number % 2 == 0 else reversed(chosen))]
    return slots


def measure_sweep(bench: Workbench, seconds: float) -> list[Slot]:
    has_crun = "crun" in bench.engine.info().get("Runtimes", {})
    names = [name for name in MAKERS if name != OURS_CRUN or has_crun]
    deadline = time.monotonic() + seconds
    slots = []
    with serving(bench, PROGRAMS["python"], names) as services:
        planned = plan(list(services), seconds)
        for number, (level, name) in enumerate(planned):
            left = (deadline - time.monotonic()) / (len(planned) - number)
            each = max(LEAST_SLOT, left - AROUND)
            bench.progress.say(f"{name}, {level} at once, {each:.0f} s")
            slots.append(measure_slot(bench, name, services[name], level, each))
    return slots
