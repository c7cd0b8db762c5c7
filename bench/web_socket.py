"""A WebSocket over a bare socket, so that no client library adds time of its own."""

from __future__ import annotations

import json
import struct
from types import TracebackType
from typing import Any, Self

from bench.raw_http import Broken, Received, connect, request_bytes

KEY = "AAAAAAAAAAAAAAAAAAAAAA=="
FINAL_TEXT, FINAL_PING = 0x81, 0x89  # first bytes of frames


class WebSocket:
    """An interactive run at its caller. Messages are whole events; pings are not answered."""

    def __init__(self, address: tuple[str, int], token: str, request: bytes) -> None:
        self._socket = connect(address)
        self._received = Received(self._socket)
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": KEY,
            "Sec-WebSocket-Protocol": "docker-run.1",
            "X-Access-Token": token,
        }
        self._socket.sendall(request_bytes("GET", "/run", headers))
        head = self._received.take_until(b"\r\n\r\n")
        if head.split()[1] != b"101":
            raise Broken(f"no upgrade: {head[:200]!r}")
        self._send(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, event: dict[str, Any]) -> None:
        self._send(json.dumps(event).encode())

    def next_of(self, kind: str) -> dict[str, Any]:
        """The next event of that type; others are skipped."""
        while (event := self._next_event())["type"] != kind:
            if event["type"] in ("answer", "error"):
                raise Broken(f"the run ended: {event}")
        return event

    def _send(self, text: bytes) -> None:
        """One text message, masked with zeros."""
        size = len(text)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        self._socket.sendall(bytes([FINAL_TEXT]) + length + bytes(4) + text)

    def _next_event(self) -> dict[str, Any]:
        while True:
            first, size = self._received.take(2)
            if size == 126:
                (size,) = struct.unpack(">H", self._received.take(2))
            content = self._received.take(size)
            if first == FINAL_TEXT:
                event: dict[str, Any] = json.loads(content)
                return event
            if first != FINAL_PING:
                raise Broken(f"a frame that begins with {first:#x}")
