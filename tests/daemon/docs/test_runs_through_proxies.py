"""Live and interactive runs through HAProxy with the shipped configuration, and through nginx with the lines
of docs/operations.md."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from daemon_process import CLIENT, Daemon, MakeDaemon, free_port
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, running
from interactive_client import INTERACTIVE, echo_input, interactive_run, talking
from live_client import LINES, MESSAGES
from repository import REPOSITORY
from test_deploy import in_front_of
from waiting import at_most, wait_until
from websockets.exceptions import InvalidStatus

BLOCKS = re.findall(
    r"^```nginx\n(.*?)^```$", (REPOSITORY / "docs/operations.md").read_text(), re.DOTALL | re.MULTILINE
)
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""
SOON = 2.0  # s; the promise is one second, on a machine that is not busy


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx_in_front_of(daemon_port: int, folder: Path, block: str) -> Iterator[int]:
    """The port of an nginx with these lines, in a server of its own if they are none."""
    port = free_port()
    server = block if "server {" in block else f"server {{ listen 8080;\n{block} }}"
    server = server.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("8088", str(daemon_port))
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, server=server))
    proxy = subprocess.Popen(["nginx", "-e", folder / "nginx.log", "-c", configuration])
    try:
        wait_until(lambda: accepts(port), 10, "nginx listens")
        yield port
    finally:
        proxy.terminate()
        proxy.wait(10)


def add_silent_image(engine: FakeEngine) -> str:
    """One whose program prints nothing and does not end."""
    return add_runner(engine, "test/silent", running(lambda runner: runner.process.sleep_until_killed()))


@contextmanager
def behind(kind: str, daemon: Daemon, folder: Path) -> Iterator[Daemon]:
    """The daemon at the address of the proxy: `haproxy`, or `nginx-N` with the Nth lines of the manual."""
    with contextlib.ExitStack() as proxies:
        if kind == "haproxy":
            port = proxies.enter_context(in_front_of(daemon.port, folder)).clear
        else:
            block = BLOCKS[int(kind[-1])]
            port = proxies.enter_context(nginx_in_front_of(daemon.port, folder, block))
        seen = copy.copy(daemon)
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


LIVE = pytest.mark.parametrize("kind", ["haproxy", "nginx-0", "nginx-1"])
BOTH = pytest.mark.parametrize("kind", ["haproxy", "nginx-1"])


@contextmanager
def live_lines(daemon: Daemon, image: str, accept: str = LINES) -> Iterator[Iterator[str]]:
    body = {"image": image, "payload": {}}
    headers = {"X-Access-Token": daemon.token, "Accept": accept}
    with CLIENT.stream("POST", daemon.url + "/run", json=body, headers=headers, timeout=30) as response:
        assert response.status_code == 200
        yield response.iter_lines()


@LIVE
@pytest.mark.parametrize("accept", [LINES, MESSAGES])
def test_each_event_of_a_live_run_is_passed_on_as_it_comes(
    daemon: Daemon, fake_engine: FakeEngine, tmp_path: Path, kind: str, accept: str
) -> None:
    """Each step of the program waits until the caller has seen the one before."""
    seen = threading.Semaphore(0)

    def steps(runner: Runner) -> None:
        for number in range(10):
            runner.print(f"{number}".encode())
            assert seen.acquire(timeout=20)

    image = add_runner(fake_engine, "test/steps", running(steps))
    shown, last = [], ""
    with behind(kind, daemon, tmp_path) as proxied, live_lines(proxied, image, accept) as lines:
        for line in lines:
            last = line or last
            if '"type":"stdout"' in line:
                shown.append(json.loads(line.removeprefix("data: "))["text"])
                seen.release()
    assert shown == [f"{number}" for number in range(10)]
    assert '"type":"answer"' in last


@LIVE
def test_a_live_run_whose_daemon_dies_has_no_orderly_end(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, kind: str
) -> None:
    daemon = make_daemon(fake_engine)
    image = add_silent_image(fake_engine)
    with behind(kind, daemon, tmp_path) as proxied, live_lines(proxied, image) as lines:
        while '"stage"' not in next(lines):
            pass
        daemon.kill()
        with pytest.raises(httpx.TransportError):
            list(lines)
    daemon.start()
    fake_engine.wait_until_empty()


@LIVE
def test_a_caller_of_a_live_run_that_goes_ends_its_run(
    daemon: Daemon, fake_engine: FakeEngine, tmp_path: Path, kind: str
) -> None:
    image = add_silent_image(fake_engine)
    with behind(kind, daemon, tmp_path) as proxied:
        with live_lines(proxied, image) as lines:
            while '"stage"' not in next(lines):
                pass
        with at_most(SOON, "the container goes with its caller"):
            fake_engine.wait_until_empty()


@BOTH
def test_an_interactive_run_is_passed_on_both_ways(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, kind: str
) -> None:
    image = add_runner(fake_engine, "test/echo-input", talking(echo_input))
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with behind(kind, daemon, tmp_path) as proxied, interactive_run(proxied, image) as run:
        for word in ("one", "two", "x" * 50_000):
            run.type(word)
            assert run.read_output(len(word)) == word
        run.send("eof")
        events, code = run.rest()
    assert events[-1]["type"] == "answer"
    assert code == 1000


@BOTH
def test_a_caller_of_an_interactive_run_that_goes_ends_its_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, kind: str
) -> None:
    image = add_runner(fake_engine, "test/echo-input", talking(echo_input))
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with behind(kind, daemon, tmp_path) as proxied:
        with interactive_run(proxied, image) as run:
            run.next_of("stage")
            run.connection.socket.shutdown(socket.SHUT_RDWR)
        with at_most(SOON, "the container goes with its caller"):
            fake_engine.wait_until_empty()


@BOTH
def test_interactive_runs_beyond_the_limit_are_refused_with_the_status(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, kind: str
) -> None:
    image = add_runner(fake_engine, "test/echo-input", talking(echo_input))
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_MAX="1")
    with behind(kind, daemon, tmp_path) as proxied, interactive_run(proxied, image) as run:
        run.next_of("stage")
        with pytest.raises(InvalidStatus) as refused, interactive_run(proxied, image):
            pass
    assert refused.value.response.status_code == 503
