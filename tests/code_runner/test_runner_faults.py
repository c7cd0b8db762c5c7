"""What programs do to a runner, and what the caller must get all the same. Row numbers are those of faults.md
C (there with the program as the image's entrypoint, here behind code_runner) and D3."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from places import WAIT, InContainer, Place, PlainProcess, encode, script, shell

from waiting import wait_until


def test_endless_output_is_cut_and_ends_the_program_at_once_c6(place: Place) -> None:
    result = place.run(shell("yes"), OUTPUT_LIMIT=10_000)
    assert len(result.stdout) <= 10_000
    answer = result.answer
    assert answer["stdout"].startswith("y\ny\n")
    assert answer["status"] == "output"
    assert answer["error"] == "Output limit exceeded"
    assert answer["truncated"] == {"stdout": True, "stderr": False}
    assert answer["exitCode"] is None


def test_floods_on_both_streams_share_the_answer_fairly_c6(process: PlainProcess) -> None:
    # The errors alone fit, with their line feeds encoded too; what follows fills the room.
    answer = process.run(shell("yes error | head -c 6000 >&2; yes out"), OUTPUT_LIMIT=10_000).answer
    assert answer["status"] == "output"
    assert answer["truncated"] == {"stdout": True, "stderr": True}
    out, errors = (len(json.dumps(answer[stream])) for stream in ("stdout", "stderr"))
    assert abs(out - errors) < 10


def test_a_megabyte_without_newline_is_whole_where_it_fits_c6(process: PlainProcess) -> None:
    answer = process.run(shell("head -c 1000000 /dev/zero | tr '\\0' x"), OUTPUT_LIMIT=1_001_000).answer
    assert answer["stdout"] == "x" * 1_000_000
    assert answer["status"] == "ok"


def test_output_of_exactly_the_room_is_whole_and_one_more_is_cut_c6(process: PlainProcess) -> None:
    limit = 5000
    room = limit - 512  # what an answer promises to leave for the outputs
    whole = process.run(shell(f"head -c {room} /dev/zero | tr '\\0' x"), OUTPUT_LIMIT=limit)
    assert whole.answer["stdout"] == "x" * room
    assert whole.answer["truncated"] == {"stdout": False, "stderr": False}
    more = process.run(shell(f"head -c {room + 1} /dev/zero | tr '\\0' x; sleep {WAIT}"), OUTPUT_LIMIT=limit)
    assert more.answer["status"] == "output"
    assert len(more.stdout) <= limit


def test_control_characters_are_counted_as_their_escapes_c6(process: PlainProcess) -> None:
    result = process.run(shell("head -c 100000 /dev/zero"), OUTPUT_LIMIT=10_000)
    assert len(result.stdout) <= 10_000
    assert set(result.answer["stdout"]) == {"\0"}


def test_a_program_that_prints_before_it_reads_gets_its_stdin_c9(place: Place) -> None:
    command = "head -c 200000 /dev/zero | tr '\\0' x; wc -c"
    answer = place.run(shell(command, stdin="i" * 1_000_000), OUTPUT_LIMIT=1_000_000).answer
    assert answer["stdout"] == "x" * 200_000 + "1000000\n"


def test_output_is_kept_when_stdin_is_not_read_c9(place: Place) -> None:
    answer = place.run(shell("echo kept", stdin="i" * 1_000_000)).answer
    assert (answer["stdout"], answer["error"]) == ("kept\n", "")


def test_output_is_kept_when_stdin_is_closed_at_once_c9(process: PlainProcess) -> None:
    answer = process.run(shell("exec 0<&-; echo kept", stdin="i" * 1_000_000)).answer
    assert (answer["stdout"], answer["error"]) == ("kept\n", "")


@pytest.mark.parametrize(
    "background",
    ["sleep 1000 &", "setsid sleep 1000 &", "nohup sleep 1000 &", "(sleep 1000 & sleep 1000 &) &", "yes &"],
)
def test_a_background_child_does_not_hold_up_the_answer_c4(process: PlainProcess, background: str) -> None:
    answer = process.run(shell(f"echo first; {background}\n echo last >&2"), OUTPUT_LIMIT=10_000_000).answer
    assert answer["stdout"].startswith("first\n")
    assert answer["stderr"].endswith("last\n")
    assert answer["status"] == "ok"


def test_pid_1_answers_while_an_orphan_holds_stdout_c4(container: InContainer) -> None:
    assert container.run(shell("echo hi; setsid sleep 1000 &")).answer["stdout"] == "hi\n"


def processes_with(word: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_nothing_is_left_when_the_answer_has_come_c4(process: PlainProcess, tmp_path: Path) -> None:
    marker = f"{tmp_path.name}-left"
    command = (
        f"exec 3>&1; (setsid sh -c ': {marker}; while :; do sleep 1; done' &) ; (sh -c ': {marker}; yes' &)"
    )
    process.run(shell(command), OUTPUT_LIMIT=100_000)
    assert processes_with(marker) == []


@pytest.mark.parametrize(
    ("signal", "number", "text"),
    [
        ("SEGV", 11, "SIGSEGV (segmentation fault)"),
        ("KILL", 9, "SIGKILL (killed)"),
        ("TERM", 15, "SIGTERM (terminated)"),
    ],
)
def test_death_by_a_signal_is_not_success_c5(place: Place, signal: str, number: int, text: str) -> None:
    answer = place.run(shell(f"echo before; kill -{signal} $$")).answer
    assert (answer["error"], answer["signal"], answer["exitCode"]) == (f"Signal: {text}", number, None)
    assert (answer["status"], answer["stdout"]) == ("signal", "before\n")


def test_the_exit_code_is_named_c5(place: Place) -> None:
    answer = place.run(shell("exit 7")).answer
    assert (answer["error"], answer["exitCode"], answer["status"]) == ("Exit code: 7", 7, "exit")


def test_a_missing_command_says_so_c5(process: PlainProcess) -> None:
    answer = process.run(shell("no-such-command")).answer
    assert (answer["error"], answer["exitCode"]) == ("Exit code: 127", 127)
    assert "no-such-command" in answer["stderr"]
    process.recipe.write_text("language sh\nrun no-such-interpreter {main}\n")
    answer = process.run(script("x")).answer
    assert answer["error"] == "Error while executing command. No such file or directory (os error 2)"
    assert (answer["status"], answer["exitCode"], answer["stdout"]) == ("exit", None, "")


def test_ill_formed_utf_8_becomes_u_fffd_and_the_rest_is_kept_c7(place: Place) -> None:
    answer = place.run(shell(r"printf 'a\377\342\202b\303\251'; printf 'fine\355\240\200' >&2")).answer
    assert answer["stdout"] == "a\ufffd\ufffdbé"
    assert answer["stderr"] == "fine\ufffd\ufffd\ufffd"


FORGE = """
for owner in /proc/1 /proc/$PPID; do
    for number in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
        echo '{"stdout":"forged"}' > $owner/fd/$number
    done
    cat $owner/environ $owner/mem
done 2> /dev/null
echo honest
"""


def test_the_answer_cannot_be_forged(container: InContainer) -> None:
    result = container.run(shell(FORGE), TIME_LIMIT_MS=20_000)
    assert json.loads(result.stdout) == result.answer
    assert result.answer["stdout"].endswith("honest\n")
    own_text = {"stdout", "stderr"}  # its own pipes it may write to, by any name
    assert "forged" not in json.dumps({k: v for k, v in result.answer.items() if k not in own_text})


def test_not_even_root_finds_the_answers_descriptor(process: PlainProcess) -> None:
    answer = process.run(shell("readlink /proc/$PPID/fd/1 /proc/$PPID/fd/2 /proc/$PPID/fd/0")).answer
    assert answer["stdout"] == "/dev/null\n" * 3


def test_pid_1_cannot_be_read_traced_or_killed(runc: InContainer) -> None:
    command = "cat /proc/1/environ; ls /proc/1/fd; cat /proc/1/mem; kill -9 1; kill -STOP 1; echo alive"
    answer = runc.run(shell(command)).answer
    assert answer["stdout"] == "alive\n"
    assert answer["stderr"].count("Permission denied") == 3


def test_a_program_finds_three_descriptors_and_nothing_of_our_settings(place: Place) -> None:
    command = "for n in 3 4 5 6 7 8 9; do (: <&$n) 2> /dev/null && echo open $n; done; env"
    lines = place.run(shell(command), TIME_LIMIT_MS=20_000, PRESTART=1).answer["stdout"].splitlines()
    assert not [line for line in lines if line.startswith("open")]
    assert not [line for line in lines if "CODE_RUNNER_" in line]
    assert [line for line in lines if line.startswith("PWD=")]


REAP = """
i=0
while [ $i -lt 200 ]; do (true &) ; i=$((i + 1)); done
while grep -q ') Z ' /proc/[0-9]*/stat 2> /dev/null; do :; done
echo none
"""


def test_orphans_are_reaped_and_do_not_fill_the_pids_limit(runc: InContainer) -> None:
    answer = runc.run(shell(REAP), ("--pids-limit", "40"), TIME_LIMIT_MS=40_000).answer
    assert (answer["stdout"], answer["stderr"]) == ("none\n", "")


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "/", "..", "a/", "."])
def test_no_file_name_leads_out_of_the_work_directory(process: PlainProcess, name: str) -> None:
    before = {path.name for path in process.folder.iterdir()}
    request = script("x")
    request["files"].append({"name": name, "content": "out"})
    assert "file name" in process.run(request).complaint
    assert {path.name for path in process.folder.iterdir()} - before == {"work"}


def test_no_file_name_leads_out_through_a_link(process: PlainProcess) -> None:
    process.work.mkdir()
    (process.work / "link").symlink_to(process.folder)
    assert "link/x" in process.run(script("x", name="link/x")).complaint
    assert not (process.folder / "x").exists()


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


def test_time_and_memory_are_those_of_the_programs(process: PlainProcess) -> None:
    answer = process.run(shell("i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done")).answer
    assert 0 < answer["cpuTime"] < 60_000_000_000
    assert answer["duration"] > 1_000_000
    small = process.run(shell("true")).answer
    large = process.run(shell("head -c 50000000 /dev/zero | tail -c 40000000 | wc -c")).answer
    assert large["maxMemory"] > small["maxMemory"] + 30_000_000


def test_the_program_is_the_kernels_first_choice_when_memory_runs_out(process: PlainProcess) -> None:
    own = Path("/proc/self/oom_score_adj").read_text()
    answer = process.run(shell("cat /proc/self/oom_score_adj; cat /proc/$PPID/oom_score_adj")).answer
    assert answer["stdout"] == f"1000\n{own}"


def test_a_waiting_runner_is_small(process: PlainProcess) -> None:
    assert process.binary.stat().st_size <= 2 * 1024 * 1024
    with process.start() as started:
        status = Path(f"/proc/{started.pid}/status")
        wait_until(lambda: process.work.is_dir() and "\nState:\tS" in status.read_text(), WAIT, "it waits")
        resident = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        assert int(resident.split()[1]) <= 1536
        started.kill()


def test_the_runner_needs_no_library(process: PlainProcess) -> None:
    headers = subprocess.run(
        ["readelf", "-lW", process.binary], capture_output=True, check=True, text=True
    ).stdout
    assert "INTERP" not in headers
    assert "DYNAMIC" not in headers
