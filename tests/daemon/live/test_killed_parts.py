"""The engine, its connection, the runner, the daemon or the caller goes in the middle of a run, at each of
its steps. No caller gets an answer that is not the program's, or an orderly end without a result, and no
container is left."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from daemon_process import CLIENT, Daemon, MakeDaemon
from docker.errors import NotFound
from interactive_client import INTERACTIVE, interactive_run
from live_client import LINES, Event, plain_answer
from real_engine import OWN_LABEL, RealEngine
from waiting import wait_until
from weakened_engine import WeakenedEngine
from websockets.exceptions import ConnectionClosed, WebSocketException

IMAGE = "docker-run/bash"
COMMAND = """
printf begun; sleep 0.1; head -c 300000 /dev/zero | tr '\\0' x; sleep 0.1; printf end >&2; sleep 0.05; exit 7
"""
PAYLOAD = {
    "runInstructions": {"buildCommands": ["sleep 0.1; echo built"], "runCommand": COMMAND},
    "files": [],
}
TRUTH = {
    "stdout": "begun" + "x" * 300_000,
    "stderr": "end",
    "status": "exit",
    "stage": "run",
    "exitCode": 7,
    "signal": None,
    "truncated": {"stdout": False, "stderr": False},
}
NO_RESULT, NO_STREAM = "coderunner.stdout.decode", "docker.container.stream.read"
LONGEST = 1.5  # seconds; somewhat more than such a run takes


# Each step of a run: the event that begins it at the caller.
STEPS: dict[str, Callable[[Event], bool]] = {
    "accepted": lambda event: event["type"] == "start",
    "building": lambda event: event.get("stage") == "build",
    "begun": lambda event: event.get("text") == "begun",
    "printing": lambda event: "xxx" in event.get("text", ""),
    "ending": lambda event: event["type"] == "stderr",
}


class Caller:
    """Calls on a thread of its own. `events` grows while it reads."""

    def __init__(self, daemon: Daemon, form: str) -> None:
        self.events: list[Event] = []
        self._gone = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        call = self._call_interactive if form == "websocket" else self._call_live
        self._end: Future[str] = self._pool.submit(call, daemon)

    def wait_for(self, step: str) -> None:
        """Waits until the step has begun, or the run has ended."""
        began = STEPS[step]
        wait_until(lambda: any(map(began, self.events)) or self.has_ended(), 60, step, interval=0.001)

    def has_ended(self) -> bool:
        return self._end.done()

    def leave(self) -> None:
        self._gone.set()

    def end(self) -> str:
        """Waits for the end: `whole` if it was an orderly one, `refused` if there was no stream, `left` if
        the caller went, else `broken`."""
        end = self._end.result(90)
        self._pool.shutdown()
        return "left" if self._gone.is_set() else end

    def _take(self, events: Iterator[Event]) -> None:
        for event in events:
            self.events.append(event)
            if self._gone.is_set():
                return

    def _call_live(self, daemon: Daemon) -> str:
        headers = {"X-Access-Token": daemon.token, "Accept": LINES}
        body = {"image": IMAGE, "payload": PAYLOAD}
        url = daemon.url + "/run"
        with (
            contextlib.suppress(httpx.TransportError),
            CLIENT.stream("POST", url, json=body, headers=headers, timeout=60) as response,
        ):
            if response.status_code != 200:
                return "refused"
            self._take(map(json.loads, response.iter_lines()))
            return "whole"
        return "broken"

    def _call_interactive(self, daemon: Daemon) -> str:
        with (
            contextlib.suppress(WebSocketException, OSError),
            interactive_run(daemon, IMAGE, PAYLOAD) as run,
        ):
            with contextlib.suppress(ConnectionClosed):
                self._take(iter(run.next_event, None))
            close = run.connection.protocol.close_rcvd
            return {1000: "whole", 1008: "failed"}.get(close.code if close else 0, "broken")
        return "broken"


def assert_honest(caller: Caller) -> str:
    """What the caller can see is true. Returns how its run ended: `answer`, the code of its error, `refused`,
    `left` or `broken`."""
    end = caller.end()
    kinds = [event["type"] for event in caller.events]
    results = [kind for kind in kinds if kind in ("answer", "error")]
    assert results == kinds[len(kinds) - len(results) :][:1], "one result, and nothing after it"
    if end in ("whole", "failed"):
        assert results, f"an orderly end without a result, after {kinds[-3:]}"
    if end == "failed":
        assert results == ["error"]
    if results == ["answer"]:
        answer = plain_answer(caller.events)
        assert {name: answer[name] for name in TRUTH} == TRUTH
        return "answer"
    return str(caller.events[-1]["error"]) if results else end


def strike(
    daemon: Daemon, form: str, kill: Callable[[Caller], None], full: int, after: Callable[[], None]
) -> list[str]:
    """Begins runs and kills at each of their steps, and at `full` moments of no step; returns their ends."""
    chance = random.Random(form)
    moments: list[str | float] = [*STEPS, 0.0, *(chance.random() * LONGEST for _ in range(full))]
    ends = []
    for moment in moments:
        caller = Caller(daemon, form)
        if isinstance(moment, str):
            caller.wait_for(moment)
        else:
            threading.Event().wait(moment)
        kill(caller)
        ends.append(assert_honest(caller))
        after()
    return ends


@pytest.fixture(params=["lines", "websocket"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def wait_until_removed(engine: RealEngine, seconds: float = 20) -> None:
    wait_until(lambda: not engine.own_containers(), seconds, "no container is left")


def test_without_a_fault_the_answer_is_the_programs(
    make_daemon: MakeDaemon, images: RealEngine, form: str
) -> None:
    assert assert_honest(Caller(make_daemon(images, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE), form)) == (
        "answer"
    )


@pytest.mark.timeout(900)
def test_a_runner_that_is_killed(make_daemon: MakeDaemon, images: RealEngine, form: str, full: bool) -> None:
    daemon = make_daemon(images, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)

    def pid() -> int:
        with contextlib.suppress(NotFound):
            for container in images.client.api.containers(filters={"label": OWN_LABEL}):
                return int(images.client.api.inspect_container(container)["State"]["Pid"])
        return 0

    def kill(caller: Caller) -> None:
        found = wait_until(lambda: pid() or (caller.has_ended() and -1), 20, "the container runs")
        with contextlib.suppress(ProcessLookupError):
            if found > 0:
                os.kill(found, signal.SIGKILL)

    ends = strike(daemon, form, kill, 30 if full else 0, lambda: wait_until_removed(images))
    assert set(ends[:4]) == {NO_RESULT}, ends
    assert set(ends) <= {NO_RESULT, "answer"}


@pytest.mark.timeout(900)
def test_a_connection_to_the_engine_that_ends(
    make_daemon: MakeDaemon, images: RealEngine, form: str, full: bool, tmp_path: Path
) -> None:
    relay = WeakenedEngine(tmp_path / "relay.sock", images.socket, lambda _: None)
    daemon = make_daemon(relay.socket, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)
    ends = strike(daemon, form, lambda _: relay.cut(), 30 if full else 0, lambda: wait_until_removed(images))
    # The runner ends when nobody reads its output any more, maybe before the daemon asks.
    assert set(ends[:4]) <= {NO_STREAM, NO_RESULT}, ends
    assert "broken" not in ends


@pytest.mark.timeout(900)
def test_an_engine_that_is_killed(make_daemon: MakeDaemon, images: RealEngine, form: str, full: bool) -> None:
    daemon = make_daemon(images, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)

    def again() -> None:
        images.process.start()
        wait_until(daemon.is_ready, 60, "the daemon has its engine again")
        wait_until_removed(images, 60)

    def kill(caller: Caller) -> None:
        images.process.kill()

    for step in STEPS if full else ["printing"]:
        caller = Caller(daemon, form)
        caller.wait_for(step)
        kill(caller)
        assert assert_honest(caller) in (NO_STREAM, NO_RESULT, "answer")
        again()


@pytest.mark.timeout(900)
def test_a_daemon_that_is_killed(make_daemon: MakeDaemon, images: RealEngine, form: str, full: bool) -> None:
    daemon = make_daemon(images, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)

    def again() -> None:
        daemon.start()
        wait_until_removed(images)

    ends = strike(daemon, form, lambda _: daemon.kill(), 30 if full else 0, again)
    assert set(ends[:4]) == {"broken"}, ends


@pytest.mark.timeout(900)
def test_a_caller_that_goes(make_daemon: MakeDaemon, images: RealEngine, form: str, full: bool) -> None:
    daemon = make_daemon(images, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)
    ends = strike(daemon, form, Caller.leave, 30 if full else 0, lambda: wait_until_removed(images, 5))
    assert set(ends) <= {"left", "answer"}
