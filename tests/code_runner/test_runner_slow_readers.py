"""Readers of the second protocol that stop, or come late: what that costs, and what they get."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from live import LiveRun, task
from places import WAIT, PlainProcess, processes_with, shell
from process_facts import is_asleep, memory
from waiting import wait_until


@pytest.mark.parametrize("command", ["yes", "yes >&2", "yes & yes >&2", "head -c 1000000 /dev/zero"])
def test_a_reader_that_stops_costs_no_memory_and_gets_a_whole_stream(
    process: PlainProcess, tmp_path: Path, command: str
) -> None:
    marker = f"{tmp_path.name}-floods"
    limits = {"TIME_LIMIT_MS": 1500, "OUTPUT_LIMIT": 1 << 30}
    with LiveRun(process.start(**limits)) as run:
        run.write(task(shell(f": {marker}\n{command}")))
        assert run.read() == ("H", b"")
        assert run.read() == ("G", b"run")
        wait_until(lambda: processes_with(marker) != [], WAIT, "the program runs")
        before = memory(run.process.pid, "VmHWM")
        wait_until(lambda: processes_with(marker) == [], WAIT, "the limit has ended the program")
        assert memory(run.process.pid, "VmHWM") <= before + 512
        result = run.finish()
    answer = result.answer
    assert answer["status"] == "time"
    assert sum(result.sums) > 64 * 1024  # the pipe to the reader was full
    assert answer["truncated"] == {"stdout": False, "stderr": False}


def test_the_clock_stops_when_the_program_has_ended(process: PlainProcess) -> None:
    """What the program has printed by then is written later, as long as somebody reads."""
    limits = {"TIME_LIMIT_MS": 1500, "OUTPUT_LIMIT": 1 << 20}
    with LiveRun(process.start(**limits)) as run:
        limit = time.monotonic() + 1.5
        run.write(task(shell("head -c 150000 /dev/zero | tr '\\0' x; echo > done")))
        wait_until((process.work / "done").exists, WAIT, "the program has printed everything")
        wait_until(lambda: time.monotonic() > limit, WAIT, "the time limit has passed")
        result = run.finish()
    assert result.answer["stdout"] == "x" * 150_000
    assert result.answer["status"] == "ok"
    assert result.answer["duration"] < 1_500_000_000


def test_a_reader_may_come_back_as_late_as_at_the_time_limit(process: PlainProcess, full: bool) -> None:
    """Its caller may read slowly, and then the daemon takes nothing until the limit. After ten seconds of
    that the runner used to give up."""
    if not full:
        pytest.skip("takes twelve seconds")
    limits = {"TIME_LIMIT_MS": 20_000, "OUTPUT_LIMIT": 1 << 20}
    with LiveRun(process.start(**limits)) as run:
        run.write(task(shell("head -c 150000 /dev/zero | tr '\\0' x; echo > done")))
        wait_until((process.work / "done").exists, WAIT, "the program has printed everything")
        late = time.monotonic() + 12
        wait_until(lambda: time.monotonic() > late, WAIT, "the reader comes late")
        assert run.finish().answer["stdout"] == "x" * 150_000


def test_builds_that_nobody_reads_cost_no_memory(process: PlainProcess, tmp_path: Path) -> None:
    marker = f"{tmp_path.name}-builds"
    build = [f": {marker}\nhead -c 60000 /dev/zero"] * 1000
    with LiveRun(process.start(TIME_LIMIT_MS=1500)) as run:
        run.write(task(shell("echo never", build)))
        assert run.read() == ("H", b"")
        wait_until(lambda: run.process.poll() is not None or is_blocked(run), WAIT, "the runner waits")
        assert memory(run.process.pid, "VmHWM") <= 4096
        result = run.finish()
    assert (result.answer["status"], result.answer["stage"]) in [("time", "build"), ("ok", "run")]


def is_blocked(run: LiveRun) -> bool:
    """Whether the runner sleeps without a child."""
    pid = run.process.pid
    return Path(f"/proc/{pid}/task/{pid}/children").read_text() == "" and is_asleep(pid)
