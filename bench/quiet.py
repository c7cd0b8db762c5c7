"""Waits until the machine has nothing else to do, so that a sample is not slowed by the one before."""

from __future__ import annotations

import time

from bench.processors import Ticks

WINDOW = 0.06  # seconds; the kernel counts in hundredths
BUSY_SHARE = 0.2
PATIENCE = 6.0  # seconds; the sample is then taken anyway, and marked
SHORT_PATIENCE = 1.0  # seconds, if something else keeps the processors busy


def _is_quiet(before: Ticks, after: Ticks) -> bool:
    idle = after.idle - before.idle
    busy = after.spent + after.stolen - before.spent - before.stolen
    return busy <= BUSY_SHARE * max(1, busy + idle)


class Machine:
    """Remembers whether the last wait was in vain. The next one is then short."""

    def __init__(self) -> None:
        self._patience = PATIENCE

    def wait_for_quiet(self) -> bool:
        """Returns True when the processors have idled for a moment, or False if they have not after some
        seconds."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            before = Ticks.now()
            time.sleep(WINDOW)
            if _is_quiet(before, Ticks.now()):
                self._patience = PATIENCE
                return True
        self._patience = SHORT_PATIENCE
        return False
