"""How much memory of the daemon a test may take."""

from __future__ import annotations

import os

from daemon_process import Daemon


def assert_grown_by_at_most(daemon: Daemon, before: int, size: int) -> None:
    """`before`: its resident bytes then. A sanitizer keeps memory that was freed, so it is not judged."""
    if b"san" not in os.fsencode(daemon.binary):
        assert daemon.resident_bytes() - before <= size
