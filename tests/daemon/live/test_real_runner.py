"""The daemon and the real code_runner speak with each other, through the scripted engine."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import add_runner
from live_client import (
    begin_run,
    events_of,
    plain_answer,
    read_some,
    rest_of_events,
    run_live,
    wait_for_waiting,
)
from random_programs import random_program, without_measures
from runner_process import real_runner
from waiting import at_most, wait_until


@pytest.fixture
def image(fake_engine: FakeEngine, binary: Path, tmp_path: Path) -> str:
    runner = binary.parent / "code_runner/code_runner"
    return add_runner(fake_engine, "test/shell", real_runner(runner, tmp_path))


def shell(command: str, build: list[str] | None = None) -> dict[str, Any]:
    return {"runInstructions": {"buildCommands": build or [], "runCommand": command}, "files": []}


def test_the_events_of_any_program_are_its_plain_answer(daemon: Daemon, image: str, full: bool) -> None:
    for seed in range(300 if full else 25):
        program = random_program(random.Random(seed)).in_shell()
        live = plain_answer(events_of(run_live(daemon, image, program)))
        assert without_measures(live) == without_measures(daemon.run(image, program).json()), f"seed {seed}"


def test_a_waiting_runner_serves_live_runs(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, POOL_ENABLED="true", POOL_PREWARM=image, POOL_MAX_PER_IMAGE="1")
    for _ in range(2):
        wait_for_waiting(daemon)
        events = events_of(run_live(daemon, image, shell("echo hello")))
        assert events[0]["pool"] == "hit"
        assert plain_answer(events)["stdout"] == "hello\n"


def test_what_the_runner_refuses_is_an_http_status(daemon: Daemon, image: str) -> None:
    response = run_live(daemon, image, {"language": "python"})
    assert_error(
        response, 500, "coderunner.stderr", "Code runner failed with the following message: Failed to"
    )
    assert (
        response.json()["message"].strip()
        == daemon.run(image, {"language": "python"}).json()["message"].strip()
    )


def test_a_program_at_its_time_limit_has_an_answer(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="2")
    answer = plain_answer(events_of(run_live(daemon, image, shell("echo so far; sleep 60"))))
    assert (answer["stdout"], answer["status"]) == ("so far\n", "time")


def test_a_program_that_prints_too_much_has_an_answer(daemon: Daemon, image: str) -> None:
    answer = plain_answer(events_of(run_live(daemon, image, shell("yes & yes >&2"))))
    assert answer["status"] == "output"
    plain = daemon.run(image, shell("yes & yes >&2")).json()
    assert answer["stdout"].startswith(plain["stdout"][:1000])


def test_a_slow_reader_gets_the_result_of_the_program_that_waited_for_it(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    """The limit of the program ends it, that of the daemon ends the wait for the reader."""
    daemon = make_daemon(
        fake_engine,
        RUN_MAX_OUTPUT_SIZE="100000000",
        RUN_MAX_EXECUTION_TIME="4",
        SERVER_WORKER_THREADS="1",
        SERVER_WRITE_TIMEOUT="20",
    )
    with begin_run(daemon, image, payload=shell("yes")) as connection:
        head = read_some(connection, b'"stage":"run"}')
        with at_most(20, "the worker is given back"):
            assert daemon.run("test/echo").status_code == 200
        events = rest_of_events(connection, head)
    assert events[-1]["answer"]["status"] == "time"
    assert "".join(event["text"] for event in events if event["type"] == "stdout").strip("y\n") == ""


def test_a_caller_that_goes_ends_the_program(
    daemon: Daemon, image: str, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    mark = tmp_path / "pid"
    with begin_run(daemon, image, payload=shell(f"echo $$ > {mark}; yes")) as connection:
        read_some(connection, b'"type":"stdout"')
        pid = wait_until(lambda: mark.exists() and mark.read_text().strip(), 10, "the program runs")
    fake_engine.wait_until_empty()
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), 10, "the program is gone")
