"""What programs print and how they end, and what the caller must get all the same. With the
program behind code_runner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import WAIT, InContainer, Place, PlainProcess, processes_with, script, shell


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
