"""The second protocol: what programs print leaves while they run, and adds up to the plain answer."""

from __future__ import annotations

import json
import os
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from live import GREATEST_FRAME, GREETING, LiveResult, LiveRun, frame, run_live, send_task, task
from places import WAIT, PlainProcess, encode, processes_with, script, shell
from process_facts import is_asleep
from random_programs import random_cuts, random_program, without_measures
from test_runner_limits import MALFORMED
from test_runner_upstream import ANSWERS
from waiting import wait_until


@pytest.mark.parametrize(("request_", "stdout", "stderr", "error"), ANSWERS)
def test_the_frames_add_up_to_the_documented_answer(
    process: PlainProcess, request_: dict[str, Any], stdout: str, stderr: str, error: str
) -> None:
    answer = run_live(process, request_).answer
    assert (answer["stdout"], answer["stderr"], answer["error"]) == (stdout, stderr, error)


def run_in_pieces(process: PlainProcess, request: dict[str, Any], chance: random.Random) -> LiveResult:
    """Writes the request and reads the output in pieces of random sizes."""
    with process.start() as started:
        assert started.stdin
        assert started.stdout
        assert started.stderr
        sealed: list[bytes] = []
        reader = threading.Thread(target=lambda: sealed.append(started.stdout.read()))
        reader.start()
        for piece in random_cuts(chance, task(request)):
            started.stdin.write(piece)
            started.stdin.flush()
        started.stdin.close()
        live = b""
        while part := os.read(started.stderr.fileno(), chance.choice([1, 5, 100, 4096, 1 << 20])):
            live += part
        reader.join(WAIT)
        return LiveResult(started.wait(WAIT), sealed[0], live)


@pytest.mark.timeout(3600)
def test_the_frames_of_any_program_add_up_to_its_plain_answer(process: PlainProcess, full: bool) -> None:
    for seed in range(10_000 if full else 300):
        chance = random.Random(seed)
        request = random_program(chance).in_shell()
        plain = process.run(request).answer
        live = run_in_pieces(process, request, chance)
        assert without_measures(live.answer) == without_measures(plain), f"seed {seed}"


def test_each_write_leaves_while_the_program_runs(process: PlainProcess) -> None:
    """The program goes on only when each of its writes was read."""
    command = "printf one; read a; printf two >&2; read a; printf 'three\\n'; read a"
    started = process.start(TIME_LIMIT_MS=40_000)
    with LiveRun(started) as run:
        run.write(task(shell("mkfifo go; exec 3<> go; " + command.replace("read a", "read a <&3"))))
        assert run.read() == ("H", b"")
        assert run.read() == ("G", b"run")
        assert run.read() == ("O", b"one")
        assert started.poll() is None


def test_stages_are_announced_before_their_commands(process: PlainProcess) -> None:
    result = run_live(process, shell("echo ran", ["echo first", "echo second >&2"]))
    kinds = [(kind, content) for kind, content in result.frames if content]
    assert kinds == [
        ("G", b"build"),
        ("O", b"first\n"),
        ("G", b"build"),
        ("R", b"second\n"),
        ("G", b"run"),
        ("O", b"ran\n"),
    ]
    assert result.sums == (len("first\nran\n"), len("second\n"))


def test_a_build_that_fails_is_the_last_stage(process: PlainProcess) -> None:
    result = run_live(process, shell("echo never", ["echo wrong >&2; exit 1", "echo never"]))
    assert result.stages == ["build"]
    assert (result.answer["stderr"], result.answer["status"]) == ("wrong\n", "build")


def test_a_waiting_container_serves_both_protocols(process: PlainProcess) -> None:
    process.recipe.write_text("language sh\nrun sh {main}\nprestart main.sh\n")
    request = script("echo $0; cat", stdin="in")
    plain = process.run(request, PRESTART=1).answer
    live = run_live(process, request, PRESTART=1).answer
    assert live["stdout"] == "main.sh\nin"
    assert without_measures(live) == without_measures(plain)


@pytest.mark.parametrize("prestart", [0, 1])
def test_nothing_starts_before_the_acknowledgement_is_written(process: PlainProcess, prestart: int) -> None:
    process.recipe.write_text("language sh\nrun sh {main}\nprestart main.sh\n")
    main = process.work / "main.sh"
    reading, writing = os.pipe2(os.O_NONBLOCK)
    filled = os.write(writing, b"x" * (1 << 20))
    with process.start(stderr=writing, PRESTART=prestart) as started:
        assert started.stdin
        started.stdin.write(task(script("echo > started")))
        started.stdin.flush()
        wait_until(lambda: main.is_file() and main.read_bytes() != b"", WAIT, "the request is accepted")
        wait_until(lambda: is_asleep(started.pid), WAIT, "the runner waits for a reader")
        assert not (process.work / "started").exists()
        assert os.read(reading, filled) == b"x" * filled
        wait_until((process.work / "started").exists, WAIT, "the program runs")
        started.kill()
    os.close(writing)
    os.close(reading)


def test_white_space_and_a_brace_are_the_first_protocol(process: PlainProcess) -> None:
    for space in [b"", b" ", b"\n\t\r "]:
        assert process.run(space + encode(shell("echo plain"))).answer["stdout"] == "plain\n"


@pytest.mark.parametrize("document", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_request_gets_a_sealed_sentence_and_no_acknowledgement(
    process: PlainProcess, document: bytes
) -> None:
    result = run_live(process, document)
    assert result.complaint
    assert result.live == b""
    # The plain sentence is the same, except where only the first protocol has to find the document's end.
    if document.startswith(b'{"'):
        assert process.run(document).complaint == result.complaint + "\n"


VALID = frame("P", encode(shell("echo never")))
MALFORMED_STREAMS = {
    "another-version": b"docker-run/3\n" + frame("Q", b"{}") + VALID,
    "another-word": b"dynamo",
    "half-a-greeting": GREETING[:5],
    "no-options": GREETING + VALID,
    "options-twice": GREETING + frame("Q", b"{}") * 2 + VALID,
    "options-that-are-no-object": GREETING + frame("Q", b"[]") + VALID,
    "options-that-are-no-json": GREETING + frame("Q", b"{") + VALID,
    "an-unknown-option": GREETING + frame("Q", b'{"color": 1}') + VALID,
    "an-option-of-another-type": GREETING + frame("Q", b'{"wallTime": "1"}') + VALID,
    "an-option-out-of-range": GREETING + frame("Q", b'{"wallTime": 0}') + VALID,
    "an-unknown-frame": GREETING + frame("Z"),
    "a-frame-of-the-other-direction": GREETING + frame("A", b"{}"),
    "a-long-frame": GREETING + b"Q" + (GREATEST_FRAME + 1).to_bytes(4, "big"),
    "a-payload-of-gibibytes": GREETING + frame("Q", b"{}") + b"P\xff\xff\xff\xff",
    "half-a-head": GREETING + frame("Q", b"{}") + b"P\0",
    "half-a-payload": GREETING + frame("Q", b"{}") + VALID[:-1],
    "input-before-the-payload": GREETING + frame("Q", b"{}") + frame("I", b"x"),
}


@pytest.mark.parametrize("stream", MALFORMED_STREAMS.values(), ids=MALFORMED_STREAMS.keys())
def test_a_malformed_stream_gets_a_sealed_sentence(process: PlainProcess, stream: bytes) -> None:
    result = send_task(process, stream)
    assert result.complaint
    assert result.live == b""


def test_a_stream_that_stops_is_given_up_at_the_time_limit(process: PlainProcess) -> None:
    with LiveRun(process.start(TIME_LIMIT_MS=300)) as run:
        run.write(GREETING + frame("Q", b"{}") + b"P\0\0")
        assert run.process.wait(WAIT) == 1
        result = run.finish()
    assert "time limit" in result.complaint
    assert result.live == b""


def test_the_largest_payload_fits_and_one_more_byte_is_refused(process: PlainProcess) -> None:
    largest = 64 * 1024 * 1024
    padding = largest - len(encode(shell("wc -c", stdin="")))
    assert run_live(process, shell("wc -c", stdin="i" * padding)).answer["stdout"] == f"{padding}\n"
    assert "larger than 64 MiB" in run_live(process, shell("wc -c", stdin="i" * (padding + 1))).complaint


def test_a_file_that_cannot_be_written_is_refused_before_the_acknowledgement(process: PlainProcess) -> None:
    request = script("x")
    request["files"] += [{"name": "a", "content": "x"}, {"name": "a/b", "content": "x"}]
    result = run_live(process, request)
    assert "Failed to create parent dir" in result.complaint
    assert result.live == b""


def test_a_long_sentence_is_cut_to_a_frame(process: PlainProcess) -> None:
    request = script("x")
    request["files"] += [{"name": "n" * 100_000, "content": "x"}]
    assert len(run_live(process, request).complaint) == GREATEST_FRAME


def test_a_line_of_10_mb_leaves_as_it_was_printed(process: PlainProcess) -> None:
    result = run_live(process, shell("head -c 10000000 /dev/zero | tr '\\0' x"), OUTPUT_LIMIT=20_000_000)
    assert result.joined("O") == b"x" * 10_000_000
    assert result.answer["status"] == "ok"


def test_single_bytes_leave_as_they_were_printed(process: PlainProcess) -> None:
    text = "häß€😀\r\n\n".encode()
    command = "\n".join(f"printf '\\{byte:03o}'" for byte in text * 30)
    assert run_live(process, shell(command)).joined("O") == text * 30


def test_the_limit_counts_encoded_text_as_in_the_plain_answer(process: PlainProcess) -> None:
    for command in ["yes", "yes >&2", "head -c 100000 /dev/zero", "yes '\"\\€'"]:
        plain = process.run(shell(command), OUTPUT_LIMIT=10_000).answer
        live = run_live(process, shell(command), OUTPUT_LIMIT=10_000)
        answer = live.answer
        assert answer["status"] == plain["status"]
        assert answer["truncated"] == plain["truncated"]
        for stream in ("stdout", "stderr"):
            assert answer[stream].startswith(plain[stream])
            assert len(json.dumps(answer[stream], ensure_ascii=False).encode()) <= 10_002


def test_output_of_exactly_the_room_is_whole_and_one_more_ends_the_run(process: PlainProcess) -> None:
    limit = 5000
    room = limit - 512  # what an answer promises to leave for the outputs
    whole = run_live(process, shell(f"head -c {room} /dev/zero | tr '\\0' x"), OUTPUT_LIMIT=limit).answer
    assert whole["stdout"] == "x" * room
    assert whole["truncated"] == {"stdout": False, "stderr": False}
    more = shell(f"head -c {room + 1} /dev/zero | tr '\\0' x; sleep {WAIT}")
    cut = run_live(process, more, OUTPUT_LIMIT=limit).answer
    assert (cut["status"], cut["stdout"]) == ("output", "x" * room)
    assert cut["truncated"] == {"stdout": True, "stderr": False}


def test_each_stage_has_the_whole_room(process: PlainProcess) -> None:
    print_4000 = "head -c 4000 /dev/zero | tr '\\0' x"
    result = run_live(process, shell(print_4000, [print_4000] * 3), OUTPUT_LIMIT=5000)
    assert result.answer["stdout"] == "x" * 4000
    assert result.answer["status"] == "ok"
    assert result.sums == (16_000, 0)


def test_the_wall_time_replaces_the_time_limit(process: PlainProcess) -> None:
    options: dict[str, object] = {"wallTime": 1000}
    answer = run_live(process, shell("echo partial; sleep 1000"), options, TIME_LIMIT_MS=40_000).answer
    assert (answer["status"], answer["stdout"]) == ("time", "partial\n")


def test_a_caller_that_goes_away_ends_the_run(process: PlainProcess, tmp_path: Path) -> None:
    marker = f"{tmp_path.name}-unread"
    with LiveRun(process.start(TIME_LIMIT_MS=50_000, OUTPUT_LIMIT=1 << 30)) as run:
        run.write(task(shell(f": {marker}\nyes")))
        assert run.read() == ("H", b"")
        assert run.process.stderr
        run.process.stderr.close()
        assert run.process.wait(WAIT) == 1
    assert processes_with(marker) == []


def test_a_background_child_does_not_hold_up_the_answer(process: PlainProcess) -> None:
    request = shell("echo first; yes &\n echo last >&2")
    answer = run_live(process, request, OUTPUT_LIMIT=10_000_000).answer
    assert answer["stdout"].startswith("first\n")
    assert answer["stderr"].endswith("last\n")
    assert answer["status"] == "ok"
