"""Phase live: how soon output reaches the caller and input the program, and what events cost a run. It
includes floods (floods.py) and idle runs (idle_runs.py)."""

from __future__ import annotations

import contextlib
import json
import random
import time
from dataclasses import dataclass, field

from bench.contender import Measurement, milliseconds
from bench.daemons import Server
from bench.event_stream import LINES, EventStream
from bench.floods import Flood, measure_floods
from bench.idle_runs import IdleRuns, measure_idle_runs
from bench.latency import FAULTS, SEED, measure
from bench.ours import OursWarm
from bench.programs import PROGRAMS, Program, WrongAnswer, duration_of, shell
from bench.web_socket import WebSocket
from bench.workbench import Workbench

MOST_STEPS = 250  # lines, and keys
STEPS_A_SECOND = 2  # of the phase's time
PAUSE = 0.02  # seconds between two; after a silence nothing is held back
MOST_PAIRS = 300
MOST_FLOODS = 3


@dataclass(frozen=True)
class Pair:
    """The same warm run without and with events, in milliseconds."""

    plain: float
    live: float


@dataclass
class Live:
    """Latencies in milliseconds."""

    lines: list[float] = field(default_factory=list)  # from before the print to the caller
    keys: list[float] = field(default_factory=list)  # from the caller to `cat` and back
    pairs: list[Pair] = field(default_factory=list)
    floods: list[Flood] = field(default_factory=list)
    idle: IdleRuns | None = None


class LiveWarm(OursWarm):
    """A warm run with events, until the last of them."""

    def __init__(self, bench: Workbench, program: Program) -> None:
        super().__init__(bench, program)
        self._request = self._server.run_request(program.request, Accept=LINES)

    def measure(self) -> Measurement:
        began = milliseconds()
        answer = self._connection.exchange(self._request)
        total = milliseconds() - began
        events = [json.loads(line) for line in answer.body.splitlines()]
        if events[-1]["type"] != "answer":
            raise WrongAnswer(f"{answer.status} {answer.body[:300]!r}")
        text = "".join(event["text"] for event in events if event["type"] == "stdout")
        return Measurement(total, duration_of(json.dumps(events[-1]["answer"] | {"stdout": text}).encode()))


def measure_lines(server: Server, count: int) -> list[float]:
    """The program prints the time before each line; both sides read the same clock."""
    line = "print(time.monotonic_ns(), flush=True)"
    source = f"import time\nfor _ in range({count}):\n    time.sleep({PAUSE})\n    {line}\n"
    taken = []
    with contextlib.closing(EventStream(server, Program("python", "main.py", source, "", 0).request)) as run:
        while (event := run.next_event())["type"] not in ("answer", "error"):
            now = time.monotonic_ns()
            if event["type"] == "stdout":
                taken += [(now - int(printed)) / 1e6 for printed in event["text"].split()]
    return taken


def measure_keys(server: Server, count: int) -> list[float]:
    taken = []
    with WebSocket(server.address, server.process.token, shell("exec cat")) as run:
        run.next_of("stage")
        for _ in range(count):
            time.sleep(PAUSE)
            began = milliseconds()
            run.send({"type": "stdin", "text": "x"})
            run.next_of("stdout")
            taken.append(milliseconds() - began)
    return taken


def measure_pairs(bench: Workbench, deadline: float) -> list[Pair]:
    """Until the time is up, each pair in a random order."""
    contenders = {"plain": OursWarm(bench, PROGRAMS["python"]), "live": LiveWarm(bench, PROGRAMS["python"])}
    order = random.Random(SEED)
    pairs: list[Pair] = []
    try:
        while len(pairs) < MOST_PAIRS and (not pairs or time.monotonic() < deadline):
            bench.progress.say(f"live beside plain, pair {len(pairs) + 1}")
            taken = {}
            for name in order.sample(sorted(contenders), 2):
                try:
                    taken[name] = measure(contenders[name])[1].total
                except FAULTS as fault:
                    bench.progress.note(f"{name} run: {fault}")
            if len(taken) == 2:
                pairs.append(Pair(**taken))
    finally:
        for contender in contenders.values():
            contender.close()
    return pairs


def measure_live(bench: Workbench, seconds: float) -> Live:
    deadline = time.monotonic() + seconds
    count = min(MOST_STEPS, int(STEPS_A_SECOND * seconds) + 1)
    server = bench.server(RUN_INTERACTIVE_MAX="4")
    found = Live()
    for name, steps in (("lines", measure_lines), ("keys", measure_keys)):
        bench.progress.say(f"{count} {name}")
        bench.settled(server.instance_label)
        setattr(found, name, steps(server, count))
    bench.end(server)
    bench.progress.say("idle interactive runs")
    found.idle = measure_idle_runs(bench)
    found.floods = measure_floods(bench, MOST_FLOODS if count == MOST_STEPS else 1)
    bench.end_servers()
    found.pairs = measure_pairs(bench, deadline)
    return found
