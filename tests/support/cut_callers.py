"""Callers that send and receive in pieces of random sizes, and the events that they get."""

from __future__ import annotations

import base64
import json
import random
import socket
from typing import Any

from daemon_process import Daemon
from interactive_client import interactive_run
from live_client import Event, dechunked, parse_events
from random_programs import random_cuts
from run_requests import head_of_run

SIZES = [1, 7, 100, 4096, 65536]


def live_events(daemon: Daemon, image: str, payload: Any, accept: str, chance: random.Random) -> list[Event]:
    """The events of a live run."""
    body = json.dumps({"image": image, "payload": payload}).encode()
    request = head_of_run(daemon.token, len(body), f"Accept: {accept}\r\nConnection: close\r\n") + body
    with daemon.connect(timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in random_cuts(chance, request):
            connection.sendall(piece)
        received = bytearray()
        while piece := connection.recv(chance.choice(SIZES)):
            received += piece
    head, _, chunks = bytes(received).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), received
    stream, is_whole = dechunked(chunks)
    assert is_whole, received[-200:]
    return parse_events(stream.decode(), accept)


def interactive_events(
    daemon: Daemon, image: str, payload: Any, stdin: str, chance: random.Random
) -> list[Event]:
    """The events of an interactive run that gets this input, and then its end."""
    with interactive_run(daemon, image, payload) as run:
        for piece in random_cuts(chance, stdin.encode()):
            run.send("stdin", bytes=base64.b64encode(piece).decode())
        run.send("eof")
        events, code = run.rest()
    assert code == 1000, events
    return events
