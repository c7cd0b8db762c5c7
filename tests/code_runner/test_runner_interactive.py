"""Interactive runs: input and signals for a program that runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from interactive import LIMITS, begin
from live import GREETING, LiveRun, frame, send_task, task
from places import WAIT, InContainer, PlainProcess, script, shell
from process_facts import is_asleep, memory
from waiting import wait_until


def test_what_is_typed_comes_back_at_once(process: PlainProcess) -> None:
    with begin(process, shell("cat")) as run:
        for text in [b"x", b"line\n", b"\0\xff", "häß€".encode(), b"y" * 60_000]:
            run.send("I", text)
            run.read_until(text)
        run.send("E")
        answer = run.finish().answer
    assert (answer["status"], answer["exitCode"]) == ("ok", 0)


def test_the_requests_own_text_comes_first(process: PlainProcess) -> None:
    with begin(process, shell("cat", stdin="first\n")) as run:
        run.read_until(b"first\n")
        run.send("I", b"second\n")
        run.read_until(b"second\n")
        run.send("E")
        assert run.finish().answer["stdout"] == "first\nsecond\n"


def test_frames_that_arrive_with_the_payload_are_not_lost(process: PlainProcess) -> None:
    request = shell("cat; echo end", stdin="1 ")
    data = (
        task(request, interactive=True) + frame("I", b"2 ") + frame("I", b"") + frame("I", b"3 ") + frame("E")
    )
    for cut in range(len(data) - 40, len(data)):
        with LiveRun(process.start()) as run:
            run.write(data[:cut])
            run.write(data[cut:])
            assert run.finish().answer["stdout"] == "1 2 3 end\n"


def test_what_is_typed_during_the_build_is_for_the_program(process: PlainProcess) -> None:
    with begin(process, shell("cat", ["mkfifo go; cat", "cat go"], stdin="1 ")) as run:
        assert run.read() == ("G", b"build")
        run.send("I", b"2 ")
        run.send("E")
        assert run.read() == ("G", b"build")
        (process.work / "go").write_text("built")
        assert run.finish().answer["stdout"] == "1 2 "


def test_the_end_of_the_stream_is_the_end_of_the_input(
    process: PlainProcess, window: dict[str, object]
) -> None:
    with begin(process, shell("cat; echo end"), **window) as run:
        run.send("I", b"text\n")
        run.read_until(b"text")
        answer = run.finish().answer
    assert answer["stdout"].endswith("end\r\n" if window else "end\n")
    assert answer["status"] == "ok"


def test_input_after_the_end_is_dropped(process: PlainProcess) -> None:
    with begin(process, shell("cat; read a; echo $?")) as run:
        run.send("E")
        run.send("I", b"late\n")
        assert run.finish().answer["stdout"] == "1\n"


def test_a_program_that_closes_its_input_runs_on(process: PlainProcess) -> None:
    with begin(process, shell("exec 0<&-; mkfifo go; echo closed; cat go")) as run:
        run.read_until(b"closed\n")
        run.send("I", b"x" * 60_000)
        run.send("I", b"x" * 60_000)
        (process.work / "go").write_text("went on")
        assert run.finish().answer["stdout"] == "closed\nwent on"


def test_input_that_nobody_reads_is_left_with_the_caller(process: PlainProcess) -> None:
    with begin(process, shell("mkfifo go; echo ready; cat go")) as run:
        run.read_until(b"ready\n")
        before = memory(run.process.pid, "VmHWM")
        assert run.process.stdin
        os.set_blocking(run.process.stdin.fileno(), False)
        taken = fill(run.process.stdin.fileno(), run.process.pid)
        assert taken < 400_000  # three pipes and buffers of 64 KiB, and a frame
        assert memory(run.process.pid, "VmHWM") <= before + 512
        (process.work / "go").write_text("done")
        assert run.wait().answer["stdout"] == "ready\ndone"


def fill(pipe: int, reader: int) -> int:
    """Writes input until the pipe stays full while its reader sleeps. Returns the number of bytes."""
    data = frame("I", b"x" * 1000)
    taken = 0
    while True:
        try:
            taken += os.write(pipe, data)
        except BlockingIOError:
            if is_asleep(reader):
                return taken


def test_a_reader_that_stops_does_not_stop_signals(process: PlainProcess) -> None:
    with begin(process, shell("yes")) as run:
        wait_until(lambda: is_asleep(run.process.pid), WAIT, "the runner waits for a reader")
        run.send("S", b"KILL")
        answer = run.finish().answer
    assert (answer["status"], answer["signal"]) == ("signal", 9)


@pytest.mark.parametrize(("name", "number"), [("INT", 2), ("TERM", 15), ("KILL", 9)])
def test_signals_end_a_program(
    process: PlainProcess, window: dict[str, object], name: str, number: int
) -> None:
    with begin(process, shell("echo ready; exec sleep 1000"), **window) as run:
        run.read_until(b"ready")
        run.send("S", name.encode())
        answer = run.finish().answer
    assert (answer["status"], answer["signal"]) == ("signal", number)


def test_a_program_may_handle_a_signal(process: PlainProcess, window: dict[str, object]) -> None:
    command = "trap 'echo caught' INT; echo ready; read a || read a; echo $a"
    with begin(process, shell(command), **window) as run:
        run.read_until(b"ready")
        run.send("S", b"INT")
        run.read_until(b"caught")
        run.send("I", b"last\n")
        answer = run.finish().answer
    assert answer["stdout"].split()[-1] == "last"
    assert answer["status"] == "ok"


def test_signals_reach_the_programs_children_and_not_the_runner(
    process: PlainProcess, window: dict[str, object]
) -> None:
    command = (
        "trap 'echo parent' INT; sh -c 'trap \"echo child; exit\" INT; echo ready; while :; do sleep 1; done'"
    )
    with begin(process, shell(command), **window) as run:
        run.read_until(b"ready")
        run.send("S", b"INT")
        answer = run.finish().answer
    assert sorted(answer["stdout"].split()) == ["child", "parent", "ready"]


def test_a_signal_ends_a_build(process: PlainProcess, window: dict[str, object]) -> None:
    with begin(process, shell("echo never", ["echo ready; sleep 1000"]), **window) as run:
        run.read_until(b"ready")
        run.send("S", b"TERM")
        answer = run.finish().answer
    assert (answer["stage"], answer["status"], answer["signal"]) == ("build", "build", 15)


def test_a_prestarted_program_serves_an_interactive_run(process: PlainProcess) -> None:
    process.recipe.write_text("language sh\nrun sh {main}\nprestart main.sh\n")
    with LiveRun(process.start(PRESTART=1, **LIMITS)) as run:
        run.write(task(script("trap 'echo caught' INT; echo ready; cat\n"), interactive=True))
        run.read_until(b"ready\n")
        run.send("I", b"typed\n")
        run.read_until(b"typed\n")
        run.send("S", b"INT")
        run.send("E")
        answer = run.finish().answer
    assert answer["stdout"] == "ready\ntyped\ncaught\n"


MALFORMED = {
    "an-unknown-frame": frame("Z"),
    "a-second-request": frame("P", b"{}"),
    "a-second-head": frame("Q", b"{}"),
    "an-unknown-signal": frame("S", b"STOP"),
    "a-signal-by-number": frame("S", b"9"),
    "a-window-of-three-bytes": frame("W", b"\0\1\0"),
    "a-long-frame": b"I\0\1\0\1",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_ends_the_run_with_a_sealed_sentence(process: PlainProcess, data: bytes) -> None:
    with begin(process, shell("echo $$; exec sleep 1000")) as run:
        pid = run.read_until(b"\n")
        run.write(data)
        assert run.finish().complaint
    assert not Path(f"/proc/{int(pid)}").exists()


def test_what_follows_the_payload_of_another_run_is_ignored(process: PlainProcess) -> None:
    result = send_task(process, task(shell("wc -c")) + frame("I", b"x") + b"garbage")
    assert result.answer["stdout"] == "0\n"


def test_a_container_passes_input_on(container: InContainer) -> None:
    with begin(container, shell("echo ready; cat")) as run:
        run.read_until(b"ready\n")
        run.send("I", b"typed\n")
        run.read_until(b"typed\n")
        run.send("E")
        assert run.finish().answer["stdout"] == "ready\ntyped\n"


def test_a_bad_request_is_refused_before_the_acknowledgement(process: PlainProcess) -> None:
    result = send_task(process, GREETING + frame("Q", b'{"interactive": true}') + frame("P", b"{}"))
    assert result.complaint
    assert result.live == b""
