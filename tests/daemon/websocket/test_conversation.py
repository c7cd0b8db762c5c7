"""What an interactive run and its caller say to each other."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, scripted
from interactive_client import INTERACTIVE, connected, echo_all, echo_input, interactive_run, talking
from waiting import wait_until


@pytest.fixture
def interactive(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    add_runner(fake_engine, "test/echo-input", talking(echo_input))
    add_runner(fake_engine, "test/echo-all", talking(echo_all))
    return make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="1000000", **INTERACTIVE)


def test_a_program_and_its_caller_talk(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/echo-input") as run:
        start = run.next_event()
        assert (start["type"], start["live"], start["pool"]) == ("start", True, "miss")
        assert run.next_event() == {"type": "stage", "stage": "run"}
        for text in ("a", "Grüße\n", "\0\n", "€" * 1000):
            run.type(text)
            assert run.read_output(len(text)) == text
        run.send("stdin", bytes=base64.b64encode(b"\xc3").decode())
        run.send("stdin", bytes=base64.b64encode(b"\xa9").decode())
        assert run.read_output(1) == "é"
        run.send("eof")
        events, code = run.rest()
        assert events[-1]["answer"]["status"] == "ok"
        assert code == 1000


def test_every_kind_of_message_reaches_the_runner_in_order(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/echo-all") as run:
        run.send("stdin", text="1")
        run.send("signal", signal="INT")
        run.send("resize", rows=30, columns=258)
        run.send("signal", signal="TERM")
        run.send("stdin", bytes="Mg==")
        run.send("signal", signal="KILL")
        run.send("eof")
        events, code = run.rest()
    text = "".join(event["text"] for event in events if event["type"] == "stdout")
    assert text == "I31 S494e54 W001e0102 S5445524d I32 S4b494c4c E "
    assert code == 1000


def test_a_long_input_arrives_whole(interactive: Daemon) -> None:
    text = "0123456789" * 20_000
    with interactive_run(interactive, "test/echo-input") as run:
        for begin in range(0, len(text), 50_000):
            run.type(text[begin : begin + 50_000])
            assert run.read_output(50_000) == text[begin : begin + 50_000]


def options_of(daemon: Daemon, fake_engine: FakeEngine, **members: object) -> dict[str, object]:
    """The options that the runner of a run with these members gets."""
    options: list[dict[str, object]] = []
    image = f"test/options-{len(members)}"
    add_runner(fake_engine, image, talking(lambda runner: options.append(runner.options)))
    with interactive_run(daemon, image, **members) as run:
        assert run.rest()[1] == 1000
    return options[0]


def test_the_runner_learns_the_limits_and_the_size_of_the_terminal(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    limits = {"RUN_MAX_EXECUTION_TIME": "7", "RUN_INTERACTIVE_TIME": "100", "RUN_INTERACTIVE_IDLE_TIME": "9"}
    daemon = make_daemon(fake_engine, **INTERACTIVE, **limits)
    common = {"interactive": True, "processorTime": 7000, "idleTime": 9000, "wallTime": 98_000}
    assert options_of(daemon, fake_engine) == common
    with_terminal = options_of(daemon, fake_engine, tty={"rows": 24, "columns": 80})
    assert with_terminal == common | {"rows": 24, "columns": 80}


def test_output_is_sent_as_bytes_to_a_caller_that_wants_them(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/echo-input", binary=True) as run:
        run.send("stdin", bytes="/wA=")
        assert run.next_of("stdout") == {"type": "stdout", "bytes": "/wA="}


def test_a_silent_run_shows_that_it_is_alive(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/echo-input") as run:
        run.next_of("alive", timeout=20)


def test_an_interactive_run_takes_a_waiting_container(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    add_runner(fake_engine, "test/echo-input", talking(echo_input))
    daemon = make_daemon(
        fake_engine,
        POOL_ENABLED="true",
        POOL_PREWARM="test/echo-input",
        RUN_MAX_EXECUTION_TIME="3",
        **INTERACTIVE,
    )
    with interactive_run(daemon, "test/echo-input") as run:
        assert run.next_of("start")["pool"] == "hit"
        run.type("warm")
        assert run.read_output(4) == "warm"


def test_input_before_the_start_is_not_lost_with_a_container_that_had_ended(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    asked = []

    def mortal(runner: Runner) -> None:
        asked.append(runner)
        if len(asked) > 1:
            return talking_to_echo(runner)
        container = runner.process.container
        container.status = "exited"
        container.finished_at = (datetime.now(UTC) - timedelta(seconds=5)).strftime(
            "%Y-%m-%dT%H:%M:%S.%f000Z"
        )

    def talking_to_echo(runner: Runner) -> None:
        runner.accept()
        echo_input(runner)

    image = add_runner(fake_engine, "test/mortal", scripted(mortal))
    daemon = make_daemon(
        fake_engine, POOL_ENABLED="true", POOL_PREWARM=image, POOL_MAX_PER_IMAGE="1", **INTERACTIVE
    )
    wait_until(daemon.is_ready, 20, "ready")
    with interactive_run(daemon, image) as run:
        run.type("early")
        assert run.next_of("start")["pool"] == "miss"
        assert run.read_output(5) == "early"
    assert len(asked) == 2


def test_an_image_without_the_runner_is_refused_before_a_container_is_made(
    interactive: Daemon, fake_engine: FakeEngine
) -> None:
    with interactive_run(interactive, "test/echo") as run:
        events, code = run.rest()
    assert [(event["error"], event["status"]) for event in events] == [("request.unsupported", 400)]
    assert code == 1008
    assert fake_engine.calls_of("create") == []


def test_an_image_whose_rule_grants_no_interactive_run_is_refused(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    add_runner(fake_engine, "test/echo-input", talking(echo_input))
    daemon = make_daemon(fake_engine, start=False, **INTERACTIVE)
    policy = daemon.folder / "policy.json"
    rule = {"match": ["test/*"], "settings": {"RUN_INTERACTIVE_TIME": 0}}
    policy.write_text(json.dumps({"images": [rule]}))
    daemon.env["RUN_POLICY_FILE"] = str(policy)
    daemon.start()
    with interactive_run(daemon, "test/echo-input") as run:
        assert run.rest()[0][0]["error"] == "request.unsupported"
    assert daemon.run("test/echo-input").status_code == 200


def test_an_unknown_image_has_the_error_that_it_always_has(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/unknown") as run:
        events, code = run.rest()
    assert [(event["error"], event["status"]) for event in events] == [("docker.container.create", 400)]
    assert code == 1008


def test_a_run_that_takes_too_long_is_ended_with_the_usual_error(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    add_runner(fake_engine, "test/sleeping", talking(lambda runner: runner.process.sleep_until_killed()))
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_TIME="1", **INTERACTIVE)
    with interactive_run(daemon, "test/sleeping") as run:
        events, code = run.rest()
    assert [event["type"] for event in events] == ["start", "stage", "error"]
    assert events[-1]["error"] == "limits.execution_time"
    assert code == 1008


def test_the_first_message_is_due_in_the_time_for_a_head(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_HEADER_TIMEOUT="1", **INTERACTIVE)
    began = time.monotonic()
    with connected(daemon) as run:
        events, code = run.rest()
    assert time.monotonic() - began >= 1
    assert [(event["error"], event["status"]) for event in events] == [("request.timeout", 408)]
    assert code == 1008
