"""Interactive runs whose programs have a terminal."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from interactive import LIMITS, TERMINAL, begin
from live import LiveRun, run_live, task
from places import InContainer, PlainProcess, script, shell


def test_signals_on_a_terminal_are_for_its_foreground(process: PlainProcess) -> None:
    """As with job control: the shell has handed its terminal to another process group."""
    command = "set -m; trap 'echo shell' TERM; sh -c 'echo ready; exec sleep 1000'; echo foreground $?"
    with begin(process, shell(command), **TERMINAL) as run:
        run.read_until(b"ready")
        run.send("S", b"TERM")
        answer = run.finish().answer
    assert "foreground 143" in answer["stdout"]
    assert "shell" not in answer["stdout"]


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
