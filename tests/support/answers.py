"""Checks that apply to every response of the daemon."""

from __future__ import annotations

import re
import socket
from typing import Any

import httpx

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def assert_error(response: httpx.Response, status: int, error: str, message: str = "") -> dict[str, Any]:
    """The body is the error object of the contract; its message begins with `message`."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["error"]) == (status, error), response.text
    assert response.headers["content-type"].startswith("application/json")
    assert body["message"].startswith(message), body["message"]
    assert len(body["message"].encode()) <= 4096
    assert REQUEST_ID.fullmatch(response.headers["x-request-id"])
    return body


def read_answers(connection: socket.socket) -> bytes:
    """Everything the daemon sends until it closes."""
    received = []
    try:
        while data := connection.recv(65536):
            received.append(data)
    except ConnectionResetError:
        pass
    return b"".join(received)


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Reads one response of a connection that stays open: status, headers in lower case, body by its
    Content-Length."""
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        data = connection.recv(65536)
        assert data, f"closed after {buffer!r}"
        buffer += data
    head, body = buffer.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        data = connection.recv(65536)
        assert data, f"closed after {len(body)} of {length} bytes"
        body += data
    return int(lines[0].split()[1]), headers, body
