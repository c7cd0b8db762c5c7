"""Phase burst: as many runs at the same moment as there are containers that wait."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench.load import Call, Callers, calling
from bench.programs import PROGRAMS
from bench.workbench import Workbench

MAX_ROUNDS = 50
TRAINING_SIZE = 8  # the most containers of one image in the pool, by the shipped settings


@dataclass(frozen=True)
class Burst:
    size: int
    calls: list[Call]


def measure_burst(bench: Workbench, seconds: float) -> list[Burst]:
    program = PROGRAMS["python"]
    server = bench.server()
    bursts: list[Burst] = []

    def fire(size: int) -> list[Call]:
        calls: list[Call] = []

        async def load(callers: Callers) -> None:
            await asyncio.gather(*(callers.root() for _ in range(size)))  # opens the connections
            calls.extend(await asyncio.gather(*(callers.run(program.request) for _ in range(size))))

        calling(server, load)
        return calls

    deadline = time.monotonic() + seconds
    bench.progress.say("the pool learns")
    fire(TRAINING_SIZE)  # the pool keeps as many as it has seen arrive at once
    for number in range(MAX_ROUNDS):
        if number and time.monotonic() >= deadline:
            break
        size = sum(found["Image"] == program.image for found in bench.settled(server.instance_label))
        bench.progress.say(f"burst {number + 1} of {size}")
        if size:
            bursts.append(Burst(size, fire(size)))
    return bursts
