"""The daemon as a contender: with a waiting container, without one, and with other runtimes."""

from __future__ import annotations

import re
from typing import ClassVar

from waiting import wait_until

from bench.contender import Contender, Measurement, milliseconds
from bench.programs import Program, WrongAnswer, duration_of
from bench.raw_http import Connection
from bench.workbench import Workbench

SERVER_TIMING = re.compile(r"(queue|acquire|run);dur=([0-9.]+)")


class Ours(Contender):
    """The daemon, over HTTP on a connection that is kept."""

    settings: ClassVar[dict[str, str]] = {}

    def __init__(self, bench: Workbench, program: Program) -> None:
        super().__init__(bench, program)
        self._server = bench.server(**self.settings)
        self._label = self._server.instance_label
        self._connection = Connection(self._server.address)
        self._request = self._server.run_request(program.request)

    def prepare(self) -> None:
        self._connection.open()

    def measure(self) -> Measurement:
        began = milliseconds()
        answer = self._connection.exchange(self._request)
        total = milliseconds() - began
        if answer.status != 200:
            raise WrongAnswer(f"{answer.status} {answer.body[:300].decode(errors='replace')}")
        timing = answer.headers.get("server-timing", "")
        parts = {name: float(value) for name, value in SERVER_TIMING.findall(timing)}
        return Measurement(
            total,
            duration_of(answer.body),
            parts["queue"] + parts["acquire"],
            parts["run"],
            "desc=hit" in timing,
        )

    def close(self) -> None:
        self._connection.close()


class OursCold(Ours):
    settings: ClassVar[dict[str, str]] = {"POOL_ENABLED": "false"}

    def clean_up(self) -> None:
        wait_until(lambda: not self.bench.engine.containers(self._label), 10, "the container is removed")


class OursWarm(Ours):
    def __init__(self, bench: Workbench, program: Program) -> None:
        super().__init__(bench, program)
        self._connection.exchange(self._request)  # the pool keeps containers only after a first run

    def prepare(self) -> None:
        super().prepare()
        seen: list[str] = []

        def settled() -> bool:
            nonlocal seen
            containers = self.bench.engine.containers(self._label)
            ids = sorted(found["Id"] for found in containers)
            same, seen = ids == seen, ids
            mine = any(found["Image"] == self.program.image for found in containers)
            return same and mine and all(found["State"] == "running" for found in containers)

        wait_until(settled, 20, "a container of ours waits", interval=0.02)


class OursWarmBare(OursWarm):
    settings: ClassVar[dict[str, str]] = {"POOL_PRESTART": "false"}


class CrunWarm(OursWarm):
    settings: ClassVar[dict[str, str]] = {"DOCKER_CONTAINER_RUNTIME": "crun"}


class CrunCold(OursCold):
    settings: ClassVar[dict[str, str]] = {"DOCKER_CONTAINER_RUNTIME": "crun", "POOL_ENABLED": "false"}


class GvisorWarm(OursWarm):
    settings: ClassVar[dict[str, str]] = {"DOCKER_CONTAINER_RUNTIME": "runsc"}


class GvisorCold(OursCold):
    settings: ClassVar[dict[str, str]] = {"DOCKER_CONTAINER_RUNTIME": "runsc", "POOL_ENABLED": "false"}
