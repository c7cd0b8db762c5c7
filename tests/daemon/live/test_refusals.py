"""What goes wrong before the first event is an HTTP status with one JSON object, as for a plain run."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import failure
from fake_containers import Exit, Process, answering_after
from fake_engine import FakeEngine
from fake_runner import LABELLED, Runner, add_runner, running, scripted
from live_client import LINES, events_of, plain_answer, run_live, wait_for_waiting
from run_requests import send_run

LIVE = {"Accept": LINES}


def test_a_request_that_is_wrong(daemon: Daemon, fake_engine: FakeEngine) -> None:
    json_type = {"Content-Type": "application/json"}
    assert_error(daemon.request("POST", "/run", token=None, headers=LIVE), 401, "access_token")
    encoded = LIVE | json_type | {"Content-Encoding": "gzip"}
    assert_error(
        daemon.request("POST", "/run", content=b"{}", headers=encoded), 415, "request.content_encoding"
    )
    large = daemon.request("POST", "/run", content=b"x" * 3_000_000, headers=LIVE | json_type)
    assert_error(large, 413, "request.body.size")
    for body in (b"{", b"{}", b'{"image":"a","payload":{},"binary":1}'):
        assert_error(
            daemon.request("POST", "/run", content=body, headers=LIVE | json_type), 400, "request.parse"
        )
    assert_error(run_live(daemon, "../bad"), 400, "docker.container.create")
    assert_error(run_live(daemon, "test/missing"), 400, "docker.container.create")
    assert fake_engine.calls_of("start") == []


def test_a_full_daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    gate = threading.Event()
    fake_engine.add_image("test/gated", answering_after(gate))
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    with send_run(daemon, "test/gated"):
        fake_engine.wait_for_call("start")
        response = run_live(daemon, "test/echo")
        assert_error(response, 503, "server.overloaded")
        assert "retry-after" in response.headers
        gate.set()


@pytest.mark.parametrize("step", ["create", "start"])
def test_a_container_that_cannot_be_made(daemon: Daemon, fake_engine: FakeEngine, step: str) -> None:
    image = add_runner(fake_engine, "test/hello", running(lambda runner: runner.print(b"hello")))
    fake_engine.script(step, failure(500, "no"))
    assert_error(run_live(daemon, image), 500, f"docker.container.{step}")


def test_a_request_that_the_runner_refuses(daemon: Daemon, fake_engine: FakeEngine) -> None:
    image = add_runner(fake_engine, "test/refuses", scripted(lambda runner: runner.fail("no field `files`")))
    body = assert_error(run_live(daemon, image), 500, "coderunner.stderr")
    assert body["message"] == "Code runner failed with the following message: no field `files`"


def test_a_runner_that_complains_in_plain_text(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def broken(process: Process) -> None:
        process.print_error(b"Wrong settings\n")
        raise Exit(1)

    fake_engine.add_image("test/broken", broken, **LABELLED)
    body = assert_error(run_live(daemon, "test/broken"), 500, "coderunner.stderr")
    assert body["message"].endswith("message: Wrong settings\n")


def test_a_runner_that_does_not_acknowledge_the_request(daemon: Daemon, fake_engine: FakeEngine) -> None:
    image = add_runner(fake_engine, "test/silent", scripted(lambda runner: runner.answer()))
    body = assert_error(run_live(daemon, image), 500, "coderunner.stdout.decode")
    assert "the runner did not acknowledge the request" in body["message"]


def test_a_runner_that_begins_with_something_else(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def begins_late(runner: Runner) -> None:
        runner.begin("run")
        runner.print(b"x")
        runner.answer()

    image = add_runner(fake_engine, "test/late", scripted(begins_late))
    assert_error(run_live(daemon, image), 500, "coderunner.stdout.decode")


def test_a_runner_of_the_first_protocol_in_spite_of_its_label(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def bare(process: Process) -> None:
        process.read_stdin()
        process.print(b'{"stdout":"hello"}')

    fake_engine.add_image("test/bare", bare, **LABELLED)
    body = assert_error(run_live(daemon, "test/bare"), 500, "coderunner.stdout.decode")
    assert "not a frame of code_runner" in body["message"]


def test_a_waiting_container_that_had_died_is_replaced_unseen(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    asked = []

    def mortal(process: Process) -> None:
        runner = Runner(process)
        runner.receive()
        if runner.payload is None:
            return
        asked.append(runner)
        if len(asked) > 1:
            runner.accept()
            runner.begin("run")
            runner.print(b"second")
            runner.answer()
            return
        process.container.status = "exited"
        ended = datetime.now(UTC) - timedelta(seconds=5)
        process.container.finished_at = ended.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")

    fake_engine.add_image("test/mortal", mortal, **LABELLED)
    daemon = make_daemon(fake_engine, POOL_ENABLED="true", POOL_PREWARM="test/mortal", POOL_MAX_PER_IMAGE="1")
    wait_for_waiting(daemon)
    events = events_of(run_live(daemon, "test/mortal"))
    assert [event["type"] for event in events].count("start") == 1
    assert plain_answer(events)["stdout"] == "second"
    assert len(asked) == 2
