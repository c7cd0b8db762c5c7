"""The table of docs/images.md says when a printed line arrives, and each image that is built does so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from daemon_process import MakeDaemon, shipped_settings
from interactive_client import INTERACTIVE, interactive_run
from live_client import Event, live_run
from real_engine import RealEngine
from repository import REPOSITORY

IMAGES = REPOSITORY / "images"
PROGRAMS = {path.stem: path for path in sorted((IMAGES / "lines").iterdir())}
LANGUAGES = {path.name for path in (IMAGES / "languages").iterdir()}
AT_ONCE, WITH_TERMINAL, WHEN_FLUSHED = "at once", "at once with `tty`", "when the program flushes"
ALWAYS_AT_ONCE = {"bash", "c", "cpp", "go", "java", "javascript", "perl", "php", "python", "ruby", "rust"}
ROW = re.compile(r"^\| ([a-z-]+) \| [^|]+ \| (at once|at once with `tty`|when the program flushes) \| ", re.M)


def table() -> dict[str, str]:
    """When a line of each program arrives, as documented."""
    page = (REPOSITORY / "docs/images.md").read_text()
    section = page.split("\n## When a printed line arrives\n")[1].split("\n## ")[0]
    return dict(ROW.findall(section.replace("\\|", "/")))


def test_the_table_has_a_row_for_each_program_and_each_language_has_one() -> None:
    assert set(table()) == set(PROGRAMS)
    assert {program.partition("-")[0] for program in PROGRAMS} == LANGUAGES
    assert set(PROGRAMS) >= LANGUAGES


def test_lines_arrive_at_once_in_the_languages_that_most_callers_use() -> None:
    at_once = {program for program, arrives in table().items() if arrives == AT_ONCE} & LANGUAGES
    assert len(at_once) >= 25
    assert at_once >= ALWAYS_AT_ONCE


def payload_of(program: str) -> dict[str, Any]:
    language = program.partition("-")[0]
    example = re.search(r"^\[example (.+)\]$", (IMAGES / "languages" / language).read_text(), re.M)
    assert example
    file = {"name": example[1], "content": PROGRAMS[program].read_text()}
    return {"language": language, "files": [file]}


@pytest.fixture
def image(images: RealEngine, program: str) -> str:
    name = f"docker-run/{program.partition('-')[0]}"
    if not images.has_image(name):
        pytest.skip("the test engine does not have this image")
    return name


def output(next_event: Callable[[], Event]) -> Iterator[tuple[str, str]]:
    """stdout or stderr, and all of its text so far, after each event of the last stage."""
    texts = {"stdout": "", "stderr": ""}
    while (event := next_event())["type"] != "answer":
        assert event["type"] != "error", event
        if event["type"] == "stage":
            texts = {"stdout": "", "stderr": ""}
        if event["type"] in texts:
            texts[event["type"]] += event["text"]
            yield event["type"], texts[event["type"]]


def arrives_at_once(next_event: Callable[[], Event]) -> bool:
    """Whether the first line arrives while the program sleeps: before the second one, or its end."""
    for stream, text in output(next_event):
        if stream == "stdout" and "first" in text:
            return "second" not in text
    return False


def is_held_back(next_event: Callable[[], Event]) -> bool:
    """Whether the program says on stderr that it has printed before what it printed arrives."""
    for stream, text in output(next_event):
        if "first" in text:
            return False
        if stream == "stderr" and "waiting" in text:
            return True
    return False


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.timeout(300)
def test_a_printed_line_arrives_as_the_table_says(
    make_daemon: MakeDaemon, images: RealEngine, image: str, program: str
) -> None:
    changes = {"RUN_MAX_EXECUTION_TIME": "200", "SERVER_STOP_TIMEOUT": None, "POOL_ENABLED": "false"}
    daemon = make_daemon(images, **(shipped_settings() | changes))
    with live_run(daemon, image, payload=payload_of(program)) as run:
        if table()[program] == AT_ONCE:
            assert arrives_at_once(run.next_event)
        else:
            assert is_held_back(run.next_event)


@pytest.mark.parametrize("program", [name for name, when in table().items() if when == WITH_TERMINAL])
def test_a_printed_line_arrives_at_once_with_a_terminal(
    make_daemon: MakeDaemon, images: RealEngine, image: str, program: str
) -> None:
    daemon = make_daemon(images, **INTERACTIVE, DOCKER_CONTAINER_USER="glot")
    terminal = {"rows": 24, "columns": 80}
    with interactive_run(daemon, image, payload_of(program), tty=terminal) as run:
        assert arrives_at_once(run.next_event)
