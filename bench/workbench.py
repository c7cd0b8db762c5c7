"""Shared by all phases: the engine, daemons on demand, and the create bodies of the daemon."""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

from bench.daemons import Server, sent_create_body
from bench.engine_calls import LABEL, Engine
from bench.programs import Program
from bench.progress import Progress
from bench.quiet import Machine

SETTLE_TIMEOUT = 15.0  # seconds
LIFE = 3600  # seconds; after them any daemon may remove containers that a killed benchmark left


class Workbench:
    """Ends everything that it started, even after a failure: use it as a context."""

    def __init__(self, binary: Path, engine_socket: str, progress: Progress) -> None:
        self.binary = binary
        self.engine_socket = engine_socket
        self.progress = progress
        self.engine = Engine(engine_socket)
        self.machine = Machine()
        self._servers: dict[frozenset[tuple[str, str]], Server] = {}
        self._bodies: dict[bool, dict[str, Any]] = {}

    def __enter__(self) -> Workbench:
        self.engine.remove_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.end_servers()
        self.engine.remove_all()
        self.engine.close()

    def server(self, **settings: str) -> Server:
        """The daemon with these settings. The same settings give the same daemon."""
        key = frozenset(settings.items())
        if key not in self._servers:
            self._servers[key] = Server(self.binary, self.engine_socket, **settings)
        return self._servers[key]

    def end(self, server: Server) -> None:
        self._servers = {key: other for key, other in self._servers.items() if other is not server}
        server.end()

    def end_servers(self) -> None:
        for settings in list(self._servers):
            self._servers.pop(settings).end()

    def settled(self, label: str) -> list[dict[str, Any]]:
        """The containers with this label, once none comes or goes and all of them run; the processors have
        idled before, if they ever do. After a while, as they are then."""
        deadline = time.monotonic() + SETTLE_TIMEOUT
        while True:
            before = self.engine.containers(label)
            self.machine.wait_for_quiet()
            found = self.engine.containers(label)
            same = {each["Id"] for each in before} == {each["Id"] for each in found}
            running = all(each["State"] == "running" for each in found)
            if (same and running) or time.monotonic() >= deadline:
                return found

    def create_body(self, program: Program, warm: bool, **changes: Any) -> bytes:
        """The create body that the daemon sends for this program. `warm`: for a container of the pool."""
        if warm not in self._bodies:
            self._bodies[warm] = sent_create_body(self.binary, POOL_ENABLED="true" if warm else "false")
        body = copy.deepcopy(self._bodies[warm])
        body["Image"] = program.image
        body["Labels"] |= {
            "docker-run.instance": "bench",
            "docker-run.deadline": str(int(time.time()) + LIFE),
            LABEL: "true",
        }
        return json.dumps(body | changes).encode()
