"""Waiting with a deadline: the only way in which these tests wait for something that sends no event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float, what: str, interval: float = 0.01) -> T:
    """Asks `condition` until it is true; returns what it said. AssertionError naming `what` after `timeout`
    s."""
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
    """The block takes no longer; AssertionError naming `what` otherwise. No benchmark: `seconds` is what is
    promised, or lies between what a busy machine takes with a sanitizer and what the fault in question takes.
    """
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < seconds, f"{what}: it took {took:.1f} s"
