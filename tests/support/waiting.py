"""Waits with a deadline: the only way in which these tests wait for something that sends no event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float, what: str, interval: float = 0.01) -> T:
    """Calls `condition` until it returns a true value, and returns that value. Raises AssertionError naming
    `what` after `timeout` s."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {timeout:g} s: {what} (last: {value!r})")
        pause.wait(interval)


@contextmanager
def at_most(seconds: float, what: str) -> Iterator[None]:
    """Raises AssertionError naming `what` if the block takes longer. This is no benchmark: `seconds` is
    either a promised time, or it lies between the time on a busy machine with a sanitizer and the time that
    the fault in question causes.
    """
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < seconds, f"{what}: it took {took:.1f} s"
