"""A scripted Docker Engine: real HTTP on a real unix socket, with state, and with faults on command.

By default it behaves like a healthy Docker 20.10. A test overrides a call by name with a reply
(engine_replies.py has the usual ones): `engine.script("create", answer(500, ...))`. A reply is any function
of an `Exchange`. It may send bytes, wait, close the connection, or let `exchange.default()` do what a healthy
engine does.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from fake_containers import echo
from fake_engine_http import UPGRADED, Call, message, read_call
from fake_engine_state import EngineState
from waiting import wait_until


@dataclass
class Exchange:
    """One call on its connection, as it is passed to a scripted reply."""

    engine: FakeEngine
    call: Call
    connection: socket.socket
    answered: bytes = b""

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.connection.sendall(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def prepare(self) -> bytes:
        """Carries out this call like a healthy engine, and returns the response instead of sending it."""
        return self.engine.carry_out(self.call)

    def default(self) -> None:
        """Carries out and answers this call like a healthy engine."""
        self.engine.serve(self)

    def wait_for_hang_up(self) -> None:
        """Returns when the caller has closed its side or the engine is stopped."""
        with contextlib.suppress(OSError):
            while self.connection.recv(65536):
                pass


Reply = Callable[[Exchange], None]


@dataclass
class FakeEngine(EngineState):
    """The engine on `socket`, and the calls that reached it."""

    socket: str = ""
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._scripts: dict[str, list[Reply]] = defaultdict(list)
        self._always: dict[str, Reply] = {}
        self._connections: set[socket.socket] = set()
        self._subscribers: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.add_image("test/echo", echo)

    # The interface for tests.

    def script(self, name: str, *replies: Reply) -> None:
        """The next calls of `name` get these replies, one each; after them the engine is healthy again."""
        with self._lock:
            self._scripts[name].extend(replies)

    def script_always(self, name: str, reply: Reply | None) -> None:
        """Every call of `name` gets this reply, until it is set to None."""
        with self._lock:
            if reply is None:
                self._always.pop(name, None)
            else:
                self._always[name] = reply

    def calls_of(self, name: str) -> list[Call]:
        with self._lock:
            return [call for call in self.calls if call.name == name]

    def wait_for_call(self, name: str, count: int = 1, timeout: float = 10) -> Call:
        return wait_until(
            lambda: self.calls_of(name)[count - 1 : count], timeout, f"{count} calls of {name}"
        )[0]

    def wait_until_empty(self, timeout: float = 10) -> None:
        wait_until(
            lambda: not self.containers, timeout, f"no container is left of {list(self.containers.values())}"
        )

    def emit(self, kind: str, action: str, **attributes: str) -> None:
        """Sends an event to all listeners."""
        event = json.dumps(
            {
                "Type": kind,
                "Action": action,
                "status": action,
                "time": int(time.time()),
                "timeNano": time.time_ns(),
                "Actor": {"ID": attributes.get("id", ""), "Attributes": attributes},
            }
        )
        data = event.encode() + b"\n"
        with self._lock:
            for subscriber in self._subscribers:
                with contextlib.suppress(OSError):
                    subscriber.sendall(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def wait_for_listener(self) -> None:
        """Waits until somebody listens to events."""
        wait_until(lambda: bool(self._subscribers), 10, "somebody listens to events")

    def end_events(self) -> None:
        """Ends every stream of events."""
        with self._lock:
            subscribers, self._subscribers = self._subscribers, []
        for subscriber in subscribers:
            with contextlib.suppress(OSError):
                subscriber.shutdown(socket.SHUT_RDWR)

    def start(self, backlog: int = 128) -> FakeEngine:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.socket)
        self._listener.listen(backlog)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def stop(self, keep_containers: bool = False) -> None:
        """Ends every connection, as a killed dockerd does; `start` brings it back."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            connections, self._subscribers = list(self._connections), []
            containers = [] if keep_containers else list(self.containers.values())
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for container in containers:
            container.kill()

    # The engine itself.

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            buffer = connection.makefile("rb")
            while (call := read_call(buffer)) is not None:
                self._reply(Exchange(self, call, connection))
        except (OSError, ValueError):
            pass  # the caller went away, or the test closed the connection
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _reply(self, exchange: Exchange) -> None:
        name = exchange.call.name
        with self._lock:
            self.calls.append(exchange.call)
            scripted = self._scripts[name].pop(0) if self._scripts[name] else self._always.get(name)
        if scripted is None:
            self.serve(exchange)
        else:
            scripted(exchange)

    def serve(self, exchange: Exchange) -> None:
        call = exchange.call
        if call.name == "attach" and (container := self.find(call.ref)) is not None:
            container.attach(exchange.connection, lambda: exchange.send(UPGRADED))
            return
        if call.name == "events":
            exchange.send(
                message(200, headers={"Transfer-Encoding": "chunked"}).replace(b"Content-Length: 0\r\n", b"")
            )
            with self._lock:
                self._subscribers.append(exchange.connection)
            exchange.wait_for_hang_up()
            return
        exchange.send(self.carry_out(call))
