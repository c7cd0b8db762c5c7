"""Sends runs as bytes on bare connections, for tests that send half a run, or a hundred runs at once."""

from __future__ import annotations

import json
import socket

from daemon_process import Daemon


def head_of_run(token: str, length: int, fields: str = "") -> bytes:
    """The head of a run whose body has that length. `fields` are further lines, each with its line end."""
    head = f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {token}\r\n{fields}"
    return f"{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


def send_run(daemon: Daemon, image: str, token: str = "", fields: str = "") -> socket.socket:
    """Sends a run and does not read the response."""
    body = json.dumps({"image": image, "payload": {}}).encode()
    connection = daemon.connect()
    connection.sendall(head_of_run(token or daemon.token, len(body), fields) + body)
    return connection


def send_half_a_run(daemon: Daemon, token: str = "", length: int = 1000) -> socket.socket:
    """Sends a run, but only the first byte of its body."""
    connection = daemon.connect()
    connection.sendall(head_of_run(token or daemon.token, length) + b"{")
    return connection
