"""The daemon as it is shipped, its resource usage from /proc, and the create call that it sends."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon_process import Daemon
from fake_engine import FakeEngine
from waiting import wait_until

from bench.raw_http import Connection, request_bytes
from bench.scripted_engine import ECHO, add_images

REPOSITORY = Path(__file__).resolve().parent.parent
SHIPPED_SETTINGS = REPOSITORY / "systemd/docker-run.env"
SHIPPED_POLICY = REPOSITORY / "systemd/policy.json"
NOT_TAKEN = {
    "SERVER_LISTEN_ADDR",
    "SERVER_LISTEN_PORT",
    "SERVER_STATE_DIRECTORY",
    "API_ACCESS_TOKEN_FILE",
    "DOCKER_UNIX_SOCKET_PATH",
}


def shipped_settings() -> dict[str, str]:
    """The settings of an installed daemon, except addresses and secrets."""
    lines = SHIPPED_SETTINGS.read_text().splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    settings = {name: value for name, _, value in pairs if name not in NOT_TAKEN}
    return settings | {"RUN_POLICY_FILE": str(SHIPPED_POLICY)}


@dataclass(frozen=True)
class Figures:
    """The resource usage of a process, from the kernel."""

    resident_bytes: int
    files: int
    cpu_ns: int
    wake_ups: int


def figures_of(pid: int) -> Figures:
    process = Path(f"/proc/{pid}")
    cpu = wake_ups = 0
    for task in (process / "task").iterdir():
        cpu += int((task / "schedstat").read_text().split()[0])
        switches = re.search(
            r"^voluntary_ctxt_switches:\s*(\d+)", (task / "status").read_text(), re.MULTILINE
        )
        wake_ups += int(switches[1]) if switches else 0
    resident = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    return Figures(resident, len(os.listdir(process / "fd")), cpu, wake_ups)


class Server:
    """A running daemon with the shipped settings and some others."""

    def __init__(self, binary: Path, engine_socket: str, **settings: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="docker-run-bench-")
        overrides: dict[str, str | None] = {"POOL_ENABLED": None, **shipped_settings(), **settings}
        self.process = Daemon(binary, Path(self._folder.name), engine_socket, overrides)
        self.process.start()
        wait_until(
            lambda: self.process.request("GET", "/readyz").status_code == 200, 60, "the daemon is ready"
        )

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.process.port

    @property
    def workers(self) -> int:
        return int(self.process.env["SERVER_WORKER_THREADS"])

    @property
    def instance_label(self) -> str:
        """The label by which the engine knows the containers of this daemon."""
        found = re.search(r"instance=(\S+)", self.process.log())
        assert found, "the log names no instance"
        return f"docker-run.instance={found[1]}"

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Access-Token": self.process.token, "Content-Type": "application/json"}

    def figures(self) -> Figures:
        return figures_of(self.process.pid)

    def connection(self) -> Connection:
        return Connection(self.address)

    def run_request(self, body: bytes, **fields: str) -> bytes:
        """The bytes of POST /run, with further header fields."""
        return request_bytes("POST", "/run", self.headers | fields, body)

    def end(self) -> None:
        try:
            self.process.end()
        finally:
            self._folder.cleanup()


def sent_create_body(binary: Path, **settings: str) -> dict[str, Any]:
    """The body of the create call that the daemon sends. The scripted engine of the tests receives it."""
    with tempfile.TemporaryDirectory(prefix="docker-run-bench-") as folder:
        engine = add_images(FakeEngine(socket=f"{folder}/engine.sock")).start()
        server = Server(binary, engine.socket, **settings)
        try:
            answer = server.process.run(ECHO, {})
            assert answer.status_code == 200, answer.text
            body: dict[str, Any] = engine.calls_of("create")[0].body
            return body
        finally:
            server.end()
            engine.stop()
