"""A contender of the latency table runs a program once and reports how long the caller waited."""

from __future__ import annotations

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from bench.programs import Program
from bench.workbench import Workbench


def milliseconds() -> float:
    return time.perf_counter_ns() / 1e6


@dataclass(frozen=True)
class Measurement:
    """Times in milliseconds. A time that a contender cannot measure is None."""

    total: float
    duration: float | None = None  # of the program itself, as the runner reports it
    container: float | None = None  # until there is a container that runs and is attached
    talk: float | None = None  # from the payload to the complete response
    pool_hit: bool | None = None


class Contender(ABC):
    """For one program. prepare and clean_up are not measured."""

    def __init__(self, bench: Workbench, program: Program) -> None:
        self.bench = bench
        self.program = program

    def prepare(self) -> None:  # noqa: B027
        pass

    @abstractmethod
    def measure(self) -> Measurement: ...

    def clean_up(self) -> None:  # noqa: B027
        pass

    def close(self) -> None:  # noqa: B027
        pass


@contextlib.contextmanager
def cleaned_up(contender: Contender) -> Iterator[None]:
    try:
        yield
    finally:
        contender.clean_up()
