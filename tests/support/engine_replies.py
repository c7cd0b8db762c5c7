"""Replies for `FakeEngine.script`: what an engine may do instead of its duty."""

from __future__ import annotations

import socket
import threading
from typing import Any

from fake_engine import Exchange, Reply
from fake_engine_http import UPGRADED, message

# The calls of a cold run, in their order, and the error of a run where one fails.
STEP_ERRORS = {
    "create": "docker.container.create",
    "attach": "docker.container.attach",
    "start": "docker.container.start",
}
# Settings of a daemon that soon gives up on its engine.
IMPATIENT = {"DOCKER_UNIX_SOCKET_READ_TIMEOUT": "1", "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT": "1"}


def answer(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
    """This answer, and nothing is done."""
    return raw(message(status, body, headers))


def failure(status: int, text: str) -> Reply:
    """The engine's own error object."""
    return answer(status, {"message": text})


def raw(data: bytes, close: bool = False) -> Reply:
    """These bytes; then the connection is closed or kept."""

    def reply(exchange: Exchange) -> None:
        exchange.send(data)
        if close:
            exchange.close()

    return reply


def silent(exchange: Exchange) -> None:
    """Nothing is done and nothing answered, until the caller gives up."""
    exchange.wait_for_hang_up()


def done_but_silent(exchange: Exchange) -> None:
    """The call is carried out, but never answered."""
    exchange.prepare()
    exchange.wait_for_hang_up()


def held(release: threading.Event) -> Reply:
    """Carried out and answered when the test says so, whether or not the caller still waits."""

    def reply(exchange: Exchange) -> None:
        release.wait()
        exchange.default()

    return reply


def answered_late(release: threading.Event) -> Reply:
    """Carried out at once, answered when the test says so."""

    def reply(exchange: Exchange) -> None:
        data = exchange.prepare()
        release.wait()
        exchange.send(data)

    return reply


def truncated(size: int) -> Reply:
    """Carried out; the connection ends after `size` bytes of the answer."""

    def reply(exchange: Exchange) -> None:
        exchange.send(exchange.prepare()[:size])
        exchange.close()

    return reply


def split(size: int) -> Reply:
    """Carried out; the answer comes in two segments, the first of `size` bytes."""

    def reply(exchange: Exchange) -> None:
        data = exchange.prepare()
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        exchange.send(data[:size])
        exchange.send(data[size:])

    return reply


def chunked(piece: int = 7) -> Reply:
    """Carried out; the answer's body is sent in chunks of `piece` bytes."""

    def reply(exchange: Exchange) -> None:
        head, body = exchange.prepare().split(b"\r\n\r\n", 1)
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        exchange.send(b"\r\n".join([*kept, b"Transfer-Encoding: chunked", b"", b""]))
        for start in range(0, len(body), piece):
            data = body[start : start + piece]
            exchange.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        exchange.send(b"0\r\n\r\n")

    return reply


def after_informational(exchange: Exchange) -> None:
    """A 100 comes before the answer."""
    exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n" + exchange.prepare())


def hang_up(exchange: Exchange) -> None:
    """The connection is closed without an answer; nothing is done."""
    exchange.close()


def hang_up_when_done(exchange: Exchange) -> None:
    """Carried out, then closed without an answer."""
    exchange.prepare()
    exchange.close()


def attached(data: bytes, head: bytes = UPGRADED, close: bool = False) -> Reply:
    """An attach whose head and first bytes of the stream come in one segment."""

    def reply(exchange: Exchange) -> None:
        container = exchange.engine.find(exchange.call.ref)
        if close or container is None:
            exchange.send(head + data)
            exchange.close()
        else:
            container.attach(exchange.connection, lambda: exchange.send(head + data))

    return reply
