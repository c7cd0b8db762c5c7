"""Callers of interactive runs: the handshake, what they send, and the events that they get."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from answers import read_answer
from daemon_process import Daemon
from fake_containers import Program
from fake_runner import Runner, scripted
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

SUBPROTOCOL = "docker-run.1"
# A daemon that offers interactive runs.
INTERACTIVE = {"RUN_INTERACTIVE_MAX": "4"}

Event = dict[str, Any]


def token_subprotocol(token: str) -> str:
    encoded = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
    return "base64url.bearer.authorization.docker-run." + encoded


def handshake(daemon: Daemon, **changes: str | None) -> bytes:
    """The head of a correct handshake. `changes` replace header fields by name, with `_` for `-`; None leaves
    one out, and a line feed in a value begins a further field of the same name."""
    fields = {
        "Host": "x",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": SUBPROTOCOL,
        "X-Access-Token": daemon.token,
    }
    method = changes.pop("method", None) or "GET"
    version = changes.pop("version", None) or "1.1"
    fields |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{method} /run HTTP/{version}"]
    for name, value in fields.items():
        lines += [f"{name}: {each}" for each in (value or "").split("\n") if value is not None]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Refusal:
    """The response to a handshake that is refused."""

    status: int
    headers: dict[str, str]
    error: str
    message: str


def refusal(daemon: Daemon, **changes: str | None) -> Refusal:
    with daemon.connect() as connection:
        connection.sendall(handshake(daemon, **changes))
        status, headers, body = read_answer(connection)
    error = json.loads(body)
    return Refusal(status, headers, error["error"], error["message"])


def upgrade(daemon: Daemon, more: bytes = b"", **changes: str | None) -> socket.socket:
    """A bare connection after the 101. `more`: bytes that are sent together with the head."""
    connection = daemon.connect()
    connection.sendall(handshake(daemon, **changes) + more)
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    assert head.startswith(b"HTTP/1.1 101 "), head
    return connection


def frame_of(text: str) -> bytes:
    """A text message of a client as one frame, masked with zeros."""
    data = text.encode()
    size = len(data)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + data


def begin_interactive(daemon: Daemon, image: str) -> socket.socket:
    """A run on a bare connection, whose program runs."""
    connection = upgrade(daemon, frame_of(json.dumps({"image": image, "payload": {}})))
    received = b""
    while b'"stage"' not in received:
        received += connection.recv(65536)
    return connection


class InteractiveRun:
    """An interactive run at its caller."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, kind: str, **members: Any) -> None:
        self.connection.send(json.dumps({"type": kind, **members}))

    def type(self, text: str) -> None:
        self.send("stdin", text=text)

    def next_event(self, timeout: float = 30) -> Event:
        event: Event = json.loads(self.connection.recv(timeout))
        return event

    def next_of(self, kind: str, timeout: float = 30) -> Event:
        """The next event of that type; others are skipped."""
        while (event := self.next_event(timeout))["type"] != kind:
            pass
        return event

    def read_output(self, size: int) -> str:
        """The next `size` characters of stdout."""
        text = ""
        while len(text) < size:
            text += self.next_of("stdout")["text"]
        return text

    def rest(self) -> tuple[list[Event], int]:
        """All further events but signs of life, and the code with which the daemon closes."""
        events = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                events.append(self.next_event(60))
        close = self.connection.protocol.close_rcvd
        assert close is not None, "the connection ended without a close"
        return [event for event in events if event["type"] != "alive"], close.code


@contextmanager
def connected(daemon: Daemon, token: str = "", **options: Any) -> Iterator[InteractiveRun]:
    """An accepted WebSocket, before its first message."""
    options.setdefault("additional_headers", {"X-Access-Token": token or daemon.token})
    options.setdefault("subprotocols", [SUBPROTOCOL])
    url = daemon.url.replace("http", "ws", 1) + "/run"
    with connect(url, proxy=None, open_timeout=30, close_timeout=10, **options) as connection:
        yield InteractiveRun(connection)


@contextmanager
def interactive_run(
    daemon: Daemon, image: str, payload: Any = None, token: str = "", **members: Any
) -> Iterator[InteractiveRun]:
    """Begins a run; leaving closes the connection."""
    with connected(daemon, token) as run:
        body = {"image": image, "payload": {} if payload is None else payload, **members}
        run.connection.send(json.dumps(body))
        yield run


Talk = Callable[[Runner], None]


def talking(talk: Talk) -> Program:
    """A program that accepts its interactive request, begins the stage `run`, does what `talk` says and
    answers."""

    def whole(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        talk(runner)
        runner.answer()

    return scripted(whole)


def echo_input(runner: Runner) -> None:
    """Prints its input until it ends."""
    while (received := runner.next_input())[0] == "I":
        runner.print(received[1])


def echo_all(runner: Runner) -> None:
    """Prints every frame of its caller as its type and its content in hexadecimal, until the input ends."""
    kind = ""
    while kind != "E":
        kind, content = runner.next_input()
        runner.print(f"{kind}{content.hex()} ".encode())
