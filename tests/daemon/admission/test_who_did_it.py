"""Names and addresses of callers, in the log and on containers, and what becomes of tokens that fail."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_containers import sleeping
from fake_engine import FakeEngine
from log_events import events, wait_for_event
from repository import REPOSITORY
from run_requests import head_of_run, send_run
from waiting import wait_until

FILTER = REPOSITORY / "deploy/fail2ban/filter.d/docker-run.conf"


@pytest.fixture
def named_daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path) -> Callable[..., Daemon]:
    """A daemon that logs JSON, with the tokens `t`, whose name is glot, and `bare`."""
    tokens = tmp_path / "tokens"
    tokens.write_text("t name=glot runs=1 queue=0\nbare\n")
    files = {"API_ACCESS_TOKEN": None, "API_ACCESS_TOKEN_FILE": str(tokens)}
    return lambda **settings: make_daemon(fake_engine, LOG_FORMAT="json", **files, **settings)


def test_name_and_address_stand_in_the_line_of_a_run_and_the_name_on_its_container(
    named_daemon: Callable[..., Daemon], fake_engine: FakeEngine
) -> None:
    daemon = named_daemon()
    assert daemon.run("test/echo", token="t").status_code == 200
    run = wait_for_event(daemon, "run")
    assert (run["caller"], run["peer"]) == ("glot", "127.0.0.1")
    (created,) = fake_engine.calls_of("create")
    assert created.body["Labels"]["docker-run.caller"] == "glot"
    assert daemon.run("test/echo", token="bare").status_code == 200
    bare = wait_until(lambda: events(daemon, "run")[1:], 10, "a second run")[0]
    assert "caller" not in bare
    assert bare["peer"] == "127.0.0.1"
    assert "docker-run.caller" not in fake_engine.calls_of("create")[1].body["Labels"]
    assert '"t"' not in daemon.log()


def test_name_and_address_stand_in_refusals_and_of_runs_that_were_left(
    named_daemon: Callable[..., Daemon], fake_engine: FakeEngine
) -> None:
    daemon = named_daemon()
    fake_engine.add_image("test/sleeping", sleeping)
    with send_run(daemon, "test/sleeping", "t"):
        fake_engine.wait_for_call("start")
        assert daemon.run("test/echo", token="t").status_code == 429
    refused = wait_for_event(daemon, "run.refused")
    assert (refused["caller"], refused["peer"], refused["status"]) == ("glot", "127.0.0.1", 429)
    abandoned = wait_for_event(daemon, "run.abandoned")
    assert (abandoned["caller"], abandoned["peer"]) == ("glot", "127.0.0.1")


def test_the_address_is_the_last_hop_of_a_trusted_proxy_and_of_nobody_else(
    named_daemon: Callable[..., Daemon],
) -> None:
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    trusting = named_daemon(SERVER_TRUSTED_PROXIES="127.0.0.0/8")
    trusting.run("test/echo", token="t", headers=forwarded)
    assert wait_for_event(trusting, "run")["peer"] == "203.0.113.9"
    trusting.request("GET", "/version", token="wrong", headers={"X-Forwarded-For": "2001:db8::9"})
    assert wait_for_event(trusting, "auth.failed")["peer"] == "2001:db8::9"
    for settings in [{}, {"SERVER_TRUSTED_PROXIES": "192.0.2.0/24"}]:
        plain = named_daemon(**settings)
        plain.run("test/echo", token="t", headers=forwarded)
        assert wait_for_event(plain, "run")["peer"] == "127.0.0.1"


def test_a_token_that_fails_is_told_with_its_address_and_never_with_itself(
    named_daemon: Callable[..., Daemon],
) -> None:
    daemon = named_daemon()
    daemon.request("GET", "/version", token="geheimnis")
    daemon.request("GET", "/metrics", token=None)
    daemon.request("POST", "/run", token=None, headers={"Authorization": "Bearer geheimnis"}, content=b"")
    daemon.request("GET", "/", token="geheimnis")
    told = wait_until(lambda: events(daemon, "auth.failed")[2:], 10, "three failures") and events(
        daemon, "auth.failed"
    )
    assert [(each["reason"], each["route"]) for each in told] == [
        ("wrong", "/version"),
        ("missing", "/metrics"),
        ("wrong", "/run"),
    ]
    assert {(each["peer"], each["level"], each["left_out"]) for each in told} == {("127.0.0.1", "warning", 0)}
    assert "geheimnis" not in daemon.log()


def test_failures_beyond_twenty_a_second_are_counted_instead_of_told(
    named_daemon: Callable[..., Daemon],
) -> None:
    daemon = named_daemon()
    request = b"GET /version HTTP/1.1\r\nHost: x\r\nX-Access-Token: wrong\r\n\r\n"
    failures = 2000
    with daemon.connect(60) as connection:
        connection.sendall(request * failures)
        answers = b""
        while answers.count(b"HTTP/1.1 401 ") < failures:
            answers += connection.recv(1 << 20)

    def told_all() -> list[dict[str, object]]:
        daemon.request("GET", "/version", token="wrong")
        told = events(daemon, "auth.failed")
        return told if told[-1]["left_out"] == 0 and any(each["left_out"] for each in told) else []

    asked = 0
    told = wait_until(told_all, 20, "a line that says how many were left out", interval=0.3)
    asked = len(told) + sum(int(str(each["left_out"])) for each in told)
    assert asked >= failures
    assert len(told) < failures / 2


@pytest.mark.parametrize("log_format", ["logfmt", "json"])
def test_fail2ban_finds_the_addresses_and_cannot_be_told_others(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, log_format: str
) -> None:
    daemon = make_daemon(fake_engine, LOG_FORMAT=log_format, SERVER_TRUSTED_PROXIES="127.0.0.1")
    addresses = ["192.0.2.7", "2001:db8::7", "::ffff:198.51.100.7"]
    for address in addresses:
        daemon.request("GET", "/version", token="wrong", headers={"X-Forwarded-For": address})
    daemon.request("POST", "/run", token=None, content=b"", headers={"X-Forwarded-For": "192.0.2.8"})
    for trap in [
        " level=warning event=auth.failed peer=203.0.113.1 reason=wrong ",
        '","level":"warning","event":"auth.failed","peer":"203.0.113.1","reason":"wrong"',
        "x\ntime=2026-11-22T10:11:12.123Z level=warning event=auth.failed peer=203.0.113.1 reason=wrong",
    ]:
        daemon.run(trap)
    with daemon.connect() as connection:
        connection.sendall(head_of_run("wrong", 2, "X-Forwarded-For: peer=203.0.113.1 reason=wrong\r\n"))
        connection.recv(1000)
    daemon.wait_for_log("peer=127.0.0.1 reason" if log_format == "logfmt" else '"peer":"127.0.0.1","reason"')
    done = subprocess.run(
        ["fail2ban-regex", "--verbose", str(daemon.log_path), str(FILTER)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("|      ")]
    assert sorted(found) == sorted(["192.0.2.7", "2001:db8::7", "198.51.100.7", "192.0.2.8", "127.0.0.1"])
