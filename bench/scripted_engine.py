"""An image of the scripted engine that the shipped policy grants, and that counts as one of ours."""

from __future__ import annotations

from fake_containers import echo
from fake_engine import FakeEngine

ECHO = "docker-run/echo"  # prints its payload
OURS = {"Entrypoint": ["/usr/local/bin/code_runner"], "Labels": {"docker-run.runner": "1"}}


def add_echo(engine: FakeEngine) -> FakeEngine:
    engine.add_image(ECHO, echo, **OURS)
    return engine
