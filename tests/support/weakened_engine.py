"""A real engine that forgets limits: a relay on a unix socket that changes the requests about containers."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Weaken = Callable[[dict[str, Any]], None]


class WeakenedEngine:
    """Listens on `path` and passes everything on to the engine's socket. `weaken` first changes the body of
    each create call that is the first request of its connection."""

    def __init__(self, path: Path, engine_socket: str, weaken: Weaken) -> None:
        self.socket = str(path)
        self._engine_socket = engine_socket
        self._weaken = weaken
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.socket)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(caller,), daemon=True).start()

    def _relay(self, caller: socket.socket) -> None:
        with caller, socket.socket(socket.AF_UNIX) as engine, contextlib.suppress(OSError):
            engine.connect(self._engine_socket)
            engine.sendall(self._first_request(caller))
            back = threading.Thread(target=pump, args=(engine, caller), daemon=True)
            back.start()
            pump(caller, engine)
            back.join()

    def _first_request(self, caller: socket.socket) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            received += caller.recv(65536) or b"\r\n\r\n"
        head, body = received.split(b"\r\n\r\n", 1)
        if b"/containers/create" not in head.split(b"\r\n", 1)[0]:
            return received
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length
        while len(body) < int(length[1]):
            body += caller.recv(65536)
        wanted = json.loads(body)
        self._weaken(wanted)
        body = json.dumps(wanted).encode()
        head = head.replace(length[0], f"Content-Length: {len(body)}".encode())
        return head + b"\r\n\r\n" + body


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Copies until `source` ends. Passes the end on, too."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
