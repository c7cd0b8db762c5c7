"""Live runs at their callers, over a bare socket."""

from __future__ import annotations

import json
from typing import Any

from bench.daemons import Server
from bench.raw_http import Broken, Received, connect, parse_head

LINES = "application/x-ndjson"


class EventStream:
    """A live run at its caller, whose events are read one by one."""

    def __init__(self, server: Server, request: bytes) -> None:
        self._socket = connect(server.address)
        self._socket.sendall(server.run_request(request, Accept=LINES))
        self._received = Received(self._socket)
        self._text = b""
        status, _ = parse_head(self._received.take_until(b"\r\n\r\n"))
        if status != 200:
            raise Broken(f"status {status}")

    def close(self) -> None:
        self._socket.close()

    def next_event(self) -> dict[str, Any]:
        while b"\n" not in self._text:
            chunk = self._received.take_chunk()
            if not chunk:
                raise Broken("the stream ended without a result")
            self._text += chunk
        line, _, self._text = self._text.partition(b"\n")
        event: dict[str, Any] = json.loads(line)
        return event
