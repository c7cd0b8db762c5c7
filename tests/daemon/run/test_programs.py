"""What a program in a container may do, with a real engine. With `--runtime runsc` in gVisor.

The program is the image's entrypoint, so that nothing of ours stands between it and the daemon.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from fake_containers import shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from real_engine import RealEngine
from waiting import wait_until

ProgramImage = Callable[..., str]
LIMIT = 2  # seconds a program may run
DECODE = "Failed to decode json returned from code runner: "


@pytest.fixture
def daemon(make_daemon: MakeDaemon, engine: RealEngine) -> Daemon:
    return make_daemon(engine, RUN_MAX_EXECUTION_TIME=str(LIMIT))


@pytest.fixture
def patient_daemon(make_daemon: MakeDaemon, engine: RealEngine) -> Daemon:
    """One whose time limit no test reaches: what it answers, it answers at once."""
    return make_daemon(engine, RUN_MAX_EXECUTION_TIME="60")


def timed_run(daemon: Daemon, image: str, payload: object = None) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    response = daemon.run(image, payload)
    return response, time.monotonic() - began


def assert_gone(engine: RealEngine, within: float) -> None:
    wait_until(lambda: not engine.own_containers(), within, "the container is gone", interval=0.05)


@pytest.mark.parametrize(
    "program",
    ["loop", "sleep", "ignore_signals", "stop_itself", "drip", "close_outputs", "never_read"],
)
def test_a_program_that_does_not_end_is_ended_at_the_limit(
    daemon: Daemon, engine: RealEngine, program_image: ProgramImage, program: str
) -> None:
    """The deadline is absolute, whatever the program prints or closes."""
    image = program_image(program)
    response, took = timed_run(daemon, image, {"filler": "x" * 200_000})
    assert_error(response, 400, "limits.execution_time")
    # Starting the container is not the program's time: a loaded machine needs seconds for it.
    assert LIMIT - 0.1 <= took < LIMIT + 8
    assert_gone(engine, within=3)


@pytest.mark.parametrize(("program", "answer"), [("orphan", "orphan"), ("daemonize", "daemonized")])
def test_a_program_whose_children_live_on_is_answered_and_they_are_ended(
    patient_daemon: Daemon, engine: RealEngine, program_image: ProgramImage, program: str, answer: str
) -> None:
    response, took = timed_run(patient_daemon, program_image(program))
    assert response.json() == {answer: True}
    assert took < 20
    assert_gone(engine, within=5)
    command = ["pgrep", "-x", "-f", f"/programs {program}"]
    wait_until(lambda: subprocess.run(command, capture_output=True).returncode == 1, 5, "no process is left")


@pytest.mark.parametrize(
    ("program", "mentioned"),
    [
        (["nothing"], ""),
        (["exit", "7"], "7"),
        (["crash"], "SIGSEGV"),
        (["orphan_without_answer"], "7"),
        (["truncated"], ""),
    ],
)
def test_a_program_that_ends_without_an_answer_is_reported_at_once(
    patient_daemon: Daemon, program_image: ProgramImage, program: list[str], mentioned: str
) -> None:
    response, took = timed_run(patient_daemon, program_image(*program))
    body = assert_error(response, 500, "coderunner.stdout.decode", DECODE)
    assert mentioned in body["message"]
    assert took < 20, "it waited for the limit"


def test_the_log_says_with_what_code_a_program_ended(
    patient_daemon: Daemon, program_image: ProgramImage
) -> None:
    patient_daemon.run(program_image("exit", "7"))
    patient_daemon.wait_for_log("coderunner.stdout.decode")


def test_an_entrypoint_that_does_not_exist_is_a_failed_start(
    patient_daemon: Daemon, engine: RealEngine
) -> None:
    image = engine.import_image("test/no-command:1", {}, 'ENTRYPOINT ["/missing"]')
    response, took = timed_run(patient_daemon, image)
    assert_error(response, 500, "docker.container.start", "Failed to start container: ")
    assert took < 20


def test_a_user_that_the_image_lacks_is_a_failed_start(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    daemon = make_daemon(engine, DOCKER_CONTAINER_USER="nobody-of-that-name")
    response, took = timed_run(daemon, program_image("echo"))
    assert_error(response, 500, "docker.container.start", "Failed to start container: ")
    assert took < 20


def test_an_image_that_the_engine_lacks_is_the_callers_fault(patient_daemon: Daemon) -> None:
    response = patient_daemon.run("test/no-such-image:1")
    body = assert_error(response, 400, "docker.container.create", "Failed to create container: ")
    assert "no such image" in body["message"].lower()


def size_of(folder: Path) -> int:
    return int(subprocess.run(["du", "-sb", folder], capture_output=True, check=False).stdout.split()[0])


@pytest.mark.parametrize("program", ["flood_stdout", "flood_stderr", "flood_both"])
def test_a_flood_is_ended_at_the_output_limit_and_costs_the_host_no_disk(
    patient_daemon: Daemon, engine: RealEngine, program_image: ProgramImage, program: str
) -> None:
    image = program_image(program)
    before = size_of(engine.containers_folder)
    response, took = timed_run(patient_daemon, image)
    assert_error(response, 400, "limits.read.size")
    assert took < 20
    assert_gone(engine, within=5)
    assert size_of(engine.containers_folder) <= before


def test_the_output_limit_is_exact(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    """One megabyte without a newline passes where it is the limit, and one byte more does not."""
    daemon = make_daemon(engine, RUN_MAX_OUTPUT_SIZE="1000000")
    response = daemon.run(program_image("object", "1000000"))
    assert (response.status_code, len(response.content)) == (200, 1_000_000)
    body = assert_error(daemon.run(program_image("object", "1000001")), 400, "limits.read.size")
    assert "(1000000 bytes)" in body["message"]


@pytest.mark.parametrize(
    "program",
    [["text"], ["array"], ["two_objects"], ["trailing_text"], ["invalid_utf8"], ["nested", "129"]],
    ids=" ".join,
)
def test_output_that_is_not_one_object_is_refused(
    patient_daemon: Daemon, program_image: ProgramImage, program: list[str]
) -> None:
    assert_error(patient_daemon.run(program_image(*program)), 500, "coderunner.stdout.decode", DECODE)


def test_nesting_up_to_128_passes(patient_daemon: Daemon, program_image: ProgramImage) -> None:
    response = patient_daemon.run(program_image("nested", "128"))
    assert (response.status_code, response.text.count("{")) == (200, 128)


def test_white_space_around_the_object_is_dropped(
    patient_daemon: Daemon, program_image: ProgramImage
) -> None:
    assert patient_daemon.run(program_image("white_space")).content == b'{"a": 1}'


@pytest.mark.parametrize("program", ["error_then_object", "error_only"])
def test_anything_on_stderr_is_the_runners_failure(
    patient_daemon: Daemon, program_image: ProgramImage, program: str
) -> None:
    """The message is bounded and valid UTF-8, whatever the program wrote."""
    response = patient_daemon.run(program_image(program))
    assert_error(response, 500, "coderunner.stderr", "Code runner failed with the following message: ")


@pytest.mark.parametrize(
    ("program", "answer"), [("answer_unread", "unread"), ("close_stdin", "closed"), ("answer_early", "early")]
)
def test_an_answer_without_reading_a_payload_of_a_megabyte_is_delivered(
    patient_daemon: Daemon, program_image: ProgramImage, program: str, answer: str
) -> None:
    response, took = timed_run(patient_daemon, program_image(program), {"filler": "x" * 1_000_000})
    assert response.json() == {answer: True}
    assert took < 20


def test_a_payload_of_a_megabyte_passes_both_ways(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    daemon = make_daemon(engine, RUN_MAX_OUTPUT_SIZE="2000000")
    payload = {"filler": "é☠" * 200_000}
    response = daemon.run(program_image("echo"), payload)
    assert response.json() == payload


def test_twenty_runs_in_a_row_leave_nothing(
    patient_daemon: Daemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    image = program_image("echo")
    for number in range(20):
        assert patient_daemon.run(image, {"n": number}).json() == {"n": number}
    assert_gone(engine, within=5)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(st.text(), json_values, max_size=4))
def test_any_payload_reaches_the_program_as_the_bytes_that_came(
    patient_daemon: Daemon, program_image: ProgramImage, payload: dict[str, object]
) -> None:
    text = json.dumps(payload) if "\ud800" <= str(payload) <= "\udfff" else shown(payload).decode()
    body = f'{{"image":"{program_image("echo")}","payload":{text}}}'
    headers = {"Content-Type": "application/json"}
    response = patient_daemon.request("POST", "/run", content=body.encode(), headers=headers)
    assert response.content == text.encode()
