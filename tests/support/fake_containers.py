"""Images and containers of the scripted engine. A program is a function that reads its stdin and prints."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

STDIN, STDOUT, STDERR = 0, 1, 2


def frame(kind: int, data: bytes) -> bytes:
    """A frame of the engine's multiplexed stream."""
    return struct.pack(">BxxxI", kind, len(data)) + data


class Exit(Exception):
    """A program raises it to end with this code."""

    def __init__(self, code: int, oom_killed: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.oom_killed = oom_killed


class Process:
    """A program's view of its container: its stdin, its outputs, and whether it was killed."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.killed = container.killed

    def read_stdin(self) -> bytes:
        """Everything up to the end of stdin."""
        return self.container.read_stdin()

    def read_some(self, begin: int) -> bytes:
        """What stdin has from that position on, at least one byte; nothing at its end."""
        return self.container.read_some(begin)

    def print(self, data: bytes) -> None:
        self.container.send(frame(STDOUT, data))

    def print_error(self, data: bytes) -> None:
        self.container.send(frame(STDERR, data))

    def send_raw(self, data: bytes) -> None:
        """Sends bytes of the stream unchanged: for frames that no engine should send."""
        self.container.send(data)

    def sleep_until_killed(self) -> None:
        self.killed.wait()


Program = Callable[[Process], None]


def echo(process: Process) -> None:
    """Prints the payload."""
    process.print(process.read_stdin() or b"{}")


def printing(output: bytes) -> Program:
    """A program that reads its stdin and prints `output`."""

    def program(process: Process) -> None:
        process.read_stdin()
        process.print(output)

    return program


def taking(seconds: float) -> Program:
    """A program that reads its stdin and prints an empty object after that many seconds."""

    def program(process: Process) -> None:
        process.read_stdin()
        process.killed.wait(seconds)
        process.print(b"{}")

    return program


def answering_after(event: threading.Event) -> Program:
    """A program that reads its stdin and prints its result once the event is set."""

    def program(process: Process) -> None:
        process.read_stdin()
        event.wait()
        process.print(b'{"served":true}')

    return program


def sleeping(process: Process) -> None:
    """Reads its stdin and never ends."""
    process.read_stdin()
    process.sleep_until_killed()


@dataclass
class Image:
    id: str
    program: Program
    config: dict[str, Any]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


@dataclass
class Container:
    id: str
    name: str
    image: Image
    spec: dict[str, Any]
    status: str = "created"
    exit_code: int = 0
    oom_killed: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_at: str = "0001-01-01T00:00:00Z"
    finished_at: str = "0001-01-01T00:00:00Z"
    stdin: bytes = b""

    def __post_init__(self) -> None:
        self.killed = threading.Event()
        self.attached = threading.Event()
        self._stdin_changed = threading.Condition()
        self._stdin_ended = False
        self._send_lock = threading.Lock()
        self._stream: socket.socket | None = None

    @property
    def labels(self) -> dict[str, str]:
        return self.spec.get("Labels") or {}

    def has_label(self, wanted: str) -> bool:
        name, equals, value = wanted.partition("=")
        return name in self.labels and (not equals or self.labels[name] == value)

    def attach(
        self,
        stream: socket.socket,
        answer: Callable[[], None],
        pause: tuple[int, threading.Event] | None = None,
    ) -> None:
        """Answers, then takes stdin from `stream`. The output goes to it until the program ends.

        The stream gets everything that is printed after the answer. `pause`: after so many bytes of stdin
        nothing is taken until the event is set.
        """
        with self._send_lock:
            answer()
            self._stream = stream
        self.attached.set()
        with contextlib.suppress(OSError):
            while data := stream.recv(self._stdin_room(pause)):
                with self._stdin_changed:
                    self.stdin += data
                    self._stdin_changed.notify_all()
        self._end_stdin()
        self.killed.wait()

    def _stdin_room(self, pause: tuple[int, threading.Event] | None) -> int:
        """How many bytes of stdin may be taken now; waits while it is none."""
        if pause is None or pause[1].is_set():
            return 65536
        while (room := pause[0] - len(self.stdin)) <= 0:
            if pause[1].wait(0.1) or self.killed.is_set():
                return 65536
        return room

    def read_stdin(self) -> bytes:
        with self._stdin_changed:
            self._stdin_changed.wait_for(lambda: self._stdin_ended)
        return self.stdin

    def read_some(self, begin: int) -> bytes:
        with self._stdin_changed:
            self._stdin_changed.wait_for(lambda: self._stdin_ended or len(self.stdin) > begin)
        return self.stdin[begin:]

    def _end_stdin(self) -> None:
        with self._stdin_changed:
            self._stdin_ended = True
            self._stdin_changed.notify_all()

    def send(self, data: bytes) -> None:
        with self._send_lock, contextlib.suppress(OSError):
            if self._stream is not None:
                self._stream.sendall(data)

    def start(self) -> bool:
        """Runs the program. Returns False if it runs or has run already."""
        if self.status != "created":
            return False
        self.status, self.started_at = "running", now()
        threading.Thread(target=self._run, daemon=True).start()
        return True

    def kill(self) -> None:
        if self.status == "running":
            self._end(137, False)
        self._close()

    def _run(self) -> None:
        code, oom_killed = 0, False
        try:
            self.image.program(Process(self))
        except Exit as ending:
            code, oom_killed = ending.code, ending.oom_killed
        if self.status == "running":
            self._end(code, oom_killed)
        self._close()

    def _end(self, code: int, oom_killed: bool) -> None:
        self.exit_code, self.oom_killed, self.finished_at = code, oom_killed, now()
        self.status = "exited"

    def _close(self) -> None:
        """The end of the stream, as the engine sends it when a container has ended."""
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.shutdown(socket.SHUT_RDWR)
        self._end_stdin()
        self.killed.set()

    def inspect(self) -> dict[str, Any]:
        return {
            "Id": self.id,
            "Name": "/" + self.name,
            "Image": self.image.id,
            "Created": now(),
            "State": {
                "Status": self.status,
                "Running": self.status == "running",
                "Paused": False,
                "Restarting": False,
                "OOMKilled": self.oom_killed,
                "Dead": False,
                "Pid": 0,
                "ExitCode": self.exit_code,
                "Error": "",
                "StartedAt": self.started_at,
                "FinishedAt": self.finished_at,
            },
            "Config": {"Labels": self.labels, "Image": self.spec.get("Image")},
            "HostConfig": self.spec.get("HostConfig"),
        }

    def summary(self) -> dict[str, Any]:
        return {
            "Id": self.id,
            "Names": ["/" + self.name],
            "Image": self.spec.get("Image"),
            "ImageID": self.image.id,
            "Labels": self.labels,
            "State": self.status,
            "Status": self.status,
            "Created": int(self.created.timestamp()),
        }


def shown(payload: Any) -> bytes:
    """JSON as the tests send it: compact, UTF-8."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
