"""The daemon and the real code_runner hold an interactive run, through the scripted engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from fake_runner import add_runner
from interactive_client import INTERACTIVE, InteractiveRun, interactive_run
from runner_process import real_runner
from waiting import at_most

TERMINAL = {"rows": 24, "columns": 80}


@pytest.fixture
def image(fake_engine: FakeEngine, binary: Path, tmp_path: Path) -> str:
    runner = binary.parent / "code_runner/code_runner"
    return add_runner(fake_engine, "test/shell", real_runner(runner, tmp_path))


def shell(command: str) -> dict[str, Any]:
    return {"runInstructions": {"buildCommands": [], "runCommand": command}, "files": []}


def answer_of(run: InteractiveRun) -> dict[str, Any]:
    events, code = run.rest()
    assert code == 1000, events
    answer: dict[str, Any] = events[-1]["answer"]
    return answer


def test_a_program_reads_what_its_caller_types(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with interactive_run(daemon, image, shell("while read line; do echo you: $line; done; echo end")) as run:
        for word in ("one", "two"):
            run.type(word + "\n")
            assert run.read_output(6 + len(word)) == f"you: {word}\n"
        run.send("eof")
        assert run.read_output(4) == "end\n"
        assert answer_of(run)["status"] == "ok"


def test_a_program_with_a_terminal_sees_it_and_its_size(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    command = "test -t 0 && test -t 1 && stty size && read x && stty size && echo got $x"
    with interactive_run(daemon, image, shell(command), tty=TERMINAL) as run:
        assert run.read_output(7) == "24 80\r\n"
        run.send("resize", rows=30, columns=100)
        run.type("in\n")
        text = "in\r\n30 100\r\ngot in\r\n"
        assert run.read_output(len(text)) == text
        assert answer_of(run)["exitCode"] == 0


@pytest.mark.parametrize("tty", [{}, {"tty": TERMINAL}], ids=["pipes", "terminal"])
def test_a_signal_reaches_the_program(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str, tty: dict[str, Any]
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    command = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done'
    with interactive_run(daemon, image, shell(command), **tty) as run:
        run.read_output(5)
        run.send("signal", signal="INT")
        answer = answer_of(run)
    assert (answer["status"], answer["exitCode"]) == ("exit", 9)


def test_an_idle_run_ends(make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str) -> None:
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_IDLE_TIME="1", **INTERACTIVE)
    with interactive_run(daemon, image, shell("read x")) as run:
        assert answer_of(run)["status"] == "idle"


def test_the_clock_of_an_interactive_run_is_its_own(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_TIME="2", RUN_MAX_EXECUTION_TIME="60", **INTERACTIVE)
    with interactive_run(daemon, image, shell("while :; do echo; sleep 0.1; done")) as run:
        assert answer_of(run)["status"] == "time"


def test_a_caller_that_goes_ends_its_program(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with interactive_run(daemon, image, shell("read x")) as run:
        run.next_of("stage")
    with at_most(2, "the container outlived its caller"):
        fake_engine.wait_until_empty()
