"""Much output in one run, through the daemon and through the engine's attach stream alone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from bench.daemons import Server
from bench.event_stream import LINES
from bench.programs import PROGRAMS, shell
from bench.raw_http import Broken, connect
from bench.workbench import Workbench

SIZE = 100_000_000  # bytes
LINE = b"0123456789abcde"
COMMAND = f"yes {LINE.decode()} | head -c {SIZE}"
SETTINGS = {"RUN_MAX_OUTPUT_SIZE": "1000000000", "RUN_MAX_EXECUTION_TIME": "60"}
LOOK_EVERY = 0.01  # seconds
BUFFER = 1 << 20


@dataclass(frozen=True)
class Flood:
    """Much output in one run. Rates in bytes a second. `growth`: of the daemon's memory meanwhile."""

    live: float
    growth: int  # bytes
    stream: float  # the engine's attach stream alone


def flood_through_the_engine(bench: Workbench) -> float:
    """Bytes a second of a container's stream, from its first byte to its end."""
    command = {"Entrypoint": ["/bin/sh", "-c", COMMAND]}
    container = bench.engine.create(bench.create_body(PROGRAMS["python"], warm=False, **command))
    stream = bench.engine.attach(container)
    try:
        bench.engine.start(container)
        return stream.rate_to_end()
    finally:
        stream.close()
        bench.engine.remove(container)


def flood_through_the_daemon(server: Server) -> tuple[float, int]:
    """Bytes of the program a second, from the first event of output to the last event; and the growth of the
    daemon's memory."""
    before = most = server.process.resident_bytes()
    ended = threading.Event()

    def look() -> None:
        nonlocal most
        while not ended.wait(LOOK_EVERY):
            most = max(most, server.process.resident_bytes())

    looker = threading.Thread(target=look)
    looker.start()
    pieces = []
    try:
        with connect(server.address) as connection:
            fields = {"Accept": LINES, "Connection": "close"}
            connection.sendall(server.run_request(shell(COMMAND), **fields))
            began = 0.0
            while piece := connection.recv(BUFFER):
                began = began or (time.perf_counter() if b'"stdout"' in piece else 0.0)
                pieces.append(piece)
            seconds = time.perf_counter() - began
    finally:
        ended.set()
        looker.join()
    if (printed := b"".join(pieces).count(LINE)) < 0.98 * SIZE / (len(LINE) + 1):
        raise Broken(f"{printed} lines of a flood")
    return SIZE / seconds, most - before


def measure_floods(bench: Workbench, count: int) -> list[Flood]:
    server = bench.server(**SETTINGS)
    floods = []
    for number in range(count):
        bench.progress.say(f"{SIZE} bytes of output, {number + 1}")
        bench.settled(server.instance_label)
        stream = flood_through_the_engine(bench)
        bench.settled(server.instance_label)
        floods.append(Flood(*flood_through_the_daemon(server), stream))
    return floods
