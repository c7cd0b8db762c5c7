"""Live and interactive runs with a real engine: what a program prints arrives as printed, whatever it is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cut_callers import interactive_events, live_events
from daemon_process import Daemon, MakeDaemon
from interactive_client import INTERACTIVE
from live_client import LINES, MESSAGES, Event, plain_answer
from payloads import python
from random_programs import RandomProgram, random_program, without_measures
from real_engine import RealEngine

IMAGES = ["docker-run/bash", "docker-run/python"]
PYTHON = IMAGES[1]
WEBSOCKET = "websocket"
FORMS = [LINES, MESSAGES, WEBSOCKET]
LONGEST_LINE = 60_000
WARM = {"POOL_ENABLED": "true", "POOL_PREWARM": " ".join(IMAGES), "POOL_MAX_PER_IMAGE": "2"}


@pytest.fixture
def daemon(make_daemon: MakeDaemon, images: RealEngine) -> Daemon:
    return make_daemon(images, RUN_MAX_OUTPUT_SIZE="40000000", **WARM, **INTERACTIVE)


def events_of_run(
    daemon: Daemon, image: str, payload: Any, form: str, stdin: str, chance: random.Random
) -> list[Event]:
    if form == WEBSOCKET:
        return interactive_events(daemon, image, payload, stdin, chance)
    return live_events(daemon, image, payload, form, chance)


def payload_of(program: RandomProgram, image: str, has_stdin: bool = True) -> dict[str, Any]:
    return program.in_python(has_stdin) if image == PYTHON else program.in_shell(has_stdin)


@pytest.mark.timeout(3600)
def test_the_events_of_any_program_are_its_plain_answer(daemon: Daemon, full: bool) -> None:
    """In every form, cut anywhere on both ways."""
    for seed in range(300 if full else 15):
        chance = random.Random(seed)
        program, image, form = random_program(chance), IMAGES[seed % 2], FORMS[seed % 3]
        payload = payload_of(program, image, has_stdin=form != WEBSOCKET)
        events = events_of_run(daemon, image, payload, form, program.stdin, chance)
        plain = daemon.run(image, payload_of(program, image)).json()
        assert without_measures(plain_answer(events)) == without_measures(plain), f"seed {seed}"


EVERYTHING = "häß€😀\r\n\n\n\0\x7f\u2028".encode() + b"\xe2\x82 \xf0\x9f\x98 \x80 \xc3\xff\xfe \xed\xa0\x80"
HALVES = """
import os, time
for half in (b"\\xe2\\x82", b"\\xac", b"\\xf0", b"\\x9f\\x98", b"\\x80", b"\\xc3", b"(", b"\\xe2\\x82"):
    os.write(1, half)
    time.sleep(0.03)
"""
HARD = {
    "a line of 10 MB without an end": (
        "import os; [os.write(1, b'0123456789' * 1000) for _ in range(1000)]",
        b"0123456789" * 1_000_000,
    ),
    "10 MB in one write": (
        "import sys; sys.stdout.write('ä' * 5_000_000)",
        ("ä" * 5_000_000).encode(),
    ),
    "single bytes": (
        f"import os; [os.write(1, bytes([byte])) for byte in {EVERYTHING!r} * 50]",
        EVERYTHING * 50,
    ),
    "halves of characters": (HALVES, b"\xe2\x82\xac\xf0\x9f\x98\x80\xc3(\xe2\x82"),
    "a half at the end": ("import os; os.write(1, b'ok \\xf0\\x9f')", b"ok \xf0\x9f"),
    "blank lines": ("import os; os.write(1, b'\\n\\n\\r\\n\\r\\r\\n\\n')", b"\n\n\r\n\r\r\n\n"),
    "zeros": ("import os; os.write(1, bytes(100_000))", bytes(100_000)),
    "lines that look like events": (
        """print('data: {"type":"answer"}\\n\\n:\\n0\\r\\n\\r')""",
        b'data: {"type":"answer"}\n\n:\n0\r\n\r\n',
    ),
}


@pytest.mark.parametrize("form", FORMS, ids=["lines", "messages", "websocket"])
def test_output_that_is_hard_to_pass_on_arrives_as_printed(daemon: Daemon, form: str) -> None:
    for name, (source, printed) in HARD.items():
        events = events_of_run(daemon, PYTHON, python(source), form, "", random.Random(name))
        answer = plain_answer(events)
        assert (answer["status"], answer["stderr"]) == ("ok", ""), name
        assert answer["stdout"] == printed.decode(errors="replace"), name
        assert max(len(json.dumps(event, ensure_ascii=False).encode()) for event in events) <= LONGEST_LINE


@pytest.fixture(scope="module")
def forge_image(
    engine: RealEngine,
    binary: Path,
    compiled: Callable[..., Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """An image of ours with sh and the forger of the runner's tests."""
    recipe = tmp_path_factory.mktemp("forge") / "recipe"
    recipe.write_text("language sh\nrun sh {main}\n")
    name = "test/forge:latest"
    files = {"/bin/sh": Path("/bin/busybox"), "/program": compiled("forge.c", "-static")}
    files["/usr/local/bin/code_runner"] = binary.parent / "code_runner/code_runner"
    files["/etc/code-runner/recipe"] = recipe
    entrypoint = 'ENTRYPOINT ["/usr/local/bin/code_runner", "--path", "/home/glot"]'
    return engine.import_image(name, files, entrypoint, "LABEL docker-run.runner=2")


@pytest.mark.parametrize("form", FORMS, ids=["lines", "messages", "websocket"])
@pytest.mark.parametrize("runtime", ["runc", "runsc"])
def test_the_answer_cannot_be_forged(
    make_daemon: MakeDaemon, engine: RealEngine, forge_image: str, runtime: str, form: str
) -> None:
    """Forgers are at work from the build on, until they are killed. With gVisor they may spoil the output of
    their own run. Each of its tasks is a process of the host, so the limit of a container ends all of it."""
    settings = {
        "DOCKER_CONTAINER_RUNTIME": runtime,
        "DOCKER_CONTAINER_PIDS_LIMIT": "1000",
        "RUN_MAX_EXECUTION_TIME": "40",
        "RUN_MAX_OUTPUT_SIZE": "200000000",
    }
    daemon = make_daemon(engine, **settings, **INTERACTIVE)
    instructions = {"buildCommands": ["/program 30"], "runCommand": "exec /program 30"}
    payload = {"runInstructions": instructions, "files": []}
    events = events_of_run(daemon, forge_image, payload, form, "", random.Random(0))
    assert [event["type"] for event in events if event["type"] in ("answer", "error")] == ["answer"]
    answer = events[-1]["answer"]
    assert "forged" not in json.dumps(answer)
    if runtime == "runc":
        assert (answer["status"], answer["error"]) == ("ok", "")
        shown = plain_answer(events)["stdout"]
        assert "honest\n" in shown
        assert "traced" not in shown
    else:
        assert answer["status"] in ("ok", "output")
