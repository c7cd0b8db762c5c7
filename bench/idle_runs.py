"""What interactive runs in which nothing happens cost the daemon, with the scripted engine of the tests."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass

from bench.daemons import Server
from bench.long_run import scripted_engine
from bench.scripted_engine import READER
from bench.web_socket import WebSocket
from bench.workbench import Workbench

RUNS = 200
REST = 1.0  # seconds; until nothing is on its way any more
SETTINGS = {
    "POOL_ENABLED": "false",
    "LOG_LEVEL": "warning",
    "RUN_INTERACTIVE_MAX": str(RUNS + 1),
    "RUN_INTERACTIVE_IDLE_TIME": "600",
}


@dataclass(frozen=True)
class IdleRuns:
    count: int
    kib_each: float


def measure_idle_runs(bench: Workbench) -> IdleRuns:
    request = json.dumps({"image": READER, "payload": {}}).encode()
    with scripted_engine() as socket_path, contextlib.ExitStack() as opened:
        server = Server(bench.binary, socket_path, **SETTINGS)
        opened.callback(server.end)

        def open_run() -> None:
            run = opened.enter_context(WebSocket(server.address, server.process.token, request))
            run.next_of("stage")

        open_run()
        time.sleep(REST)
        before = server.figures().resident_bytes
        for _ in range(RUNS):
            open_run()
        time.sleep(REST)
        return IdleRuns(RUNS, (server.figures().resident_bytes - before) / 1024 / RUNS)
