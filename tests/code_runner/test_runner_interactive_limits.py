"""The limits of an interactive run: silence, wall time and processor time."""

from __future__ import annotations

import subprocess
from pathlib import Path

from interactive import begin
from live import LiveRun
from places import InContainer, PlainProcess, shell
from test_runner_limits import InGroup


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
