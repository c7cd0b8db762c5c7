"""The engine calls of one run over the raw socket: the least that a run can cost."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import struct
import time
from typing import Any

from bench.raw_http import MAX_ANSWER, Answer, Broken, Connection, connect, request_bytes

STDOUT = 1
LABEL = "docker-run.bench"


class EngineRefused(Exception):
    """The engine answered a call with an error."""


class Stream:
    """The attached stdin and stdout of a container."""

    def __init__(self, socket_path: str, container: str) -> None:
        target = f"/containers/{container}/attach?stream=1&stdin=1&stdout=1&stderr=1&detachKeys="
        self._socket = connect(socket_path)
        self._socket.sendall(request_bytes("POST", target, {"Connection": "Upgrade", "Upgrade": "tcp"}))
        self._buffer = b""
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if head.split()[1] not in (b"101", b"200"):
            raise EngineRefused(f"attach: {head[:200]!r}")

    def talk(self, payload: bytes) -> bytes:
        """Sends the payload and the end of stdin; returns the JSON object of stdout when it is complete."""
        self._socket.sendall(payload)
        self._socket.shutdown(socket.SHUT_WR)
        printed = b""
        while True:
            kind, data = self._frame()
            printed += data if kind == STDOUT else b""
            if printed.rstrip().endswith(b"}"):
                with contextlib.suppress(ValueError):
                    json.loads(printed)
                    return printed

    def read_to_end(self) -> None:
        """Returns when the engine ends the stream, which it does when the container has ended. Drops the rest
        of the output."""
        while self._socket.recv(65536):
            pass

    def rate_to_end(self) -> float:
        """Bytes a second, from the first to the end of the stream. Drops them."""
        size = len(self._buffer or self._socket.recv(65536))
        began = time.perf_counter()
        while received := self._socket.recv(1 << 20):
            size += len(received)
        return size / (time.perf_counter() - began)

    def line(self, text: bytes, mark: bytes) -> bytes:
        """Sends a line and returns the text on stdout up to the mark."""
        self._socket.sendall(text + b"\n")
        printed = b""
        while mark not in printed:
            kind, data = self._frame()
            printed += data if kind == STDOUT else b""
        return printed.partition(mark)[0]

    def close(self) -> None:
        self._socket.close()

    def _frame(self) -> tuple[int, bytes]:
        while len(self._buffer) < 8:
            self._receive()
        kind, length = struct.unpack(">BxxxI", self._buffer[:8])
        while len(self._buffer) < 8 + length:
            self._receive()
        data, self._buffer = self._buffer[8 : 8 + length], self._buffer[8 + length :]
        return kind, data

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        if not received or len(self._buffer) > MAX_ANSWER:
            raise Broken(f"the stream ended after {self._buffer[:200]!r}")
        self._buffer += received


class Engine:
    """Calls on a connection that is kept. Not for two threads at the same time."""

    def __init__(self, socket_path: str) -> None:
        self.socket = socket_path
        self._connection = Connection(socket_path)

    def close(self) -> None:
        self._connection.close()

    def create(self, body: bytes) -> str:
        """The id of the new container."""
        name = f"docker-run-bench-{secrets.token_hex(16)}"
        container: str = self._json("POST", f"/containers/create?name={name}", body)["Id"]
        return container

    def attach(self, container: str) -> Stream:
        return Stream(self.socket, container)

    def start(self, container: str) -> None:
        self._checked("POST", f"/containers/{container}/start")

    def remove(self, container: str) -> None:
        """Removes the container, even if something runs in it. Close its stream first. It costs less after
        the end of the stream: nothing has to be killed."""
        self._checked("DELETE", f"/containers/{container}?force=1&v=1")

    def containers(self, label: str) -> list[dict[str, Any]]:
        filters = json.dumps({"label": [label]}).replace(" ", "").replace('"', "%22")
        found: list[dict[str, Any]] = self._json("GET", f"/containers/json?all=1&filters={filters}")
        return found

    def remove_all(self, label: str = LABEL) -> None:
        for container in self.containers(label):
            with contextlib.suppress(EngineRefused):
                self.remove(container["Id"])

    def has_image(self, name: str) -> bool:
        return self._call("GET", f"/images/{name}/json").status == 200

    def version(self) -> dict[str, Any]:
        answered: dict[str, Any] = self._json("GET", "/version")
        return answered

    def info(self) -> dict[str, Any]:
        answered: dict[str, Any] = self._json("GET", "/info")
        return answered

    def _json(self, method: str, target: str, body: bytes = b"") -> Any:
        return json.loads(self._checked(method, target, body).body)

    def _checked(self, method: str, target: str, body: bytes = b"") -> Answer:
        answer = self._call(method, target, body)
        if answer.status >= 400:
            raise EngineRefused(f"{method} {target.partition('?')[0]}: {answer.status} {answer.body[:300]!r}")
        return answer

    def _call(self, method: str, target: str, body: bytes = b"") -> Answer:
        headers = {"Content-Type": "application/json"} if body else {}
        return self._connection.exchange(request_bytes(method, target, headers, body))
