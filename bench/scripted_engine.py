"""Images of the scripted engine that the shipped policy grants, and that count as ours."""

from __future__ import annotations

from fake_containers import echo
from fake_engine import FakeEngine
from fake_runner import LABELLED, Runner, running

ECHO = "docker-run/echo"  # prints its payload
READER = "docker-run/reader"  # an interactive program that waits for its first input
OURS = {"Entrypoint": ["/usr/local/bin/code_runner"], "Labels": {"docker-run.runner": "1"}}


def read_once(runner: Runner) -> None:
    runner.next_input()


def add_images(engine: FakeEngine) -> FakeEngine:
    engine.add_image(ECHO, echo, **OURS)
    engine.add_image(READER, running(read_once), **LABELLED)
    return engine
