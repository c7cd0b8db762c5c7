"""Replies for `FakeEngine.script`: the ways in which an engine may misbehave."""

from __future__ import annotations

import socket
import threading
from typing import Any

from fake_engine import Exchange, Reply
from fake_engine_http import UPGRADED, message

# The calls of a cold run, in order, and the error of a run if the call fails.
STEP_ERRORS = {
    "create": "docker.container.create",
    "attach": "docker.container.attach",
    "start": "docker.container.start",
}
# Settings of a daemon that gives up on its engine soon.
IMPATIENT = {"DOCKER_UNIX_SOCKET_READ_TIMEOUT": "1", "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT": "1"}


def answer(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
    """Sends this response and does nothing else."""
    return raw(message(status, body, headers))


def failure(status: int, text: str) -> Reply:
    """Sends the engine's own error object."""
    return answer(status, {"message": text})


def raw(data: bytes, close: bool = False) -> Reply:
    """Sends these bytes; then closes or keeps the connection."""

    def reply(exchange: Exchange) -> None:
        exchange.send(data)
        if close:
            exchange.close()

    return reply


def silent(exchange: Exchange) -> None:
    """Does nothing and answers nothing, until the caller gives up."""
    exchange.wait_for_hang_up()


def done_but_silent(exchange: Exchange) -> None:
    """Carries out the call, but never answers it."""
    exchange.prepare()
    exchange.wait_for_hang_up()


def held(release: threading.Event) -> Reply:
    """Carries out and answers the call when the test says so, even if the caller no longer waits."""

    def reply(exchange: Exchange) -> None:
        release.wait()
        exchange.default()

    return reply


def answered_late(release: threading.Event) -> Reply:
    """Carries out the call at once and answers it when the test says so."""

    def reply(exchange: Exchange) -> None:
        data = exchange.prepare()
        release.wait()
        exchange.send(data)

    return reply


def truncated(size: int) -> Reply:
    """Carries out the call; the connection ends after `size` bytes of the response."""

    def reply(exchange: Exchange) -> None:
        exchange.send(exchange.prepare()[:size])
        exchange.close()

    return reply


def split(size: int) -> Reply:
    """Carries out the call; the response comes in two segments, the first one of `size` bytes."""

    def reply(exchange: Exchange) -> None:
        data = exchange.prepare()
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        exchange.send(data[:size])
        exchange.send(data[size:])

    return reply


def chunked(piece: int = 7) -> Reply:
    """Carries out the call; sends the body of the response in chunks of `piece` bytes."""

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
    """Sends a 100 before the response."""
    exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n" + exchange.prepare())


def hang_up(exchange: Exchange) -> None:
    """Closes the connection without a response and does nothing."""
    exchange.close()


def hang_up_when_done(exchange: Exchange) -> None:
    """Carries out the call, then closes the connection without a response."""
    exchange.prepare()
    exchange.close()


def attached(data: bytes, head: bytes = UPGRADED, close: bool = False) -> Reply:
    """Answers an attach with the head and the first bytes of the stream in one segment."""

    def reply(exchange: Exchange) -> None:
        container = exchange.engine.find(exchange.call.ref)
        if close or container is None:
            exchange.send(head + data)
            exchange.close()
        else:
            container.attach(exchange.connection, lambda: exchange.send(head + data))

    return reply
