"""Many runs, and a log that nobody reads or somebody wants to forge."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from waiting import wait_until


@pytest.mark.timeout(900)
def test_memory_and_open_files_stay_flat(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, full: bool
) -> None:
    daemon = make_daemon(fake_engine)
    payload = {"filler": "x" * 10_000}
    runs = 10_000 if full else 600
    with ThreadPoolExecutor(4) as pool:
        for response in pool.map(lambda _: daemon.run("test/echo", payload), range(runs // 2)):
            assert response.status_code == 200
        half = daemon.resident_bytes()
        for response in pool.map(lambda _: daemon.run("test/echo", payload), range(runs // 2)):
            assert response.status_code == 200
    fake_engine.wait_until_empty()
    # A sanitizer keeps freed memory for a while; a leak of a payload a run would be 3 MB in short and 50 in
    # full.
    assert daemon.resident_bytes() - half < (64 << 20 if b"asan" in os.fsencode(daemon.binary) else 16 << 20)
    wait_until(
        lambda: daemon.open_files() <= daemon.baseline + daemon.most_kept(), 10, "the descriptors are closed"
    )


def test_a_blocked_log_blocks_no_run(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """A pipe that nobody reads holds 64 KiB."""
    reader, writer = os.pipe()
    daemon = make_daemon(fake_engine, start=False, LOG_LEVEL="debug")
    try:
        daemon.start(output=writer)
        long_id = "i" * 128
        for _ in range(600):
            assert daemon.run("test/echo", headers={"X-Request-Id": long_id}).status_code == 200
        fake_engine.wait_until_empty()
        assert daemon.stop() == 0
    finally:
        os.close(reader)
        os.close(writer)


HOSTILE = [
    "a\r\nlevel=error msg=forged",
    "\x1b[31mred",
    'quote" and = sign',
    "x" * 1_000_000,
    "\u2028\u202e",
    "\x00",
]


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_whatever_a_caller_sends_a_log_event_is_one_well_formed_line(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, form: str
) -> None:
    daemon = make_daemon(fake_engine, LOG_FORMAT=form)
    for text in HOSTILE:
        headers = {"traceparent": "".join(c for c in text[:200] if 31 < ord(c) < 127)}
        assert daemon.run(text, headers=headers).status_code == 400
    assert daemon.stop() == 0
    lines = daemon.log().splitlines()
    assert len([line for line in lines if "docker.container.create" in line]) >= len(HOSTILE)
    for line in daemon.log_path.read_bytes().split(b"\n"):
        assert len(line) < 16_384
        assert all(byte >= 32 for byte in line), line
    assert not any(line.startswith("level=error msg=forged") for line in lines)
    if form == "json":
        assert all(isinstance(json.loads(line), dict) for line in lines)


def test_a_payload_is_never_logged(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, LOG_LEVEL="debug")
    daemon.run("test/echo", {"secret": "do-not-log-me"})
    daemon.run("test/echo", {"x" * 200_000: "do-not-log-me"})
    assert daemon.stop() == 0
    assert "do-not-log-me" not in daemon.log()
