"""Interactive runs for the tests: how they begin."""

from __future__ import annotations

from typing import Any

from live import LiveRun, task
from places import InContainer, PlainProcess

TERMINAL = {"rows": 24, "columns": 80}


LIMITS = {"TIME_LIMIT_MS": 50_000}


def begin(place: PlainProcess | InContainer, request: dict[str, Any], **options: object) -> LiveRun:
    run = LiveRun(place.start(**LIMITS))
    run.write(task(request, interactive=True, **options))
    assert run.read() == ("H", b"")
    return run
