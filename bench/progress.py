"""Shows the current phase and the remaining time on the terminal."""

from __future__ import annotations

import sys
import time

LINE_EVERY = 10.0  # seconds, if the output is not a terminal


class Progress:
    """Knows the time that each phase may take, in order."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._planned = dict(seconds)
        self._terminal = sys.stderr.isatty()
        self._phase = ""
        self._began = 0.0
        self._said = 0.0

    def begin(self, phase: str) -> None:
        self._phase, self._began, self._said = phase, time.monotonic(), 0.0
        self.say("begins")

    def say(self, text: str) -> None:
        now = time.monotonic()
        rest = self._planned.get(self._phase, 0.0) - (now - self._began)
        order = list(self._planned)
        later = order[order.index(self._phase) + 1 :] if self._phase in order else order
        left = max(0.0, rest) + sum(self._planned[name] for name in later)
        line = f"{self._phase}: {text}; about {int(left) // 60} min {int(left) % 60:02d} s left"
        if self._terminal:
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif now - self._said >= LINE_EVERY:
            self._said = now
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr)
        print(f"{self._phase}: done in {time.monotonic() - self._began:.0f} s", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """Prints a line that stays."""
        print(("\r\033[K" if self._terminal else "") + text, file=sys.stderr, flush=True)
