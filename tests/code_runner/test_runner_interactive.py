"""Interactive runs: input, signals and a terminal for a program that runs, and the limits of its time."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from live import GREETING, LiveRun, frame, run_live, send_task, task
from places import WAIT, InContainer, PlainProcess, script, shell
from test_runner_limits import InGroup
from test_runner_live import is_asleep, memory
from waiting import wait_until

TERMINAL = {"rows": 24, "columns": 80}
LIMITS = {"TIME_LIMIT_MS": 50_000}


def begin(place: PlainProcess | InContainer, request: dict[str, Any], **options: object) -> LiveRun:
    run = LiveRun(place.start(**LIMITS))
    run.write(task(request, interactive=True, **options))
    assert run.read() == ("H", b"")
    return run


@pytest.fixture(params=["pipes", "terminal"])
def window(request: pytest.FixtureRequest) -> dict[str, object]:
    return dict(TERMINAL) if request.param == "terminal" else {}


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


def test_signals_on_a_terminal_are_for_its_foreground(process: PlainProcess) -> None:
    """As with job control: the shell has handed its terminal to another process group."""
    command = "set -m; trap 'echo shell' TERM; sh -c 'echo ready; exec sleep 1000'; echo foreground $?"
    with begin(process, shell(command), **TERMINAL) as run:
        run.read_until(b"ready")
        run.send("S", b"TERM")
        answer = run.finish().answer
    assert "foreground 143" in answer["stdout"]
    assert "shell" not in answer["stdout"]


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


def test_a_terminal_is_one(process: PlainProcess) -> None:
    command = (
        "test -t 0 && test -t 1 && test -t 2 && tty; echo to the terminal > /dev/tty; echo $TERM; stty size"
    )
    with begin(process, shell(command), **TERMINAL) as run:
        result = run.finish()
    lines = result.answer["stdout"].splitlines()
    assert lines[0].startswith("/dev/pts/")
    assert lines[1:] == ["to the terminal", "xterm-256color", "24 80"]
    assert result.sums[1] == 0


def test_a_window_can_be_resized(process: PlainProcess) -> None:
    command = "trap 'stty size' WINCH; stty size; read a || read a; echo $a"
    with begin(process, shell(command), **TERMINAL) as run:
        run.read_until(b"24 80")
        run.send("W", struct.pack(">HH", 300, 1000))
        run.read_until(b"300 1000")
        run.send("I", b"end\n")
        assert run.finish().answer["status"] == "ok"


def test_a_window_without_a_terminal_is_ignored(process: PlainProcess) -> None:
    with begin(process, shell("cat")) as run:
        run.send("W", struct.pack(">HH", 30, 100))
        run.send("E")
        assert run.finish().answer["status"] == "ok"


def test_a_terminal_echoes_and_edits(process: PlainProcess) -> None:
    with begin(process, shell("echo ready; read a; echo got $a"), **TERMINAL) as run:
        run.read_until(b"ready\r\n")
        run.send("I", "wrong\x15riä\x7fght\r".encode())
        answer = run.finish().answer
    assert answer["stdout"].endswith("got right\r\n")


@pytest.mark.parametrize("text", [b"", b"whole line\n", b"whole line\r", b"half a line"])
def test_the_end_on_a_terminal_ends_one_reader(process: PlainProcess, text: bytes) -> None:
    """The first `cat` gets it, and the shell that follows goes on with the same terminal."""
    with begin(process, shell("stty -echo; echo ready; cat; echo one; cat; echo two"), **TERMINAL) as run:
        run.read_until(b"ready\r\n")
        run.send("I", text)
        run.send("E")
        run.read_until(b"one\r\n")
        run.send("I", b"more\n")
        run.send("E")
        answer = run.finish().answer
    shown = text.decode().replace("\r", "\n").replace("\n", "\r\n")
    assert answer["stdout"] == f"ready\r\n{shown}one\r\nmore\r\ntwo\r\n"


def test_the_last_bytes_on_a_terminal_arrive(process: PlainProcess) -> None:
    for _ in range(20):
        with begin(process, shell("seq 5000"), **TERMINAL) as run:
            answer = run.finish().answer
        assert answer["stdout"].split() == [str(number) for number in range(1, 5001)]
        assert answer["status"] == "ok"


def test_a_background_child_on_the_terminal_does_not_hold_up_the_answer(process: PlainProcess) -> None:
    with begin(process, shell("nohup yes & echo last"), **TERMINAL) as run:
        assert run.finish().answer["status"] == "ok"


def test_a_program_that_leaves_its_terminal_runs_on(process: PlainProcess) -> None:
    command = "mkfifo go; echo leaving; exec < /dev/null > /dev/null 2>&1; cat go > went; sleep 0.1"
    with begin(process, shell(command), **TERMINAL) as run:
        run.read_until(b"leaving")
        (process.work / "go").write_text("on")
        answer = run.finish().answer
    assert answer["status"] == "ok"
    assert (process.work / "went").read_text() == "on"


def test_builds_have_pipes_where_the_program_has_a_terminal(process: PlainProcess) -> None:
    look = "test -t 0 || test -t 1 || test -t 2 || echo $TERM pipes"
    own = os.environ.get("TERM", "")
    with begin(process, shell("test -t 1 && echo terminal", [look]), **TERMINAL) as run:
        result = run.finish()
    assert result.joined("O").decode() == f"{own} pipes\n".lstrip() + "terminal\r\n"


def test_a_run_with_a_terminal_is_started_bare(process: PlainProcess) -> None:
    process.recipe.write_text("language sh\nrun sh {main}\nprestart main.sh\n")
    with LiveRun(process.start(PRESTART=1, **LIMITS)) as run:
        run.write(task(script("test -t 0 && cat $0"), interactive=True, **TERMINAL))
        assert run.finish().answer["stdout"] == "test -t 0 && cat $0"


class WithoutTerminals(PlainProcess):
    """Where all terminals of the host are taken: by a mount with one, which its shell holds."""

    @property
    def command(self) -> list[str]:
        options = "newinstance,ptmxmode=0666,max=1"
        mount = f"mount -t devpts -o {options} devpts /dev/pts && mount --bind /dev/pts/ptmx /dev/ptmx"
        return [
            "unshare",
            "--mount",
            "sh",
            "-c",
            f'{mount} && exec 3<> /dev/ptmx && "$@"',
            "sh",
            *super().command,
        ]


def test_without_a_terminal_a_run_is_refused_before_the_acknowledgement(
    runner_binary: Path, tmp_path: Path
) -> None:
    result = run_live(
        WithoutTerminals(runner_binary, tmp_path), shell("x"), {"interactive": True, **TERMINAL}
    )
    assert result.complaint == "Failed to open a terminal, all terminals of the host are in use"
    assert result.live == b""


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


def test_silence_in_both_directions_ends_the_run(process: PlainProcess, window: dict[str, object]) -> None:
    with begin(process, shell("echo ready; cat"), idleTime=1500, **window) as run:
        answer = run.wait().answer
    assert (answer["status"], answer["error"]) == ("idle", "Idle time limit exceeded")
    assert answer["stdout"].strip() == "ready"


def test_output_alone_and_input_alone_keep_a_run(process: PlainProcess) -> None:
    talks = shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done")
    with begin(process, talks, idleTime=2000) as run:
        assert run.finish().answer["status"] == "ok"
    with begin(process, shell("exec > /dev/null; cat"), idleTime=2000) as run:
        for _ in range(6):
            run.send("I", b"x")
            assert not has_ended_within(run, 0.5)
        run.send("E")
        assert run.finish().answer["status"] == "ok"


def has_ended_within(run: LiveRun, seconds: float) -> bool:
    try:
        run.process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_the_clock_does_not_wait_for_input(process: PlainProcess, window: dict[str, object]) -> None:
    with begin(process, shell("echo ready; cat"), wallTime=1500, **window) as run:
        answer = run.wait().answer
    assert (answer["status"], answer["error"]) == ("time", "Time limit exceeded")
    assert answer["stdout"].strip() == "ready"


USES_PROCESSOR_TIME = "cd /sys/fs/cgroup; echo 'usage_usec 9000000' > cpu.stat; echo done; exec sleep 1000"


def test_processor_time_is_that_of_the_group(runner_binary: Path, tmp_path: Path) -> None:
    place = InGroup(runner_binary, tmp_path)
    with begin(place, shell(USES_PROCESSOR_TIME), processorTime=7000) as run:
        answer = run.finish().answer
    assert (answer["status"], answer["stdout"]) == ("time", "done\n")
    with begin(place, shell("sleep 1; echo slept"), processorTime=300) as run:
        answer = run.finish().answer
    assert (answer["status"], answer["stdout"]) == ("ok", "slept\n")


def test_without_a_group_wall_time_counts_instead(process: PlainProcess) -> None:
    with begin(process, shell("echo partial; exec sleep 1000"), processorTime=1500) as run:
        answer = run.finish().answer
    assert (answer["status"], answer["stdout"]) == ("time", "partial\n")


def test_a_sleeping_program_uses_no_processor_time_and_a_busy_one_does(runc: InContainer) -> None:
    with begin(runc, shell("sleep 2; echo slept"), processorTime=1000) as run:
        assert run.finish().answer["stdout"] == "slept\n"
    with begin(runc, shell("echo busy; while :; do :; done"), processorTime=1000) as run:
        answer = run.finish().answer
    assert (answer["status"], answer["stdout"]) == ("time", "busy\n")
    assert 900_000_000 < answer["cpuTime"] < 3_000_000_000


def test_a_container_has_a_terminal(runc: InContainer) -> None:
    command = "tty; stty size; trap 'echo caught' INT; echo ready; read a || read a; echo got $a"
    with begin(runc, shell(command), **TERMINAL) as run:
        run.read_until(b"ready")
        run.send("S", b"INT")
        run.read_until(b"caught")
        run.send("I", b"typed\n")
        answer = run.finish().answer
    assert answer["stdout"].startswith("/dev/pts/0\r\n24 80\r\n")
    assert answer["stdout"].endswith("got typed\r\n")


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
