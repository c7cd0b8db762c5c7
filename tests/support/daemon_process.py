"""The daemon under test as a separate process, and the checks of it after every test."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import contract
import httpx
from repository import REPOSITORY
from scrape import Scrape
from waiting import at_most, wait_until

START_TIMEOUT = 20.0  # seconds; a sanitizer makes the start slow
STOP_TIMEOUT = 40.0
PATIENCE = 2.0  # seconds; after them, the end of a test sends a second signal
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error: ")

SETTINGS = {
    "SERVER_LISTEN_ADDR": "127.0.0.1",
    "SERVER_WORKER_THREADS": "4",
    "DOCKER_UNIX_SOCKET_READ_TIMEOUT": "3",
    "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT": "3",
    "DOCKER_CONTAINER_HOSTNAME": "glot",
    "DOCKER_CONTAINER_USER": "65534:65534",
    "DOCKER_CONTAINER_MEMORY": "268435456",
    "DOCKER_CONTAINER_NETWORK_DISABLED": "true",
    "DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT": "90",
    "DOCKER_CONTAINER_ULIMIT_NOFILE_HARD": "100",
    "DOCKER_CONTAINER_ULIMIT_NPROC_SOFT": "90",
    "DOCKER_CONTAINER_ULIMIT_NPROC_HARD": "100",
    "DOCKER_CONTAINER_CAP_DROP": "ALL",
    "DOCKER_CONTAINER_READONLY_ROOTFS": "true",
    "DOCKER_CONTAINER_TMP_DIR_PATH": "/tmp",
    "DOCKER_CONTAINER_WORK_DIR_PATH": "/home/glot",
    "RUN_MAX_EXECUTION_TIME": "15",
    "RUN_MAX_OUTPUT_SIZE": "100000",
    "POOL_ENABLED": "false",
}

ENVIRONMENT_FILE = REPOSITORY / "systemd/docker-run.env"
OF_THE_PLACE = (
    "SERVER_LISTEN_ADDR",
    "SERVER_LISTEN_PORT",
    "SERVER_STATE_DIRECTORY",
    "API_ACCESS_TOKEN_FILE",
    "DOCKER_UNIX_SOCKET_PATH",
    "DOCKER_CONTAINER_CGROUP_PARENT",
    "RUN_POLICY_FILE",
)


def shipped_settings() -> dict[str, str | None]:
    """Overrides that give a daemon the shipped settings, except those that name a place."""
    lines = ENVIRONMENT_FILE.read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    shipped = {name: value for name, value in pairs if name not in OF_THE_PLACE}
    return dict.fromkeys(SETTINGS.keys() - set(OF_THE_PLACE)) | shipped


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# One client for all daemons: making one costs more than a request. It keeps no connections, because they
# count as open files.
CLIENT = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), verify=False, trust_env=False)


class Daemon:
    """A running docker-run. `env` holds its settings; an override of None removes a setting."""

    def __init__(
        self, binary: Path, folder: Path, engine_socket: str, overrides: dict[str, str | None]
    ) -> None:
        self.binary = binary
        self.folder = folder
        self.token = secrets.token_hex(16)
        self.log_path = folder / "daemon.log"
        state = folder / "state"
        state.mkdir(exist_ok=True)
        defaults = SETTINGS | {
            "API_ACCESS_TOKEN": self.token,
            "DOCKER_UNIX_SOCKET_PATH": engine_socket,
            "SERVER_STATE_DIRECTORY": str(state),
        }
        merged: dict[str, str | None] = {**defaults, **overrides}
        self.env = {name: value for name, value in merged.items() if value is not None}
        self.token = self.env.get("API_ACCESS_TOKEN", self.token)
        self.expect_end = False
        self._process: subprocess.Popen[bytes] | None = None
        self.baseline = 0

    def start(self, output: int | None = None, host: str = "127.0.0.1") -> Daemon:
        """Starts it, on another port if the first one is taken, and returns when `GET /` answers.

        Its log goes to the descriptor `output`, or else to `log_path`; requests go to `host`.
        """
        for _ in range(5):
            self.launch(output, host)
            if (
                wait_until(self._up_or_ended, START_TIMEOUT, f"the daemon answers, see {self.log_path}")
                == "up"
            ):
                # Without an engine the event stream is not connected yet, but will be later.
                to_come = 0 if self._becomes_ready() else 1
                self.baseline = self._settled_open_files() + to_come
                return self
            if "in use" not in self.log():
                break
            del self.env["SERVER_LISTEN_PORT"]
        raise AssertionError(f"the daemon did not start:\n{self.log()}")

    def launch(self, output: int | None = None, host: str = "127.0.0.1") -> None:
        """Starts its process without waiting for anything."""
        self.expect_end = False
        port = self.env.setdefault("SERVER_LISTEN_PORT", str(free_port()))
        self.url = f"http://{host}:{port}"
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [self.binary],
                env=self.process_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output or log,
                stderr=output or log,
                cwd=self.folder,
            )

    def process_environment(self) -> dict[str, str]:
        sanitizers = {
            # Freed memory that ASan keeps must not look like a leak.
            "ASAN_OPTIONS": "detect_leaks=1:quarantine_size_mb=16",
            "UBSAN_OPTIONS": "print_stacktrace=1",
            "TSAN_OPTIONS": "second_deadlock_stack=1",
        }
        inherited = {
            name: os.environ[name] for name in ("PATH", "ASAN_SYMBOLIZER_PATH") if name in os.environ
        }
        return inherited | sanitizers | self.env

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def port(self) -> int:
        return int(self.env["SERVER_LISTEN_PORT"])

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def request(self, method: str, path: str, *, token: str | None = "", **options: Any) -> httpx.Response:
        """Sends a request with the right token; `token=None` sends none. The response must be a documented
        one."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["X-Access-Token"] = token or self.token
        options.setdefault("timeout", 90)
        response = CLIENT.request(method, self.url + path, headers=headers, **options)
        contract.check(method, path, response)
        return response

    def run(self, image: str, payload: Any = None, **options: Any) -> httpx.Response:
        """POST /run."""
        return self.request(
            "POST", "/run", json={"image": image, "payload": {} if payload is None else payload}, **options
        )

    def post(self, body: bytes | str, content_type: str | None = "application/json") -> httpx.Response:
        """POST /run with this exact body."""
        headers = {} if content_type is None else {"Content-Type": content_type}
        return self.request("POST", "/run", content=body, headers=headers)

    def is_ready(self) -> bool:
        return self.request("GET", "/readyz", token=None).status_code == 200

    def figure(self, name: str, **labels: str) -> float:
        """The value of a metric from /metrics."""
        return Scrape.parse(self.request("GET", "/metrics").text).value(name, **labels)

    def connect(self, timeout: float = 10) -> socket.socket:
        """A bare connection for tests that send bytes."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def most_waiting(self) -> int:
        """The maximum number of containers in its pool, each with an open stream."""
        return 0 if self.env.get("POOL_ENABLED") == "false" else int(self.env.get("POOL_MAX_TOTAL", "32"))

    def most_kept(self) -> int:
        """The maximum number of connections to the engine that it keeps open between calls."""
        threads = min(int(self.env["SERVER_WORKER_THREADS"]), os.cpu_count() or 1)
        return 4 * threads  # most_of_one_executor in src/docker/idle_connections.cpp

    def resident_bytes(self) -> int:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def wait_for_log(self, text: str, timeout: float = 10) -> None:
        wait_until(lambda: text in self.log(), timeout, f"{text!r} in {self.log_path}")

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float = STOP_TIMEOUT) -> int:
        """Waits for it to end and returns its exit status."""
        self.expect_end = True
        assert self._process is not None
        return self._process.wait(timeout)

    def stop(self) -> int:
        """Sends SIGTERM and returns the exit status."""
        self.expect_end = True
        if self.alive:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """SIGKILL."""
        self.expect_end = True
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def assert_sound(self) -> None:
        """Checks that the daemon lives and answers, holds no more descriptors than at its start, and that no
        sanitizer reported a fault."""
        if not self.expect_end:
            assert self.alive, (
                f"the daemon ended with {self._process and self._process.poll()}:\n{self.log()[-4000:]}"
            )
            with at_most(5, "a thread of the daemon is held up"):
                # The daemon may not have noticed yet that the test closed its connections.
                wait_until(lambda: self.request("GET", "/", token=None).status_code == 200, 5, "GET / is 200")
            allowed = self.baseline + self.most_waiting() + self.most_kept()
            wait_until(lambda: self.open_files() <= allowed, 10, f"open files are back at {allowed}")
        self.assert_clean_log()

    def assert_clean_log(self) -> None:
        report = SANITIZER.search(self.log())
        assert report is None, self.log()[report.start() : report.start() + 6000] if report else ""
        assert self.token not in self.log(), "the token is in the log"

    def end(self) -> None:
        """Stops it at the end of a test, in any state.

        The daemon waits for create calls that may still be carried out. A second signal spares the tests that
        wait.
        """
        if not self.alive:
            return
        with contextlib.suppress(ProcessLookupError):
            self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(PATIENCE)
        try:
            status = self.stop()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end the daemon:\n{self.log()[-4000:]}") from None
        assert status == 0, f"exit status {status} after SIGTERM:\n{self.log()[-4000:]}"

    def _up_or_ended(self) -> str:
        if not self.alive:
            return "ended"
        with contextlib.suppress(httpx.HTTPError):
            if CLIENT.get(self.url + "/", timeout=2).status_code == 200:
                return "up"
        return ""

    def _settled_open_files(self) -> int:
        """How many files stay open, without those that only the start needed."""
        counts: list[int] = []

        def settled() -> int:
            counts.append(self.open_files())
            return counts[-1] if counts[-10:] == counts[-1:] * 10 else 0

        return wait_until(settled, 5, "the open files settle")

    def _becomes_ready(self) -> bool:
        """Whether it soon holds all its lasting connections to the engine."""
        with contextlib.suppress(AssertionError):
            wait_until(self.is_ready, 1, "ready")
            return wait_until(lambda: "engine.events.connected" in self.log(), 1, "it listens to the engine")
        return False


MakeDaemon = Callable[..., Daemon]
