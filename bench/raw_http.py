"""HTTP/1.1 over a bare socket, so that no client library adds time of its own."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self

TIMEOUT = 60.0  # seconds
MAX_ANSWER = 8 * 1024 * 1024

Address = str | tuple[str, int]  # path of a unix socket, or host and port


class Broken(Exception):
    """The peer closed the connection, or sent something that is no response."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


def connect(address: Address) -> socket.socket:
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT)
        connection.connect(address)
        return connection
    connection = socket.create_connection(address, TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request_bytes(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers, the names in lower case, of everything before the empty line."""
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in parts}


class Received:
    """What a peer sends, in the pieces that its protocol has."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = b""

    def take_until(self, mark: bytes) -> bytes:
        """Everything before the mark, which is dropped."""
        while mark not in self._buffer:
            self._receive()
        taken, _, self._buffer = self._buffer.partition(mark)
        return taken

    def take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def take_chunk(self) -> bytes:
        """The next chunk of a chunked body; empty at its end."""
        size = int(self.take_until(b"\r\n").split(b";")[0], 16)
        data = self.take(size)
        self.take(2)
        return data

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        if not received or len(self._buffer) > MAX_ANSWER:
            raise Broken(f"after {self._buffer[:200]!r}")
        self._buffer += received


class Connection:
    """A connection that is kept, and opened again after the peer has closed it. Not for two threads at the
    same time."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._socket: socket.socket | None = None
        self._received: Received | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = self._received = None

    def open(self) -> None:
        """Connects if it is not connected, so that a measurement does not include that."""
        if self._socket is None:
            self._socket = connect(self._address)
            self._received = Received(self._socket)

    def exchange(self, request: bytes) -> Answer:
        """Sends a request unchanged and reads its response."""
        try:
            self.open()
            assert self._socket is not None
            assert self._received is not None
            self._socket.sendall(request)
            answer = read_answer(self._received)
        except BaseException:  # also for Ctrl-C: the rest of a response must not begin the next one
            self.close()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer


def read_answer(received: Received) -> Answer:
    status, headers = parse_head(received.take_until(b"\r\n\r\n"))
    if status in (204, 304):
        return Answer(status, headers, b"")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Answer(status, headers, b"".join(iter(received.take_chunk, b"")))
    return Answer(status, headers, received.take(int(headers.get("content-length", 0))))
