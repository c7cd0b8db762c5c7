"""Callers without a token are bounded: who has shown one is served beside any number of them."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from network import Network
from waiting import at_most, wait_until

IDLE = 4160  # SERVER_MAX_CONNECTIONS by default, and those at the door
ROOT = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
needs_network = pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")


@pytest.fixture(autouse=True)
def enough_descriptors() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


class Strangers:
    """Idle connections of nobody in particular. Use it as a context."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._connections: list[socket.socket] = []
        self._ending = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Strangers:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        if self._renewing.is_alive():
            self._renewing.join(30)
        for connection in self._connections:
            connection.close()

    def come(self, count: int, request: bytes = ROOT) -> None:
        for _ in range(count):
            connection = self._daemon.connect()
            connection.sendall(request)
            self._connections.append(connection)

    def renew(self) -> None:
        """Each of them asks again from now on, as soon as it has its answer and a second has passed."""
        self._renewing.start()

    def _renew(self) -> None:
        while not self._ending.wait(1):
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.setblocking(False)
                    if connection.recv(65536):
                        connection.sendall(ROOT)
                if self._ending.is_set():
                    return


def open_connections(daemon: Daemon) -> int:
    return int(figure(daemon, "docker_run_connections"))


def figure(daemon: Daemon, name: str) -> float:
    page = daemon.request("GET", "/metrics").text
    return float(next(line.split()[1] for line in page.splitlines() if line.startswith(name + " ")))


def assert_served(daemon: Daemon) -> None:
    """Health checks, and callers with a token on connections that are new."""
    for _ in range(5):
        with at_most(90, "an answer beside strangers"):  # a place was held for 130 s
            assert daemon.request("GET", "/readyz", token=None).status_code == 200
            assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}
            assert daemon.request("GET", "/version").status_code == 200


def test_idle_strangers_shut_nobody_out(daemon: Daemon) -> None:
    """4160 connections of one client, made within a second, kept everybody else out for 130 s."""
    with daemon.connect() as known, Strangers(daemon) as strangers:
        ask(known, daemon.token)
        strangers.come(IDLE)
        assert_served(daemon)
        strangers.come(IDLE // 4)
        assert_served(daemon)
        assert ask(known, None).startswith(b"HTTP/1.1 200"), "who has shown a token keeps the connection"
        assert open_connections(daemon) <= IDLE + 64
        assert figure(daemon, "docker_run_connections_displaced_total") > 0


def test_strangers_that_renew_their_connections_shut_nobody_out(daemon: Daemon) -> None:
    """32 requests a second kept all places for ever; these ask some thousand times a second."""
    with Strangers(daemon) as strangers:
        strangers.come(IDLE)
        strangers.renew()
        assert_served(daemon)
        # Unfinished heads and connections that say nothing are no better.
        strangers.come(500, b"GET / HTTP/1.1\r\nHo")
        strangers.come(500, b"")
        assert_served(daemon)


def ask(connection: socket.socket, token: str | None) -> bytes:
    """GET / on a connection that stays."""
    field = f"X-Access-Token: {token}\r\n" if token else ""
    connection.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n{field}\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received or not received.endswith(b"}\n"):
        chunk = connection.recv(65536)
        assert chunk, received
        received += chunk
    return received


def test_a_stranger_beyond_the_last_place_is_told_to_come_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_MAX_CONNECTIONS="2")
    with daemon.connect(), daemon.connect():
        wait_until(lambda: open_connections(daemon) >= 2, 10, "both are there")
        assert_error(daemon.request("GET", "/", token=None), 503, "server.overloaded")
        assert_error(daemon.request("GET", "/version", token="wrong"), 503, "server.overloaded")
        assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


@pytest.fixture
def in_network() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Runs a function in a network of its own, whose addresses are none of the loopback."""
    with Network() as network, ThreadPoolExecutor(1, initializer=network.enter_with_this_thread) as pool:
        addresses = [
            "10.77.0.2/24",
            "10.77.0.3/24",
            *(f"fd00:77:0:{i}::{j}/64" for i in (1, 2) for j in (1, 2)),
        ]
        for address in addresses:
            nodad = ["nodad"] if ":" in address else []
            command = network.command("ip", "address", "add", address, "dev", "bridge", *nodad)
            pool.submit(os.spawnvp, os.P_WAIT, command[0], command).result(30)
        yield lambda function: pool.submit(function).result(60)


def connected(daemon: Daemon, source: str, destination: str) -> socket.socket:
    return socket.create_connection((destination, daemon.port), timeout=10, source_address=(source, 0))


def status_of(connection: socket.socket, token: str | None = None) -> int:
    field = f"X-Access-Token: {token}\r\n" if token else ""
    connection.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n{field}\r\n".encode())
    return int(connection.recv(65536).split()[1])


@needs_network
@pytest.mark.parametrize(
    ("listen", "host", "first", "second", "other"),
    [
        ("10.77.0.1", "10.77.0.1", "10.77.0.2", "10.77.0.2", "10.77.0.3"),
        ("::", "fd00:77:0:1::1", "fd00:77:0:1::1", "fd00:77:0:1::2", "fd00:77:0:2::1"),
        ("::", "10.77.0.1", "10.77.0.2", "10.77.0.2", "10.77.0.3"),
    ],
)
def test_one_address_gets_no_more_than_its_share(
    in_network: Callable[[Callable[[], Any]], Any],
    make_daemon: MakeDaemon,
    fake_engine: FakeEngine,
    listen: str,
    host: str,
    first: str,
    second: str,
    other: str,
) -> None:
    """Of IPv6 the 64 bits of a network count as one address."""

    def body() -> None:
        daemon = make_daemon(
            fake_engine, start=False, SERVER_LISTEN_ADDR=listen, SERVER_MAX_CONNECTIONS="8"
        ).start(host=f"[{host}]" if ":" in host else host)
        with contextlib.ExitStack() as stack:

            def connect(source: str) -> socket.socket:
                return stack.enter_context(connected(daemon, source, host))

            own = [connect(source) for source in (first, second)]
            assert [status_of(each) for each in own] == [200, 200]
            assert status_of(connect(second)) == 503, "a quarter of all is two"
            assert status_of(connect(other)) == 200
            known = connect(first)
            assert status_of(known, daemon.token) == 200, "it shows a token"
            assert [status_of(each) for each in (known, *own)] == [200] * 3
        assert daemon.stop() == 0

    in_network(body)


@needs_network
def test_a_trusted_proxy_may_hold_every_connection(
    in_network: Callable[[Callable[[], Any]], Any], make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    def body() -> None:
        daemon = make_daemon(
            fake_engine,
            start=False,
            SERVER_LISTEN_ADDR="10.77.0.1",
            SERVER_MAX_CONNECTIONS="8",
            SERVER_TRUSTED_PROXIES="10.77.0.2",
        ).start(host="10.77.0.1")
        with contextlib.ExitStack() as stack:
            for _ in range(8):
                proxied = stack.enter_context(connected(daemon, "10.77.0.2", "10.77.0.1"))
                assert status_of(proxied) == 200
        assert daemon.stop() == 0

    in_network(body)
