"""Processor time of the whole machine, of the callers and of the daemon."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path

MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Ticks:
    """What all processors did since the machine was started, in ticks of the kernel's clock."""

    spent: int
    idle: int
    stolen: int  # taken by the host of a virtual machine

    @classmethod
    def parse(cls, stat: str) -> Ticks:
        """The first line of /proc/stat, proc(5). The time of guests is a part of user and nice."""
        user, nice, system, idle, waiting, irq, softirq, stolen = (
            int(field) for field in stat.split("\n", 1)[0].split()[1:9]
        )
        return cls(user + nice + system + irq + softirq, idle + waiting, stolen)

    @classmethod
    def now(cls) -> Ticks:
        return cls.parse(Path("/proc/stat").read_text())


@dataclass(frozen=True)
class ProcessorTime:
    """Milliseconds, since any moment that all three have in common."""

    machine: float  # the kernel and every process
    callers: float  # of those, this process
    daemon: float  # of those, the daemon under test; 0 if there is none

    @classmethod
    def now(cls, daemon_ns: int = 0) -> ProcessorTime:
        own = resource.getrusage(resource.RUSAGE_SELF)
        callers = (own.ru_utime + own.ru_stime) * 1e3
        return cls(Ticks.now().spent * MS_PER_TICK, callers, daemon_ns / 1e6)

    def since(self, earlier: ProcessorTime) -> ProcessorTime:
        return ProcessorTime(
            self.machine - earlier.machine, self.callers - earlier.callers, self.daemon - earlier.daemon
        )

    @property
    def service(self) -> float:
        """What the runs cost: the machine's time without that of the callers."""
        return self.machine - self.callers
