"""The contenders other than the daemon: the engine alone, a bare exec, the engine's command line."""

from __future__ import annotations

import subprocess
import tempfile
from typing import Any, ClassVar

from bench.contender import Contender, Measurement, milliseconds
from bench.engine_calls import Stream
from bench.programs import GREETING, Program, WrongAnswer, duration_of
from bench.workbench import Workbench

COMMAND_TIMEOUT = 60.0  # seconds


class FloorCold(Contender):
    """The engine's own time: the same create call as the daemon's, without a daemon in between."""

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
        try:
            if self._stream is not None:
                self._stream.read_to_end()
        finally:
            self.close()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self._container:
            self.bench.engine.remove(self._container)
            self._container = ""

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
    """The same with a container that is already started and attached."""

    early: ClassVar[bool] = True  # its recipe may start programs before the payload

    def prepare(self) -> None:
        self._bring_up(self.bench.create_body(self.program, warm=self.early))

    def measure(self) -> Measurement:
        began = milliseconds()
        answer = self._talk()
        total = milliseconds() - began
        return Measurement(total, duration_of(answer), 0.0, total)


class FloorWarmBare(FloorWarm):
    early: ClassVar[bool] = False


class BareExec(FloorCold):
    """A shell in a running container that starts the program directly, once for each line of its stdin."""

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


class DockerRun(Contender):
    """The CLI with the limits that it has options for, until the CLI ends, because its caller cannot continue
    earlier."""

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
