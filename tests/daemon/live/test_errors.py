"""What goes wrong after the first event is the last event; and what a program can do to the channel."""

from __future__ import annotations

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_containers import STDERR, STDOUT, Exit, frame
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, runner_frame, running, scripted
from live_client import MESSAGES, Event, events_of, plain_answer, run_live, text_of
from waiting import at_most

PODMANS_WORDS = b"Error: write unixpacket @->/proc/self/fd/13/attach: write: broken pipe\n"
SPOILED = {"error": "The program wrote to the runner's channel", "status": "output"}


def last_event(daemon: Daemon, engine: FakeEngine, script: object, **options: str) -> Event:
    def whole(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        runner.print(b"so far")
        script(runner)  # type: ignore[operator]

    image = add_runner(engine, "test/fails", scripted(whole))
    events = events_of(run_live(daemon, image, **options))
    assert text_of(events, "stdout") == "so far"
    assert [event["type"] for event in events].count("error") == 1
    return events[-1]


def test_a_run_at_its_time_limit(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="2")
    last = last_event(daemon, fake_engine, lambda runner: runner.process.sleep_until_killed())
    assert last == {
        "type": "error",
        "error": "limits.execution_time",
        "status": 400,
        "message": "Failed while reading stream: Max execution time exceeded",
    }


def ends(runner: Runner) -> None:
    raise Exit(7)


@pytest.mark.parametrize(
    ("script", "error", "status", "message"),
    [
        (ends, "coderunner.stdout.decode", 500, "the output ends before its answer does; the container"),
        (lambda runner: runner.fail("No more memory"), "coderunner.stderr", 500, "No more memory"),
        (
            lambda runner: runner.process.send_raw(frame(3, b"engine fails")),
            "docker.container.stream.read",
            500,
            "engine fails",
        ),
        (lambda runner: runner.process.send_raw(b"\xff" * 8), "docker.container.stream.read", 500, "format"),
        (lambda runner: runner.process.send_raw(frame(0, b"in")), "coderunner.stdin", 500, "stdin"),
        (
            lambda runner: runner.send_sealed(runner_frame("A", bytes(15) + b"\x06" + b"{" * 200_000)),
            "limits.read.size",
            400,
            "100000 bytes",
        ),
        (
            lambda runner: runner.send_sealed(
                runner_frame("A", bytes(7) + b"\x06" + bytes(8) + b'{"a":1e400}')
            ),
            "coderunner.stdout.decode",
            500,
            "at byte",
        ),
        (lambda runner: runner.send_sealed(b'{"stdout":""}'), "coderunner.stdout.decode", 500, "not a frame"),
    ],
    ids=["end", "failure", "engine", "garbage", "stdin", "large", "number", "unframed"],
)
def test_a_failure_has_the_status_that_it_would_have_had(
    daemon: Daemon, fake_engine: FakeEngine, script: object, error: str, status: int, message: str
) -> None:
    for accept in (MESSAGES, "application/x-ndjson"):
        last = last_event(daemon, fake_engine, script, accept=accept)
        assert (last["type"], last["error"], last["status"]) == ("error", error, status)
        assert message in last["message"]


def test_a_flood_beyond_the_limit(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def floods(runner: Runner) -> None:
        for _ in range(100):
            runner.print(b"x" * 10_000)

    image = add_runner(fake_engine, "test/floods", running(floods))
    last = events_of(run_live(daemon, image))[-1]
    assert (last["type"], last["error"], last["status"]) == ("error", "limits.read.size", 400)


def test_text_after_the_answer(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def talks_on(runner: Runner) -> None:
        sealed = runner_frame("A", (6).to_bytes(8, "big") + bytes(8) + b"{}")
        runner.process.send_raw(frame(STDOUT, sealed + b"more"))

    last = last_event(daemon, fake_engine, talks_on)
    assert (last["error"], last["status"]) == ("coderunner.stdout.decode", 500)


# A program that has got hold of the pipe of live frames.

FORGED = {
    "output": lambda runner: runner.send_live(runner_frame("O", b"forged")),
    "stderr": lambda runner: runner.send_live(runner_frame("R", b"forged")),
    "noise": lambda runner: runner.send_live(b"noise"),
    "head": lambda runner: runner.send_live(b"O\xff\xff\xff\xff"),
    "acknowledgement": lambda runner: runner.send_live(runner_frame("H")),
    "stage": lambda runner: runner.send_live(runner_frame("G", b"build")),
    "answer": lambda runner: runner.send_live(runner_frame("A", bytes(16) + b'{"status":"ok"}')),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_program_that_forges_frames_spoils_its_own_run(
    daemon: Daemon, fake_engine: FakeEngine, forged: str
) -> None:
    def forges(runner: Runner) -> None:
        runner.print(b"mine")
        FORGED[forged](runner)

    image = add_runner(fake_engine, "test/forges", running(forges))
    answer = plain_answer(events_of(run_live(daemon, image)))
    assert SPOILED.items() <= answer.items()
    assert answer["exitCode"] == 0, "everything else is the runner's"
    assert daemon.figure("docker_run_runs_total", outcome="ok") == 1, "and no fault of the runner"


def test_output_that_is_missing_at_the_end_spoils_the_run(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def loses(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        runner.print(b"mine")
        runner.answer(output=5)

    image = add_runner(fake_engine, "test/loses", scripted(loses))
    assert SPOILED.items() <= plain_answer(events_of(run_live(daemon, image))).items()


def test_podmans_words_are_dropped(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def ends_badly(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        runner.print(b"mine")
        runner.process.send_raw(frame(STDERR, PODMANS_WORDS))
        runner.answer()

    image = add_runner(fake_engine, "test/podman", scripted(ends_badly))
    answer = plain_answer(events_of(run_live(daemon, image)))
    assert (answer["stdout"], answer["status"]) == ("mine", "ok")


def test_an_answer_that_overtakes_the_output_waits_for_it(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    size = 2_000_000

    def overtakes(runner: Runner) -> None:
        runner.answer(output=size, errors=3)
        runner.accept()
        runner.begin("run")
        runner.print_error(b"why")
        for _ in range(size // 1000):
            runner.print(b"x" * 1000)

    image = add_runner(fake_engine, "test/overtakes", scripted(overtakes))
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="3000000")
    answer = plain_answer(events_of(run_live(daemon, image)))
    assert (len(answer["stdout"]), answer["stderr"], answer["status"]) == (size, "why", "ok")


def test_the_result_does_not_wait_for_the_container_to_end(daemon: Daemon, fake_engine: FakeEngine) -> None:
    def lingers(runner: Runner) -> None:
        runner.accept()
        runner.begin("run")
        runner.answer()
        runner.process.killed.wait(60)

    image = add_runner(fake_engine, "test/lingers", scripted(lingers))
    with at_most(10, "the result waits for the end of its container"):
        assert plain_answer(events_of(run_live(daemon, image)))["status"] == "ok"
