"""GET /version under many callers."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from answers import assert_error
from daemon_process import Daemon
from engine_replies import failure, held
from fake_engine import FakeEngine
from waiting import wait_until


def open_connections(daemon: Daemon) -> int:
    page = daemon.request("GET", "/metrics").text
    return int(page.split("\ndocker_run_connections ")[1].split()[0])


def test_the_engine_is_asked_for_its_version_once_for_all_callers(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    release = threading.Event()
    fake_engine.script_always("version", held(release))
    before = len(fake_engine.calls_of("version"))
    with ThreadPoolExecutor(200) as pool:
        asked = [pool.submit(daemon.request, "GET", "/version") for _ in range(200)]
        wait_until(lambda: open_connections(daemon) > 200, 20, "all of them wait")
        release.set()
        assert {each.result(30).status_code for each in asked} == {200}
    # The look at the engine's health asks for the version as well, every two seconds.
    assert len(fake_engine.calls_of("version")) - before < 20


def test_a_version_is_remembered_for_a_second_and_a_failure_is_not(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    fake_engine.script_always("version", failure(500, "no"))
    assert_error(daemon.request("GET", "/version"), 500, "docker.version")
    fake_engine.script_always("version", None)
    assert daemon.request("GET", "/version").status_code == 200
    fake_engine.script_always("version", failure(500, "no"))
    wait_until(lambda: daemon.request("GET", "/version").status_code == 500, 10, "it is asked again")
    fake_engine.script_always("version", None)
    wait_until(lambda: daemon.request("GET", "/version").status_code == 200, 10, "and again")


def test_a_caller_that_goes_leaves_the_version_to_those_who_wait(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    release = threading.Event()
    fake_engine.script_always("version", held(release))
    before = len(fake_engine.calls_of("version"))
    head = f"GET /version HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n\r\n"
    with ThreadPoolExecutor(1) as pool:
        with daemon.connect() as gone:
            gone.sendall(head.encode())
            fake_engine.wait_for_call("version", before + 1)
            waiting = pool.submit(daemon.request, "GET", "/version")
            wait_until(lambda: open_connections(daemon) >= 3, 10, "another one waits")
        release.set()
        assert waiting.result(30).status_code == 200
