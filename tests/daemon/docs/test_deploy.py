"""deploy/swarm and deploy/haproxy: what can be said of them without a swarm; tests/scale runs them."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from certificate import certificate_for
from daemon_process import free_port, shipped_settings
from network import Network
from repository import REPOSITORY
from waiting import wait_until

PROXY = REPOSITORY / "deploy/haproxy/haproxy.cfg"
RULES = REPOSITORY / "deploy/nftables/docker-run.nft"
STACK = yaml.safe_load((REPOSITORY / "deploy/swarm/stack.yml").read_text())
DAEMON = STACK["services"]["daemon"]
SETTINGS = shipped_settings() | DAEMON["environment"]


def proxy_option(name: str) -> str:
    found = re.search(rf"\b{name} (\w+)", re.search(r"^ *default-server .*$", PROXY.read_text(), re.M)[0])
    assert found, name
    return found[1]


@dataclass(frozen=True)
class Places:
    """Where a HAProxy with the shipped configuration listens, in TLS and in clear, and its certificate."""

    file: Path
    tls: int
    clear: int
    certificate: Path


def placed(folder: Path, backend: int = 9, **changes: str) -> Places:
    """The shipped configuration with ports and a certificate of this test, and one daemon."""
    tls, clear, status = (free_port() for _ in range(3))
    certificate = certificate_for(folder, "127.0.0.1")
    text = re.sub(r"^    server node[23] .*\n", "", PROXY.read_text(), flags=re.M)
    changes |= {
        "/etc/haproxy/docker-run.pem": str(certificate),
        "bind :8443": f"bind 127.0.0.1:{tls}",
        "bind 127.0.0.1:8080": f"bind 127.0.0.1:{clear}",
        "bind 127.0.0.1:8404": f"bind 127.0.0.1:{status}",
        "10.77.0.11:8088": f"127.0.0.1:{backend}",
        # What stands for a daemon here is slow on a busy machine; that is not what these tests are about.
        "inter 250ms fastinter 100ms fall 2": "inter 5s fastinter 100ms fall 9",
        " observe layer4 error-limit 1 on-error mark-down": "",
        "timeout connect 500ms": "timeout connect 20s",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    file = folder / "haproxy.cfg"
    file.write_text(text)
    return Places(file, tls, clear, certificate)


def test_haproxy_accepts_its_configuration_without_a_warning(tmp_path: Path) -> None:
    command = ["haproxy", "-c", "-f", placed(tmp_path).file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr, done.stderr


class Backend(http.server.BaseHTTPRequestHandler):
    """What stands for a daemon: 401 for a wrong token, otherwise the names that the request was sent for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        wrong = self.headers["X-Access-Token"] == "wrong"
        body = json.dumps(self.headers.get_all("X-Forwarded-For")).encode()
        self.send_response(401 if wrong else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class BackendServer(http.server.ThreadingHTTPServer):
    request_queue_size = 128


@contextlib.contextmanager
def proxied(folder: Path, **changes: str) -> Iterator[Places]:
    """HAProxy with the shipped configuration, with changes, in front of a Backend."""
    server = BackendServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with in_front_of(server.server_address[1], folder, **changes) as places:
            yield places
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def in_front_of(port: int, folder: Path, **changes: str) -> Iterator[Places]:
    """HAProxy with the shipped configuration, with changes, in front of the daemon at that port."""
    places = placed(folder, port, **changes)
    proxy = subprocess.Popen(["haproxy", "-db", "-f", places.file], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_up(places), 20, "HAProxy has found its daemon")
        yield places
    finally:
        proxy.terminate()
        proxy.wait(10)


def is_up(places: Places) -> bool:
    try:
        return get(places, "/").status_code == 200
    except httpx.TransportError:
        return False


def get(places: Places, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """In clear, on a connection of its own."""
    return httpx.get(f"http://127.0.0.1:{places.clear}{path}", headers=headers, timeout=30, trust_env=False)


def test_haproxy_ends_tls_and_shows_callers_what_they_need_alone(tmp_path: Path) -> None:
    with proxied(tmp_path) as places:
        trusted = ssl.create_default_context(cafile=str(places.certificate))
        with httpx.Client(verify=trusted, trust_env=False) as client:
            for path in ("/", "/run", "/readyz", "/livez", "/?x=/metrics"):
                assert client.get(f"https://127.0.0.1:{places.tls}{path}").status_code == 200, path
            for path in ("/metrics", "/version", "/version?x", "//metrics", "/%6detrics", "/x"):
                closed = client.get(f"https://127.0.0.1:{places.tls}{path}")
                assert (closed.status_code, closed.json()["error"]) == (404, "route.not_found"), path
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(httpx.TransportError), httpx.Client(verify=old, trust_env=False) as client:
            client.get(f"https://127.0.0.1:{places.tls}/")


def test_haproxy_says_who_the_caller_is_whatever_that_one_writes(tmp_path: Path) -> None:
    with proxied(tmp_path) as places:
        assert get(places, "/", {"X-Forwarded-For": "192.0.2.1"}).json() == ["127.0.0.1"]


def is_refused(connection: socket.socket) -> bool:
    """Whether the other side has closed or reset a connection on which nothing was sent."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


NOBODY_IS_UNLIMITED = {"src 127.0.0.0/8 ::1": "src 192.0.2.1"}


def test_haproxy_ends_the_guessing_of_tokens_of_that_source_alone(tmp_path: Path) -> None:
    with proxied(tmp_path, **NOBODY_IS_UNLIMITED) as places:
        statuses = [get(places, "/run", {"X-Access-Token": "wrong"}).status_code for _ in range(70)]
        assert statuses == [401] * 61 + [429] * 9
        refused = get(places, "/run")
        assert (refused.status_code, refused.json()["error"]) == (429, "proxy.rate")


def test_haproxy_bounds_the_connections_and_requests_of_a_source(tmp_path: Path) -> None:
    with proxied(tmp_path, **NOBODY_IS_UNLIMITED) as places, contextlib.ExitStack() as stack:
        address = ("127.0.0.1", places.clear)
        opened = [stack.enter_context(socket.create_connection(address, timeout=10)) for _ in range(300)]
        wait_until(lambda: sum(map(is_refused, opened)) >= 300 - 256, 20, "what is beyond 256 is refused")
        assert sum(map(is_refused, opened)) == 300 - 256
    with proxied(tmp_path, **NOBODY_IS_UNLIMITED) as places:
        with socket.create_connection(("127.0.0.1", places.clear), timeout=30) as caller:
            # HAProxy answers them itself, so that all of them come within ten seconds.
            caller.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n" * 1100)
            received = b""
            while b" 429 " not in received:
                chunk = caller.recv(65536)
                assert chunk, "closed before the limit"
                received += chunk
        assert 900 < received.count(b" 404 ") <= 1000


def test_haproxy_leaves_the_host_itself_without_limits(tmp_path: Path) -> None:
    with proxied(tmp_path) as places:
        statuses = {get(places, "/run", {"X-Access-Token": "wrong"}).status_code for _ in range(70)}
        assert statuses == {401}


@contextlib.contextmanager
def neighbour(network: Network, name: str, address: str) -> Iterator[list[str]]:
    """Another host in that network: what to put in front of a command that runs there."""
    holder = subprocess.Popen(["unshare", "-n", "sleep", "300"])
    own = os.readlink("/proc/self/ns/net")
    try:
        wait_until(
            lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != own, 10, "it has a network of its own"
        )
        network.connect(holder.pid, name, address)
        yield ["nsenter", "-t", str(holder.pid), "-n"]
    finally:
        holder.kill()
        holder.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")
def test_the_shipped_rules_open_the_port_to_the_proxies_alone(tmp_path: Path) -> None:
    rules = tmp_path / "rules.nft"
    text = RULES.read_text()
    assert "{ 10.77.0.1 }" in text
    rules.write_text(text.replace("{ 10.77.0.1 }", "{ 10.77.0.11 }"))
    answer = ["python3", "-m", "http.server", "--directory", str(tmp_path)]

    with contextlib.ExitStack() as stack:
        host = stack.enter_context(Network())
        for _ in range(2):  # a reload takes the place of what was there
            subprocess.run(host.command("nft", "-f", str(rules)), check=True, timeout=30)
        for port in ("8088", "8089"):
            server = subprocess.Popen(host.command(*answer, port), stderr=subprocess.DEVNULL)
            stack.callback(server.wait, 10)
            stack.callback(server.terminate)
        proxy = stack.enter_context(neighbour(host, "proxy", "10.77.0.11"))
        stranger = stack.enter_context(neighbour(host, "stranger", "10.77.0.12"))

        def reaches(source: list[str], address: str, port: str) -> bool:
            command = [*source, "curl", "-so", "/dev/null", "--max-time", "5", f"http://{address}:{port}/"]
            return subprocess.run(command, timeout=30).returncode == 0

        wait_until(lambda: reaches(stranger, host.address, "8089"), 20, "other ports are as they were")
        wait_until(lambda: reaches(proxy, host.address, "8088"), 20, "the proxy reaches the daemon")
        assert reaches(host.command(), "127.0.0.1", "8088")
        assert not reaches(stranger, host.address, "8088")


def test_the_daemons_of_the_stack_listen_where_the_operator_says() -> None:
    """And nowhere by default."""
    assert DAEMON["environment"]["SERVER_LISTEN_ADDR"].startswith("${LISTEN_ADDR:?")
    assert DAEMON["environment"]["SERVER_TRUSTED_PROXIES"].startswith("${PROXIES:?")
    assert "ports" not in DAEMON


def test_the_proxy_sends_a_daemon_as_many_runs_as_it_has_workers() -> None:
    assert proxy_option("maxconn") == SETTINGS["SERVER_WORKER_THREADS"]


def test_the_proxy_notices_a_draining_daemon_while_it_still_serves() -> None:
    noticed = int(proxy_option("fall")) * int(proxy_option("inter").removesuffix("ms"))
    assert 2 * noticed <= 1000 * int(SETTINGS["SERVER_DRAIN_DELAY"])


def test_a_task_may_stop_for_as_long_as_its_daemon_does() -> None:
    stop_timeout = int(SETTINGS["RUN_MAX_EXECUTION_TIME"]) + 15
    wanted = int(SETTINGS["SERVER_DRAIN_DELAY"]) + stop_timeout + 10
    assert int(DAEMON["stop_grace_period"].removesuffix("s")) >= wanted
