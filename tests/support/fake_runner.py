"""Programs of the scripted engine that speak the runner's second protocol (code_runner/protocol.hpp)."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

from fake_containers import STDERR, STDOUT, Process, Program, frame
from fake_engine import FakeEngine
from waiting import wait_until

GREETING = b"docker-run/2\n"
LABELLED = {"Entrypoint": ["/usr/local/bin/code_runner"], "Labels": {"docker-run.runner": "2"}}
# What an answer has besides its outputs.
MEMBERS = {
    "error": "",
    "duration": 1000,
    "exitCode": 0,
    "signal": None,
    "stage": "run",
    "status": "ok",
    "truncated": {"stdout": False, "stderr": False},
    "cpuTime": 500,
    "maxMemory": 4096,
}


def runner_frame(kind: str, content: bytes = b"") -> bytes:
    return kind.encode() + struct.pack(">I", len(content)) + content


class Runner:
    """The runner in one container. It speaks whichever protocol the daemon began with.

    `piece`: the largest frame of the engine in which live frames leave.
    """

    def __init__(self, process: Process, piece: int = 32768) -> None:
        self.process = process
        self.piece = piece
        self.sums = {"O": 0, "R": 0}
        self._texts: dict[str, list[bytes]] = {"O": [], "R": []}
        self.is_live = False
        self.payload: Any = None
        self.options: dict[str, Any] = {}
        self._taken = 0  # bytes of stdin

    def receive(self) -> None:
        """Reads the request: the frames of the payload and of what is before it, or all of stdin."""
        begin = self.process.read_some(0)
        self.is_live = begin.startswith(GREETING)
        if self.is_live:
            self._taken = len(GREETING)
            kind, options = self.next_frame()
            assert kind == "Q", kind
            self.options = json.loads(options)
            kind, data = self.next_frame()
            assert kind == "P", kind
        else:
            data = self.process.read_stdin()
        if not self.options.get("interactive"):
            self.process.read_stdin()  # it ends, or the container is killed
        self.payload = json.loads(data) if data else None

    def next_frame(self) -> tuple[str, bytes]:
        """The next frame of stdin; at its end an empty one."""
        head = self._read_exactly(5)
        if len(head) < 5:
            return "", b""
        (length,) = struct.unpack(">I", head[1:])
        return head[:1].decode(), self._read_exactly(length)

    def next_input(self) -> tuple[str, bytes]:
        """The next frame that the caller of an interactive run sends; an end if there is none any more."""
        kind, content = self.next_frame()
        return (kind, content) if kind else ("E", b"")

    def _read_exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := self.process.read_some(self._taken)):
            piece = more[: size - len(data)]
            self._taken += len(piece)
            data += piece
        return data

    def send_live(self, data: bytes) -> None:
        """Bytes on stderr, in frames of the engine of at most `piece` bytes."""
        for begin in range(0, len(data), self.piece):
            self.process.send_raw(frame(STDERR, data[begin : begin + self.piece]))

    def send_sealed(self, data: bytes) -> None:
        """Bytes on stdout."""
        self.process.send_raw(frame(STDOUT, data))

    def accept(self) -> None:
        if self.is_live:
            self.send_live(runner_frame("H"))

    def begin(self, stage: str) -> None:
        self._texts = {"O": [], "R": []}
        if self.is_live:
            self.send_live(runner_frame("G", stage.encode()))

    def print(self, data: bytes, kind: str = "O") -> None:
        """Output of the program, in frames of at most 64 KiB."""
        self._texts[kind].append(data)
        self.sums[kind] += len(data)
        if self.is_live:
            for begin in range(0, len(data), 65536):
                self.send_live(runner_frame(kind, data[begin : begin + 65536]))

    def print_error(self, data: bytes) -> None:
        self.print(data, "R")

    def answer(self, output: int = -1, errors: int = -1, **members: Any) -> None:
        """The result, with the real sums unless others are given."""
        result = MEMBERS | members
        if self.is_live:
            sums = (output if output >= 0 else self.sums["O"], errors if errors >= 0 else self.sums["R"])
            sealed = struct.pack(">QQ", *sums) + json.dumps(result).encode()
            self.send_sealed(runner_frame("A", sealed))
            return
        texts = {
            "stdout": b"".join(self._texts["O"]).decode(errors="replace"),
            "stderr": b"".join(self._texts["R"]).decode(errors="replace"),
        }
        self.process.print(json.dumps(texts | result).encode())

    def fail(self, sentence: str) -> None:
        if self.is_live:
            self.send_sealed(runner_frame("X", sentence.encode()))
        else:
            self.process.print_error(sentence.encode())


Script = Callable[[Runner], None]


def scripted(script: Script, piece: int = 32768) -> Program:
    """A program that reads its request and then does what the script says, and nothing else."""

    def program(process: Process) -> None:
        runner = Runner(process, piece)
        runner.receive()
        script(runner)

    return program


def running(script: Script, piece: int = 32768) -> Program:
    """A program that accepts its request, begins the stage `run`, does what the script says and answers."""

    def whole(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        script(runner)
        runner.answer()

    return scripted(whole, piece)


class Flood:
    """An image that prints `size` bytes, or without an end. `printed` says how many have left so far."""

    def __init__(self, engine: FakeEngine, size: float) -> None:
        self.size = size
        self.printed = 0
        self.image = add_runner(engine, "test/flood", running(self._print))

    def _print(self, runner: Runner) -> None:
        block = b"0123456789abcde\n" * 2048
        while self.printed < self.size and not runner.process.killed.is_set():
            runner.print(block)
            self.printed += len(block)

    def wait_until_held_up(self) -> None:
        """Waits until nobody takes output any more."""
        last = -1

        def stands() -> bool:
            nonlocal last
            before, last = last, self.printed
            return self.printed == before

        wait_until(stands, 20, "the program waits", interval=0.5)
        assert self.printed < self.size


def add_runner(engine: FakeEngine, name: str, program: Program) -> str:
    """Adds an image whose label says that its runner speaks the second protocol."""
    engine.add_image(name, program, **LABELLED)
    return name
