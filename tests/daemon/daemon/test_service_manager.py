"""What a service manager is told, and what it may pass: sd_notify(3), its watchdog, and socket activation."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from answers import read_answer
from daemon_process import Daemon, MakeDaemon
from fake_containers import sleeping
from fake_engine import FakeEngine
from waiting import wait_until

CONFIGURATION_FAULT = 78  # EX_CONFIG of sysexits.h


class Manager:
    """The end of NOTIFY_SOCKET that a service manager holds."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)

    def next(self, patience: float = 10) -> dict[str, str]:
        """The assignments of the next message; TimeoutError if none comes."""
        self._socket.settimeout(patience)
        return dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())

    def next_with(self, name: str) -> dict[str, str]:
        return wait_until(lambda: message if name in (message := self.next()) else None, 20, name)

    def is_full(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            try:
                other.sendto(b"STATUS=from the test", self.path)
            except BlockingIOError:
                return True
        return False

    def forget(self) -> None:
        """Drops what has come so far."""
        self._socket.setblocking(False)
        try:
            while self._socket.recv(4096):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    told = Manager(tmp_path / "notify")
    yield told
    told.close()


def test_readiness_is_told_when_connections_are_accepted(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, manager: Manager
) -> None:
    make_daemon(fake_engine, NOTIFY_SOCKET=manager.path)
    assert manager.next()["READY"] == "1"
    wait_until(lambda: manager.next()["STATUS"].startswith("Serving; 0 runs active"), 20, "it serves")


def test_the_status_says_what_stands_in_the_way(
    make_daemon: MakeDaemon, tmp_path: Path, manager: Manager
) -> None:
    """A daemon without an engine is up, and says what it lacks."""
    make_daemon(str(tmp_path / "no-engine.sock"), NOTIFY_SOCKET=manager.path)
    told = manager.next()
    assert told["READY"] == "1"
    assert told["STATUS"].startswith("Not ready: the engine does not answer")


def test_the_stop_is_told_with_the_time_that_it_may_take(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, manager: Manager
) -> None:
    daemon = make_daemon(
        fake_engine,
        NOTIFY_SOCKET=manager.path,
        RUN_MAX_EXECUTION_TIME="100",
        SERVER_STOP_TIMEOUT="120",
        SERVER_DRAIN_DELAY="1",
    )
    assert daemon.stop() == 0
    told = manager.next_with("STOPPING")
    assert int(told["EXTEND_TIMEOUT_USEC"]) == (1 + 120 + 10) * 1_000_000
    assert "shutting down" in told["STATUS"]


def test_the_watchdog_hears_from_a_daemon_that_lives_and_from_no_other(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, manager: Manager
) -> None:
    daemon = make_daemon(fake_engine, NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="400000")
    for _ in range(3):
        assert manager.next_with("WATCHDOG")["WATCHDOG"] == "1"
    daemon.signal(signal.SIGSTOP)
    wait_until(lambda: "T (stopped)" in Path(f"/proc/{daemon.pid}/status").read_text(), 5, "it is stopped")
    manager.forget()
    with pytest.raises(TimeoutError):
        manager.next(patience=1)
    daemon.signal(signal.SIGCONT)
    assert manager.next_with("WATCHDOG")["WATCHDOG"] == "1"


PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207  # ptrace(2)
WALL = 0x40000000  # threads too, waitpid(2)


@contextlib.contextmanager
def stopped_thread(thread: int) -> Iterator[None]:
    """Holds one thread of another process, which SIGSTOP cannot."""
    libc = ctypes.CDLL(None, use_errno=True)

    def trace(request: int) -> None:
        assert libc.ptrace(request, thread, None, None) == 0, os.strerror(ctypes.get_errno())

    trace(PTRACE_SEIZE)
    trace(PTRACE_INTERRUPT)
    os.waitpid(thread, WALL)
    try:
        yield
    finally:
        trace(PTRACE_DETACH)


def test_the_watchdog_hears_nothing_while_a_thread_hangs(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, manager: Manager
) -> None:
    """Of a daemon that has a thread per CPU, and one that writes its log."""
    daemon = make_daemon(fake_engine, NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="400000")
    manager.next_with("WATCHDOG")
    others = [int(task) for task in os.listdir(f"/proc/{daemon.pid}/task") if int(task) != daemon.pid]
    with contextlib.ExitStack() as held:
        for thread in others:
            held.enter_context(stopped_thread(thread))
        manager.forget()
        # The first of them may have been under way.
        assert ["WATCHDOG" in manager.next() for _ in range(4)][1:] == [False] * 3
    assert manager.next_with("WATCHDOG")["WATCHDOG"] == "1"


def test_the_watchdog_is_fed_while_runs_are_waited_for(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, manager: Manager
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(
        fake_engine, NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="400000", RUN_MAX_EXECUTION_TIME="2"
    )
    with daemon.connect() as caller:
        body = b'{"image": "test/sleeping", "payload": {}}'
        head = f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        caller.sendall(head.encode() + body)
        fake_engine.wait_for_call("start")
        daemon.signal(signal.SIGTERM)
        manager.next_with("STOPPING")
        assert "1 runs active" in manager.next_with("WATCHDOG")["STATUS"]
        assert daemon.wait() == 0


def test_a_manager_that_takes_no_messages_stops_nothing(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, manager: Manager
) -> None:
    """Its queue holds some messages only, and nobody reads them."""
    daemon = make_daemon(
        fake_engine, NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="2000", SERVER_WORKER_THREADS="1"
    )
    wait_until(manager.is_full, 10, "the manager's queue is full")
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}
    assert daemon.stop() == 0


class Activated:
    """The daemon as systemd starts it with a socket unit: the sockets begin at descriptor 3."""

    def __init__(self, daemon: Daemon, sockets: list[socket.socket]) -> None:
        daemon.expect_end = True
        # Out of the way of the descriptors that they are moved to.
        held = [fcntl.fcntl(passed, fcntl.F_DUPFD, 100) for passed in sockets]
        moves = "".join(f" {3 + number}<&{descriptor}" for number, descriptor in enumerate(held))
        # A shell, since LISTEN_PID is the pid of what it becomes.
        script = f'LISTEN_PID=$$ LISTEN_FDS={len(held)} exec "$0"{moves}'
        self.process = subprocess.Popen(
            ["bash", "-c", script, str(daemon.binary)],
            env=daemon.process_environment(),
            pass_fds=held,
            stderr=subprocess.PIPE,
            text=True,
            cwd=daemon.folder,
        )
        for descriptor in held:
            os.close(descriptor)

    def end(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@pytest.fixture
def unstarted(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    """A daemon that is told no address."""
    return make_daemon(fake_engine, start=False, SERVER_LISTEN_ADDR=None, SERVER_LISTEN_PORT=None)


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["ipv4", "ipv6"]
)
def test_a_passed_socket_is_listened_on(unstarted: Daemon, family: socket.AddressFamily, host: str) -> None:
    with socket.create_server((host, 0), family=family) as passed:
        # Its caller came before the daemon did, and is served all the same.
        with socket.create_connection(passed.getsockname()[:2]) as early:
            early.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            activated = Activated(unstarted, [passed])
            assert read_answer(early)[0] == 200
        port = passed.getsockname()[1]
        address = f"[{host}]" if family == socket.AF_INET6 else host
        assert httpx.get(f"http://{address}:{port}/").status_code == 200
        activated.process.terminate()
        status, log = activated.end()
        assert status == 0, log
        assert f"port={port}" in log


def test_no_caller_is_refused_while_a_daemon_with_a_passed_socket_is_restarted(unstarted: Daemon) -> None:
    with socket.create_server(("127.0.0.1", 0)) as passed:
        url = f"http://127.0.0.1:{passed.getsockname()[1]}/"
        first = Activated(unstarted, [passed])
        assert httpx.get(url, timeout=20).status_code == 200
        first.process.terminate()
        assert first.end()[0] == 0
        with socket.create_connection(passed.getsockname()) as between:
            between.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            second = Activated(unstarted, [passed])
            assert read_answer(between)[0] == 200
        second.process.terminate()
        assert second.end()[0] == 0


def test_two_passed_sockets_are_refused_with_a_sentence(unstarted: Daemon) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        status, errors = Activated(unstarted, [one, two]).end()
    assert status == CONFIGURATION_FAULT
    assert "2 sockets were passed" in errors


@pytest.mark.parametrize("kind", ["datagram", "unix", "connection"])
def test_what_is_passed_and_is_no_listening_tcp_socket_is_refused_with_a_sentence(
    unstarted: Daemon, tmp_path: Path, kind: str
) -> None:
    if kind == "unix":
        passed = socket.socket(socket.AF_UNIX)
        passed.bind(str(tmp_path / "listener"))
        passed.listen()
    else:
        passed = socket.socket(type=socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM)
    with passed:
        status, errors = Activated(unstarted, [passed]).end()
    assert status == CONFIGURATION_FAULT
    assert "not a TCP socket that listens" in errors
