"""The contenders of the latency table: each runs a program once and says how long the caller waited."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.engine_calls import Stream
from bench.programs import GREETING, Program, WrongAnswer, duration_of
from bench.raw_http import Connection
from bench.workbench import Workbench
from waiting import wait_until

COMMAND_TIMEOUT = 60.0  # seconds
SERVER_TIMING = re.compile(r"(queue|acquire|run);dur=([0-9.]+)")


def milliseconds() -> float:
    return time.perf_counter_ns() / 1e6


@dataclass(frozen=True)
class Measurement:
    """Milliseconds. What a contender can't tell is None."""

    total: float
    duration: float | None = None  # of the program itself, as the runner reports it
    container: float | None = None  # until there is a container that runs and is attached
    talk: float | None = None  # from the payload to the complete answer
    pool_hit: bool | None = None


class Contender(ABC):
    """For one program. prepare and clean_up are not measured."""

    def __init__(self, bench: Workbench, program: Program) -> None:
        self.bench = bench
        self.program = program

    def prepare(self) -> None:  # noqa: B027
        pass

    @abstractmethod
    def measure(self) -> Measurement: ...

    def clean_up(self) -> None:  # noqa: B027
        pass

    def close(self) -> None:  # noqa: B027
        pass


class Ours(Contender):
    """The daemon, over HTTP on a kept connection."""

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
        self._connection.exchange(self._request)  # the first run of an image tells the pool that it is wanted

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


class FloorCold(Contender):
    """The engine's own time: the same create call as the daemon's, nothing in between."""

    def __init__(self, bench: Workbench, program: Program) -> None:
        super().__init__(bench, program)
        self._container = ""
        self._stream: Stream | None = None

    def measure(self) -> Measurement:
        body = self.bench.create_body(self.program, warm=False)
        began = milliseconds()
        self._bring_up(body)
        ready = milliseconds()
        answer = self._talk()
        ended = milliseconds()
        return Measurement(ended - began, duration_of(answer), ready - began, ended - ready)

    def clean_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self._container:
            self.bench.engine.remove(self._container)
            self._container = ""

    def close(self) -> None:
        self.clean_up()

    def _bring_up(self, body: bytes) -> Stream:
        engine = self.bench.engine
        self._container = engine.create(body)
        self._stream = engine.attach(self._container)
        engine.start(self._container)
        return self._stream

    def _talk(self) -> bytes:
        assert self._stream is not None
        return self._stream.talk(self.program.payload)


class FloorWarm(FloorCold):
    """A container that is started and attached already."""

    def prepare(self) -> None:
        self._bring_up(self.bench.create_body(self.program, warm=True))

    def measure(self) -> Measurement:
        began = milliseconds()
        answer = self._talk()
        total = milliseconds() - began
        return Measurement(total, duration_of(answer), 0.0, total)


class BareExec(FloorCold):
    """A shell in a running container that starts the program by hand, once a line of its stdin."""

    MARK = b"\nended\n"

    def prepare(self) -> None:
        if self._stream is not None:
            return
        loop = f"while read -r go; do {{ {self.program.shell}; }} </dev/null 2>&1; printf '\\nended\\n'; done"
        heredoc = f"cd /home/glot; cat >{self.program.file} <<'END'\n{self.program.source}END\n{loop}"
        changes: dict[str, Any] = {"Entrypoint": ["/bin/sh", "-c", heredoc]}
        self._bring_up(self.bench.create_body(self.program, warm=False, **changes)).line(b"go", self.MARK)

    def measure(self) -> Measurement:
        assert self._stream is not None
        began = milliseconds()
        printed = self._stream.line(b"go", self.MARK)
        total = milliseconds() - began
        if printed.strip() != GREETING.encode():
            raise WrongAnswer(repr(printed[:300]))
        return Measurement(total)

    def clean_up(self) -> None:
        pass

    def close(self) -> None:
        super().clean_up()


class DockerRun(Contender):
    """The CLI with the limits that it has options for, until it ends: its caller goes on no earlier."""

    def __init__(self, bench: Workbench, program: Program) -> None:
        super().__init__(bench, program)
        options = (
            "--rm -i --network none --log-driver none --read-only --cap-drop ALL "
            "--security-opt no-new-privileges --tmpfs /tmp --tmpfs /home/glot:rw,exec,mode=1777 "
            "--memory 512m --pids-limit 256"
        )
        self._command = [
            "docker",
            "-H",
            f"unix://{bench.engine_socket}",
            "run",
            *options.split(),
            program.image,
        ]

    def measure(self) -> Measurement:
        with tempfile.TemporaryFile() as payload:
            payload.write(self.program.payload)
            payload.seek(0)
            began = milliseconds()
            done = subprocess.run(self._command, stdin=payload, capture_output=True, timeout=COMMAND_TIMEOUT)
            total = milliseconds() - began
        if done.returncode:
            raise WrongAnswer(done.stderr.decode(errors="replace")[:300])
        return Measurement(total, duration_of(done.stdout))


@dataclass(frozen=True)
class Kind:
    """`title` stands in tables and plots; `runtime` is what the engine must have; `everywhere`: in every
    language, not in the first alone."""

    make: Callable[[Workbench, Program], Contender]
    title: str
    runtime: str = ""
    everywhere: bool = True


KINDS = {
    "warm": Kind(OursWarm, "docker-run, warm"),
    "cold": Kind(OursCold, "docker-run, cold"),
    "floor-warm": Kind(FloorWarm, "engine's floor, warm"),
    "floor-cold": Kind(FloorCold, "engine's floor, cold"),
    "docker-cli": Kind(DockerRun, "`docker run --rm -i`"),
    "exec": Kind(BareExec, "bare exec in a running container"),
    "warm-no-prestart": Kind(OursWarmBare, "docker-run, warm, nothing prestarted"),
    "crun-warm": Kind(CrunWarm, "docker-run with crun, warm", "crun", False),
    "crun-cold": Kind(CrunCold, "docker-run with crun, cold", "crun", False),
    "gvisor-warm": Kind(GvisorWarm, "docker-run with gVisor, warm", "runsc", False),
    "gvisor-cold": Kind(GvisorCold, "docker-run with gVisor, cold", "runsc", False),
}


@contextlib.contextmanager
def cleaned_up(contender: Contender) -> Any:
    try:
        yield
    finally:
        contender.clean_up()
