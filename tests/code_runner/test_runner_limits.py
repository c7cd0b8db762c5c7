"""Limits of the runner, and what it does with input that is no request."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from places import WAIT, Compile, InContainer, Place, PlainProcess, encode, processes_with, shell
from real_engine import RealEngine
from waiting import wait_until

LOOPS = [
    pytest.param("while :; do :; done", id="loops"),
    pytest.param("sleep 1000", id="sleeps"),
    pytest.param("trap '' TERM INT HUP QUIT; while :; do sleep 1; done", id="ignores-signals"),
    pytest.param("kill -STOP $$", id="stops-itself"),
    pytest.param("exec >&- 2>&-; sleep 1000", id="closes-its-output-c3"),
    pytest.param("while echo drip; do sleep 0.1; done", id="drips-c2"),
]


@pytest.mark.parametrize("command", LOOPS)
def test_the_time_limit_ends_it_with_what_was_printed_c1(place: Place, command: str) -> None:
    answer = place.run(shell(f"echo partial; {command}"), TIME_LIMIT_MS=700).answer
    assert answer["stdout"].startswith("partial\n")
    assert (answer["status"], answer["error"]) == ("time", "Time limit exceeded")
    assert (answer["exitCode"], answer["signal"]) == (None, None)
    assert 500_000_000 < answer["duration"] < 10_000_000_000


def test_a_runner_that_cannot_wait_ends_at_once_with_everything_it_started(
    runc: InContainer, engine: RealEngine
) -> None:
    """poll(2) fails where the limit of open files is below what it looks at."""
    name = "cannot-wait"
    command = runc.command_with("--env=CODE_RUNNER_TIME_LIMIT_MS=50000", "--name", name)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(encode(shell("while echo drip; do sleep 0.1; done")))
        process.stdin.close()
        wait_until(lambda: engine.docker("ps", "-q", "--filter", f"name={name}"), WAIT, "it runs")
        wait_until(lambda: "sleep" in engine.docker("top", name), WAIT, "the program runs")
        runner = int(engine.docker("inspect", "--format", "{{.State.Pid}}", name))
        command = ["prlimit", f"--pid={runner}", "--nofile=0:0"]
        subprocess.run(command, user=65534, group=65534, extra_groups=[], check=True)
        assert process.wait(20) == 1  # long before the time limit


def test_a_build_counts_for_the_time_limit_c1(process: PlainProcess) -> None:
    answer = process.run(shell("echo never", build=["echo building; sleep 1000"]), TIME_LIMIT_MS=300).answer
    assert (answer["status"], answer["stage"], answer["stdout"]) == ("time", "build", "building\n")


def test_memory_says_so_c11(runc: InContainer) -> None:
    command = "echo before; tail /dev/zero"
    answer = runc.run(shell(command), ("--memory", "64m", "--memory-swap", "64m")).answer
    assert (answer["status"], answer["error"]) == ("memory", "Memory limit exceeded")
    assert answer["stdout"] == "before\n"


def test_the_runner_survives_a_file_system_that_fills_the_memory_c11(runc: InContainer) -> None:
    command = "echo before; cat /dev/zero > /dev/shm/fill; echo after"
    limits = ("--memory", "64m", "--memory-swap", "64m", "--shm-size", "1g")
    answer = runc.run(shell(command), limits).answer
    assert answer["stdout"].startswith("before\n")


def test_the_program_starts_while_stdin_is_open(process: PlainProcess) -> None:
    with process.start() as started:
        assert started.stdin
        assert started.stdout
        started.stdin.write(encode(shell("echo early")))
        started.stdin.flush()
        assert json.loads(started.stdout.readline())["stdout"] == "early\n"
        assert started.wait(WAIT) == 0


@pytest.mark.parametrize("prestart", [0, 1])
def test_a_waiting_runner_ends_with_its_stdin_d3(process: PlainProcess, prestart: int) -> None:
    process.recipe.write_text("language sh\nrun sh {main}\nprestart main.sh\n")
    result = process.run(b"", PRESTART=prestart)
    assert "ends before it is complete" in result.complaint
    assert processes_with(str(process.work)) == []


def test_half_a_request_is_given_up_at_the_time_limit_d3(process: PlainProcess) -> None:
    with process.start(TIME_LIMIT_MS=300) as started:
        assert started.stdin
        assert started.stderr
        started.stdin.write(b'{"language":')
        started.stdin.flush()
        assert b"time limit" in started.stderr.readline()
        assert started.wait(WAIT) == 1


MALFORMED = [
    b"",
    b"{",
    b"[]",
    b"x",
    b"null",
    b"{}",
    b"\xef\xbb\xbf{}",
    b'{"language":"sh"}',
    b'{"language":"sh","files":[]}',
    b'{"language":"sh","files":[{"name":"a","content":"\xff"}]}',
    b'{"language":"sh","files":[{"name":"a","content":"\\ud800"}]}',
    b'{"language":"sh","files":[{"name":"","content":"x"}]}',
    b'{"language":"sh","files":[{"name":"a","content":""}]}',
    b'{"language":"sh","files":[{"name":"a\\u0000","content":"x"}]}',
    b'{"language":"cobol","files":[{"name":"a","content":"x"}]}',
    b'{"runInstructions":{"buildCommands":"x","runCommand":"y"},"files":[]}',
    b'{"language":"sh","files":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
]


@pytest.mark.parametrize("document", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_request_gets_a_sentence(process: PlainProcess, document: bytes) -> None:
    assert process.run(document).complaint.strip()


def test_a_request_that_is_too_large_gets_a_sentence(process: PlainProcess) -> None:
    largest = 64 * 1024 * 1024
    padding = largest - len(encode(shell("echo fits", stdin="")))
    assert process.run(shell("echo fits", stdin="i" * padding)).answer["stdout"] == "fits\n"
    assert "larger than 64 MiB" in process.run(shell("echo fits", stdin="i" * (padding + 1))).complaint


def test_a_bad_setting_gets_a_sentence(process: PlainProcess) -> None:
    assert "CODE_RUNNER_OUTPUT_LIMIT" in process.run(shell("x"), OUTPUT_LIMIT=1023).complaint
    assert "CODE_RUNNER_TIME_LIMIT_MS" in process.run(shell("x"), TIME_LIMIT_MS="1s").complaint


def test_a_program_cannot_hide_what_its_children_use(runc: InContainer, compiled: Compile) -> None:
    program = compiled("hidden.c", "-static")
    mount = ("-v", f"{program}:/program:ro")
    answer = runc.run(shell("/program 4 500 20"), mount, TIME_LIMIT_MS=40_000).answer
    assert answer["status"] == "ok"
    assert 1_990_000_000 < answer["cpuTime"] < 2_500_000_000
    assert 80 << 20 < answer["maxMemory"] < 100 << 20


# A container's view of a group of cgroup version 2, of plain files that the program may change.
GROUP = """
mount -t tmpfs none /sys/fs/cgroup && cd /sys/fs/cgroup || exit
echo {processes} > cgroup.procs; printf 'usage_usec 1000000\\nuser_usec 3\\n' > cpu.stat
printf 'anon 1\\nfile 4\\n' > memory.stat; exec "$@"
"""
USES = """
cd /sys/fs/cgroup; printf 'usage_usec 8000000\\nuser_usec 3\\n' > cpu.stat
printf 'anon 990000000\\nfile 4\\n' > memory.stat; sleep 0.3
"""


class InGroup(PlainProcess):
    """code_runner as the first process of its name space, which sees a group with these processes."""

    processes = "1"

    @property
    def command(self) -> list[str]:
        enter = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c"]
        return [*enter, GROUP.format(processes=self.processes), "sh", *super().command]


def test_figures_come_from_a_group_of_cgroup_version_2(runner_binary: Path, tmp_path: Path) -> None:
    answer = InGroup(runner_binary, tmp_path).run(shell(USES)).answer
    assert 6_500_000_000 < answer["cpuTime"] <= 7_000_000_000
    assert 980_000_000 < answer["maxMemory"] <= 990_000_000


def test_a_group_of_others_tells_nothing(runner_binary: Path, tmp_path: Path) -> None:
    place = InGroup(runner_binary, tmp_path)
    place.processes = "11"
    answer = place.run(shell(USES)).answer
    assert answer["cpuTime"] < 6_000_000_000
    assert answer["maxMemory"] < 980_000_000


def test_what_the_runner_itself_uses_is_not_the_programs(runc: InContainer) -> None:
    command = "head -c 10000000 /dev/zero | tr '\\0' x; sleep 0.3"
    answer = runc.run(shell(command, stdin="i" * (20 << 20))).answer
    assert len(answer["stdout"]) == 10_000_000
    assert answer["maxMemory"] < 8 << 20


def test_memory_is_that_of_the_stage_that_the_answer_speaks_of(process: PlainProcess) -> None:
    build = "head -c 50000000 /dev/zero | tail -c 40000000 | wc -c"
    assert process.run(shell("true", build=[build])).answer["maxMemory"] < 20_000_000
    assert process.run(shell("true", build=[build + "; false"])).answer["maxMemory"] > 40_000_000


def test_time_and_memory_are_those_of_the_programs(process: PlainProcess) -> None:
    answer = process.run(shell("i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done")).answer
    assert 0 < answer["cpuTime"] < 60_000_000_000
    assert answer["duration"] > 1_000_000
    small = process.run(shell("true")).answer
    large = process.run(shell("head -c 50000000 /dev/zero | tail -c 40000000 | wc -c")).answer
    assert large["maxMemory"] > small["maxMemory"] + 30_000_000


def test_the_program_is_the_kernels_first_choice_when_memory_runs_out(process: PlainProcess) -> None:
    own = Path("/proc/self/oom_score_adj").read_text().strip()
    # The runner takes its own score back when the program has begun.
    command = f"cat /proc/self/oom_score_adj; until [ $(cat /proc/$PPID/oom_score_adj) = {own} ]; do :; done"
    answer = process.run(shell(command), TIME_LIMIT_MS=20_000).answer
    assert (answer["stdout"], answer["status"]) == ("1000\n", "ok")


def test_a_waiting_runner_is_small(process: PlainProcess) -> None:
    assert process.binary.stat().st_size <= 2 * 1024 * 1024
    with process.start() as started:
        status = Path(f"/proc/{started.pid}/status")
        wait_until(lambda: process.work.is_dir() and "\nState:\tS" in status.read_text(), WAIT, "it waits")
        resident = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        assert int(resident.split()[1]) <= 1536
        started.kill()


def read_elf(process: PlainProcess) -> str:
    command = ["readelf", "-hldW", process.binary]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_the_runner_needs_no_library(process: PlainProcess) -> None:
    headers = read_elf(process)
    assert "INTERP" not in headers
    assert "NEEDED" not in headers


def test_the_runner_is_loaded_at_a_random_place_and_read_only(process: PlainProcess) -> None:
    headers = read_elf(process)
    assert "DYN (Position-Independent Executable" in headers
    assert "GNU_RELRO" in headers
    assert "BIND_NOW" in headers
    assert not [line for line in headers.splitlines() if "GNU_STACK" in line and "E" in line.split()[-2]]
