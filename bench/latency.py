"""Phase latency: all contenders in turn, in a new order each round, one program at a time."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.contender import Contender, Measurement, cleaned_up
from bench.contenders import KINDS
from bench.engine_calls import EngineRefused
from bench.programs import PROGRAMS, Program, WrongAnswer
from bench.raw_http import Broken
from bench.workbench import Workbench

MAX_ROUNDS = 300
SEED = 20  # of the random orders, so that every measurement has the same
FAULTS = (WrongAnswer, EngineRefused, Broken, OSError, AssertionError)


@dataclass(frozen=True)
class Sample:
    language: str
    contender: str
    round: int
    quiet: bool
    measured: Measurement


@contextlib.contextmanager
def made(bench: Workbench, program: Program, names: list[str]) -> Iterator[dict[str, Contender]]:
    """The contenders that work with this program. Each has answered once. Reports the others as missing."""
    contenders: dict[str, Contender] = {}
    try:
        for name in names:
            bench.progress.say(f"{program.language}, {KINDS[name].title} begins")
            try:
                contender = KINDS[name].make(bench, program)
                contenders[name] = contender
                with cleaned_up(contender):
                    contender.prepare()
                    contender.measure()
            except FAULTS as fault:
                bench.progress.note(f"{program.language}: {KINDS[name].title} left out: {fault}")
                contenders.pop(name).close() if name in contenders else None
        yield contenders
    finally:
        for contender in contenders.values():
            contender.close()


def measure(contender: Contender) -> tuple[bool, Measurement]:
    with cleaned_up(contender):
        contender.prepare()
        quiet = contender.bench.machine.wait_for_quiet()
        return quiet, contender.measure()


def measure_language(bench: Workbench, program: Program, names: list[str], seconds: float) -> list[Sample]:
    samples: list[Sample] = []
    order = random.Random(SEED)
    deadline = time.monotonic() + seconds
    with made(bench, program, names) as contenders:
        for number in range(MAX_ROUNDS):
            if number and time.monotonic() >= deadline:
                break
            for name in order.sample(sorted(contenders), len(contenders)):
                bench.progress.say(f"{program.language}, round {number + 1}, {KINDS[name].title}")
                try:
                    quiet, measured = measure(contenders[name])
                except FAULTS as fault:
                    bench.progress.note(f"{program.language}: {KINDS[name].title}: {fault}")
                    continue
                samples.append(Sample(program.language, name, number + 1, quiet, measured))
    return samples


def measure_latency(
    bench: Workbench, languages: list[str], contenders: list[str], seconds: float
) -> list[Sample]:
    runtimes = bench.engine.info().get("Runtimes", {})
    installed = [name for name in contenders if not KINDS[name].runtime or KINDS[name].runtime in runtimes]
    shares = sum(PROGRAMS[language].share for language in languages)
    samples: list[Sample] = []
    for language in languages:
        program = PROGRAMS[language]
        names = [name for name in installed if KINDS[name].main or language == languages[0]]
        samples += measure_language(bench, program, names, seconds * program.share / shares)
    return samples
