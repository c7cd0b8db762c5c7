"""A scripted Docker Engine: real HTTP on a real unix socket, with state, and with faults on command.

Left alone it is a well-behaved Docker 20.10. A test overrides a call by name with a reply (engine_replies.py
has the usual ones): `engine.script("create", answer(500, ...))`. A reply is any function of an `Exchange`; it
may send bytes, wait, close, or let `exchange.default()` do what a healthy engine does.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fake_containers import Container, Image, Program, echo
from waiting import wait_until

ROUTES = [
    ("ping", "GET|HEAD", r"/_ping"),
    ("version", "GET", r"/version"),
    ("info", "GET", r"/info"),
    ("events", "GET", r"/events"),
    ("image", "GET", r"/images/(?P<ref>.+)/json"),
    ("list", "GET", r"/containers/json"),
    ("create", "POST", r"/containers/create"),
    ("attach", "POST", r"/containers/(?P<ref>[^/]+)/attach"),
    ("start", "POST", r"/containers/(?P<ref>[^/]+)/start"),
    ("inspect", "GET", r"/containers/(?P<ref>[^/]+)/json"),
    ("kill", "POST", r"/containers/(?P<ref>[^/]+)/kill"),
    ("delete", "DELETE", r"/containers/(?P<ref>[^/]+)"),
]
VERSION = {
    "Platform": {"Name": ""},
    "Version": "20.10.24+dfsg1",
    "ApiVersion": "1.41",
    "MinAPIVersion": "1.12",
    "GitCommit": "5d6db84",
    "GoVersion": "go1.19.8",
    "Os": "linux",
    "Arch": "amd64",
    "KernelVersion": "6.1.0",
    "BuildTime": "2024-02-18T12:36:20.000000000+00:00",
    "Components": [
        {"Name": "Engine", "Version": "20.10.24+dfsg1", "Details": {"Os": "linux"}},
        {"Name": "containerd", "Version": "1.6.20", "Details": {"GitCommit": "1.6.20"}},
    ],
}
INFO = {
    "ServerVersion": "20.10.24",
    "NCPU": 64,
    "MemTotal": 1 << 36,
    "MemoryLimit": True,
    "SwapLimit": True,
    "PidsLimit": True,
    "CpuCfsPeriod": True,
    "CpuCfsQuota": True,
    "CPUShares": True,
    "OomKillDisable": True,
    "Runtimes": {"runc": {"path": "runc"}},
    "DefaultRuntime": "runc",
    "CgroupDriver": "cgroupfs",
    "CgroupVersion": "1",
    "SecurityOptions": ["name=seccomp,profile=default"],
    "OSType": "linux",
    "Architecture": "x86_64",
}
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    304: "Not Modified",
    400: "Bad Request",
    404: "Not Found",
    409: "Conflict",
    500: "Internal Server Error",
}


@dataclass(frozen=True)
class Call:
    """One request that reached the engine. `name` is that of the route, "unknown" where there is none."""

    name: str
    method: str
    path: str
    ref: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


def message(status: int, body: Any = None, headers: dict[str, str] | None = None) -> bytes:
    """An HTTP answer as dockerd sends it."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode() + b"\n"
    head = {
        "Api-Version": "1.41",
        "Docker-Experimental": "false",
        "Ostype": "linux",
        "Server": "Docker/20.10.24 (linux)",
    }
    if status not in (204, 304):
        head |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    head |= headers or {}
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
        *(f"{name}: {value}" for name, value in head.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Exchange:
    """One call on its connection, as a scripted reply sees it."""

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
        """Does what a healthy engine does for this call and returns its answer instead of sending it."""
        return self.engine.carry_out(self.call)

    def default(self) -> None:
        """Does and answers what a healthy engine does and answers."""
        self.engine.serve(self)

    def wait_for_hang_up(self) -> None:
        """Returns when the caller has closed its side or the engine is stopped."""
        with contextlib.suppress(OSError):
            while self.connection.recv(65536):
                pass


Reply = Callable[[Exchange], None]


@dataclass
class FakeEngine:
    """The engine on `socket`. Its attributes may be read and changed by the test at any time."""

    socket: str
    images: dict[str, Image] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    removed: list[Container] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._scripts: dict[str, list[Reply]] = defaultdict(list)
        self._always: dict[str, Reply] = {}
        self._lock = threading.RLock()
        self._connections: set[socket.socket] = set()
        self._subscribers: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.add_image("test/echo", echo)

    # What tests use.

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

    def add_image(self, name: str, program: Program, **config: Any) -> Image:
        image = Image("sha256:" + secrets.token_hex(32), program, config)
        with self._lock:
            self.images[name] = image
        return image

    def own_containers(self) -> list[str]:
        """Ids of the containers that daemons of ours made."""
        with self._lock:
            return [c.id for c in self.containers.values() if c.has_label("docker-run.instance")]

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
        """Sends an event to everybody who listens."""
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
            exchange.send(UPGRADED)
            container.attach(exchange.connection)
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

    def carry_out(self, call: Call) -> bytes:
        """Changes the state as the call demands and returns the answer."""
        action: Callable[[Call], bytes] | None = getattr(self, f"_do_{call.name}", None)
        if action is None:
            return message(404, {"message": "page not found"})
        return action(call)

    def find(self, ref: str) -> Container | None:
        with self._lock:
            named = (c for c in self.containers.values() if c.name == ref.lstrip("/"))
            return self.containers.get(ref) or next(named, None)

    def _do_ping(self, call: Call) -> bytes:
        return message(200, b"OK", {"Content-Type": "text/plain; charset=utf-8"})

    def _do_version(self, call: Call) -> bytes:
        return message(200, VERSION)

    def _do_info(self, call: Call) -> bytes:
        return message(200, INFO)

    def _do_image(self, call: Call) -> bytes:
        image = self.find_image(call.ref)
        if image is None:
            return message(404, {"message": f"No such image: {call.ref}"})
        return message(
            200,
            {
                "Id": image.id,
                "RepoTags": [call.ref],
                "RepoDigests": [],
                "Os": "linux",
                "Config": {"Volumes": None, "Labels": None, "User": ""} | image.config,
            },
        )

    def find_image(self, ref: str) -> Image | None:
        by_id = {image.id: image for image in self.images.values()}
        return self.images.get(ref) or self.images.get(ref.removesuffix(":latest")) or by_id.get(ref)

    def _do_create(self, call: Call) -> bytes:
        image = self.find_image(call.body["Image"])
        if image is None:
            return message(404, {"message": f"No such image: {call.body['Image']}:latest"})
        name = call.query.get("name", secrets.token_hex(8))
        with self._lock:
            if self.find(name):
                return message(409, {"message": f'Conflict. The container name "/{name}" is already in use'})
            container = Container(secrets.token_hex(32), name, image, call.body)
            self.containers[container.id] = container
        return message(201, {"Id": container.id, "Warnings": []})

    def _do_attach(self, call: Call) -> bytes:
        body = f"No such container: {call.ref}\r\n".encode()
        return b"HTTP/1.1 404 Not Found\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n" + body

    def _do_start(self, call: Call) -> bytes:
        container = self.find(call.ref)
        if container is None:
            return self._no_container(call)
        return message(204 if container.start() else 304)

    def _do_inspect(self, call: Call) -> bytes:
        container = self.find(call.ref)
        return self._no_container(call) if container is None else message(200, container.inspect())

    def _do_list(self, call: Call) -> bytes:
        filters = json.loads(call.query.get("filters", "{}"))
        wanted = filters.get("label", [])
        wanted = list(wanted) if isinstance(wanted, dict) else wanted
        with self._lock:
            containers = list(self.containers.values())
        return message(200, [c.summary() for c in containers if all(c.has_label(label) for label in wanted)])

    def _do_kill(self, call: Call) -> bytes:
        container = self.find(call.ref)
        if container is None:
            return self._no_container(call)
        container.kill()
        return message(204)

    def _do_delete(self, call: Call) -> bytes:
        with self._lock:
            container = self.find(call.ref)
            if container is None:
                return self._no_container(call)
            del self.containers[container.id]
            self.removed.append(container)
        container.kill()
        return message(204)

    def _no_container(self, call: Call) -> bytes:
        return message(404, {"message": f"No such container: {call.ref}"})


UPGRADED = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)


def read_call(buffer: Any) -> Call | None:
    """The next request of a connection, or None at its end."""
    first = buffer.readline().split()
    if len(first) != 3:
        return None
    headers = {}
    while line := buffer.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = buffer.read(int(headers.get("content-length", 0)))
    method, target = first[0].decode(), urlsplit(first[1].decode())
    path = re.sub(r"^/v\d+\.\d+(?=/)", "", target.path)
    query = {name: values[-1] for name, values in parse_qs(target.query, keep_blank_values=True).items()}
    for name, methods, pattern in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method in methods.split("|"):
            ref = unquote(match.groupdict().get("ref", ""))
            return Call(name, method, target.path, ref, query, headers, json.loads(body) if body else None)
    return Call("unknown", method, target.path, "", query, headers, body)
