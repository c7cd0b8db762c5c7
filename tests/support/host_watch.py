"""Watches the host from outside of the containers while hostile programs run."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType


def available_memory() -> int:
    """Bytes that programs can still get without swapping."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


def memory_of_containers() -> int:
    """Bytes that the kernel charges to the group of all of Docker's containers, with cgroup v1 or v2.

    The driver cgroupfs makes this group with the first container.
    """
    groups = [
        Path("/sys/fs/cgroup/memory/docker/memory.usage_in_bytes"),
        Path("/sys/fs/cgroup/docker/memory.current"),
    ]
    return next(int(group.read_text()) for group in groups if group.exists())


def free_disk(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def count_processes() -> int:
    return sum(entry.isdigit() for entry in os.listdir("/proc"))


class HostWatch:
    """Samples the host every 20 ms while it is entered. It reports the use at the worst moment, compared with
    the beginning. Other programs work on the host too, so limits in tests need a wide margin.

    `folder` is on the file system on which the engine keeps everything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.memory_taken = self.disk_taken = self.processes_taken = 0

    def __enter__(self) -> HostWatch:
        self._memory, self._disk, self._processes = self._sample()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> tuple[int, int, int]:
        return available_memory(), free_disk(self._folder), count_processes()

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            memory, disk, processes = self._sample()
            self.memory_taken = max(self.memory_taken, self._memory - memory)
            self.disk_taken = max(self.disk_taken, self._disk - disk)
            self.processes_taken = max(self.processes_taken, processes - self._processes)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
