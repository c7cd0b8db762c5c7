"""A real engine that forgets limits or connections: a relay on a unix socket that changes the requests about
containers."""

from __future__ import annotations

import contextlib
import io
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
    each create call."""

    def __init__(self, path: Path, engine_socket: str, weaken: Weaken) -> None:
        self.socket = str(path)
        self._engine_socket = engine_socket
        self._weaken = weaken
        self._open: set[socket.socket] = set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.socket)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def cut(self) -> None:
        """Ends all connections to the engine that are open."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _changed_head(self, head: bytes) -> bytes:
        """For subclasses: what the engine gets in place of the head of a request."""
        return head

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
            self._open |= {caller, engine}
            back = threading.Thread(target=pump, args=(engine, caller), daemon=True)
            back.start()
            self._pass_requests(caller, engine)
            pump(caller, engine)
            back.join()
        self._open -= {caller, engine}

    def _pass_requests(self, caller: socket.socket, engine: socket.socket) -> None:
        """Returns at the end of the connection, or when it becomes a stream."""
        buffer = caller.makefile("rb", buffering=0)
        is_stream = False
        while not is_stream and (head := read_head(buffer)):
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            body = read_exactly(buffer, int(length[1]) if length else 0)
            if length and b"/containers/create" in head.split(b"\r\n", 1)[0]:
                wanted = json.loads(body)
                self._weaken(wanted)
                body = json.dumps(wanted).encode()
                head = head.replace(length[0], f"\r\nContent-Length: {len(body)}".encode())
            engine.sendall(self._changed_head(head) + body)
            is_stream = re.search(rb"(?i)\r\nupgrade:", head) is not None


def read_head(buffer: io.RawIOBase) -> bytes:
    """The next request without its body, or nothing at the end of the connection."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = buffer.read(1)
        if not byte:
            return b""
        head += byte
    return head


def read_exactly(buffer: io.RawIOBase, size: int) -> bytes:
    body = b""
    while len(body) < size and (more := buffer.read(size - len(body))):
        body += more
    return body


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Copies until `source` ends. Passes the end on, too."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
