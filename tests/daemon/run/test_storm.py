"""Callers that abort, an engine that stumbles, images that change and reloads, all at once."""

from __future__ import annotations

import json
import random
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from daemon_process import Daemon, MakeDaemon
from engine_replies import answer, failure, hang_up, hang_up_when_done, raw, truncated
from fake_containers import Exit, Process
from fake_engine import Exchange, FakeEngine
from waiting import wait_until

CALLERS = 12
SHAKY_CALLS = ("create", "attach", "start", "inspect", "delete", "image")
STORM = {
    "POOL_ENABLED": "true",
    "POOL_IDLE_TIME": "2",
    "POOL_MAX_AGE": "3",
    "POOL_MAX_TOTAL": "8",
    "RUN_MAX_EXECUTION_TIME": "2",
    "SERVER_WORKER_THREADS": "8",
    "DOCKER_UNIX_SOCKET_READ_TIMEOUT": "2",
    "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT": "2",
}
RESET = b"\1\0\0\0\0\0\0\0"  # SO_LINGER with a time of 0


def moody(process: Process) -> None:
    """Most of what a program can do, each now and then."""
    payload, mood = process.read_stdin(), random.random()
    if mood < 0.5:
        process.print(payload or b"{}")
    elif mood < 0.6:
        process.killed.wait(random.random())
        process.print(payload or b"{}")
    elif mood < 0.7:
        process.print_error(b"x" * random.randint(1, 70_000))
    elif mood < 0.8:
        process.print(b'{"a":"' + b"y" * random.randint(1, 200_000) + b'"}')
    elif mood < 0.85:
        process.send_raw(bytes([random.randint(0, 5), 0, 0, 0, 0, 0, 255, 255]) + b"z" * 10)
    elif mood < 0.9:
        raise Exit(random.randint(0, 139))
    elif mood < 0.95:
        process.print(b"{}")
        process.print(b" more")
    else:
        process.sleep_until_killed()


def stumble(exchange: Exchange) -> None:
    """Of twenty calls four are slow and one goes wrong."""
    mood = random.random()
    if mood < 0.05:
        faults = [
            hang_up,
            hang_up_when_done,
            failure(500, "x"),
            truncated(20),
            answer(404, {"message": "No such image"}),
            raw(b"garbage\r\n\r\n", True),
        ]
        random.choice(faults)(exchange)
        return
    if mood < 0.25:
        threading.Event().wait(random.random() * 0.3)
    exchange.default()


def call_once(daemon: Daemon) -> str:
    """A request that is sent half, aborted, reset or answered; which of them, or the status."""
    image = random.choice(["test/a", "test/b"])
    filler = "q" * random.choice([1, 10, 5_000, 60_000])
    body = json.dumps({"image": image, "payload": {"p": filler}}).encode()
    head = f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    mood = random.random()
    try:
        with daemon.connect(timeout=30) as connection:
            connection.sendall(head.encode())
            if mood < 0.1:
                connection.sendall(body[: len(body) // 2])
                return "half"
            connection.sendall(body)
            if mood < 0.5:
                threading.Event().wait(random.random() ** 3 * 0.4)
                if mood < 0.3:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return "aborted"
            received = connection.recv(65_536)
            return received.split(b" ", 2)[1].decode() if received else "nothing"
    except OSError as error:
        return type(error).__name__


def disturb(daemon: Daemon, engine: FakeEngine, end: float) -> None:
    while time.monotonic() < end:
        threading.Event().wait(random.random())
        mood = random.random()
        if mood < 0.6:
            engine.emit("image", random.choice(["tag", "delete", "untag"]), id="sha256:" + "0" * 64)
        elif mood < 0.8:
            engine.end_events()
        else:
            daemon.signal(signal.SIGHUP)


@pytest.mark.timeout(900)
def test_a_storm_passes_and_nothing_is_left(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, full: bool
) -> None:
    """Afterwards no container, no descriptor and no removal is left, and runs work."""
    fake_engine.add_image("test/a", moody)
    fake_engine.add_image("test/b", moody)
    daemon = make_daemon(fake_engine, **STORM)
    wait_until(daemon.is_ready, 20, "ready")
    for call in SHAKY_CALLS:
        fake_engine.script_always(call, stumble)
    end = time.monotonic() + (120 if full else 10)
    seen: Counter[str] = Counter()

    def call() -> None:
        while time.monotonic() < end:
            seen[call_once(daemon)] += 1

    with ThreadPoolExecutor(CALLERS + 1) as pool:
        parts = [pool.submit(call) for _ in range(CALLERS)]
        parts.append(pool.submit(disturb, daemon, fake_engine, end))
        for part in parts:
            part.result()
    for name in SHAKY_CALLS:
        fake_engine.script_always(name, None)

    assert {"200", "aborted", "half"} <= seen.keys(), seen
    assert not seen.keys() - {"200", "400", "500", "503", "aborted", "half"}, seen
    fake_engine.wait_until_empty(60)  # those that wait go with POOL_IDLE_TIME
    allowed = daemon.baseline + daemon.most_kept()
    wait_until(lambda: daemon.open_files() <= allowed, 20, "the descriptors are closed")
    # A name whose create broke off is watched for a while.
    wait_until(lambda: daemon.figure("docker_run_removals_pending") == 0, 40, "every removal is done")
    assert "event=internal" not in daemon.log()
    wait_until(daemon.is_ready, 20, "ready")
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}
