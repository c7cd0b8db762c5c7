"""The create call that the engine's floor repeats."""

from __future__ import annotations

from pathlib import Path

from bench.daemons import sent_create_body


def test_the_floor_knows_the_daemons_create_call_with_and_without_an_early_start(binary: Path) -> None:
    warm, cold = (sent_create_body(binary, POOL_ENABLED=enabled) for enabled in ("true", "false"))
    assert "CODE_RUNNER_PRESTART=1" in warm["Env"]
    assert "CODE_RUNNER_PRESTART=0" in cold["Env"]


def test_the_create_call_is_that_of_an_image_with_our_runner(binary: Path) -> None:
    """Which has a user of its own, and not the one that the settings name."""
    assert sent_create_body(binary, POOL_ENABLED="false")["User"].partition(":")[0].isdigit()
