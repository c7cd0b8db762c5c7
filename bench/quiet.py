"""Waits until the machine has nothing else to do, so that a sample is not slowed by the one before."""

from __future__ import annotations

import time
from pathlib import Path

WINDOW = 0.06  # seconds; the kernel counts in hundredths
BUSY_SHARE = 0.2
PATIENCE = 6.0  # seconds; the sample is then taken anyway, and marked
SHORT_PATIENCE = 1.0  # seconds, if something else keeps the processors busy


def _busy_and_total() -> tuple[int, int]:
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    total = sum(fields)
    return total - fields[3] - fields[4], total


class Machine:
    """Remembers whether the last wait was in vain. The next one is then short."""

    def __init__(self) -> None:
        self._patience = PATIENCE

    def wait_for_quiet(self) -> bool:
        """Returns True when the processors have idled for a moment, or False if they have not after some
        seconds."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            busy_before, total_before = _busy_and_total()
            time.sleep(WINDOW)
            busy, total = _busy_and_total()
            if busy - busy_before <= BUSY_SHARE * max(1, total - total_before):
                self._patience = PATIENCE
                return True
        self._patience = SHORT_PATIENCE
        return False
