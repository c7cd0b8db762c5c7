"""Callers that come through HAProxy."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import Daemon, free_port
from fake_containers import sleeping
from fake_engine import FakeEngine
from waiting import at_most, wait_until

# Without abortonclose in `defaults` HAProxy itself notices nothing of a caller that goes.
CONFIGURATION = """
defaults
    mode http
    option abortonclose
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend callers
    bind 127.0.0.1:{port}
    default_backend daemons
backend daemons
    http-reuse never
    server one 127.0.0.1:{daemon_port}
"""


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def proxy_port(daemon: Daemon, tmp_path: Path) -> Iterator[int]:
    """The port of a HAProxy in front of the daemon."""
    port = free_port()
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(CONFIGURATION.format(port=port, daemon_port=daemon.url.rsplit(":", 1)[1]))
    proxy = subprocess.Popen(["haproxy", "-db", "-f", configuration])
    try:
        wait_until(lambda: accepts(port), 10, "HAProxy listens")
        yield port
    finally:
        proxy.terminate()
        proxy.wait(10)


def test_a_run_whose_caller_leaves_a_proxy_is_ended_within_a_second(
    daemon: Daemon, fake_engine: FakeEngine, proxy_port: int, full: bool
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    body = json.dumps({"image": "test/sleeping", "payload": {}})
    head = f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for number in range(1, (100 if full else 3) + 1):
        connection = socket.create_connection(("127.0.0.1", proxy_port))
        connection.sendall((head + body).encode())
        fake_engine.wait_for_call("start", number)
        with at_most(2, "the container outlived its caller"):
            connection.close()
            fake_engine.wait_until_empty(10)
    daemon.wait_for_log("abandoned")
