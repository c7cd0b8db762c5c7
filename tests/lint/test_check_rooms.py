"""scripts/check-rooms, on small trees that are made here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import REPOSITORY

TABLE = """
## Rooms

| Room | Purpose | May include |
|---|---|---|
| `tools/` | what all need | |
| `engine/` | the client | `tools` |
| `top/` | the program | everything |

## Threads

| `not/` | a table of another section | `top` |
"""
SOUND = {
    "docs/design.md": TABLE,
    "include/tools/clock.hpp": "",
    "include/tools/more.hpp": '#include "tools/clock.hpp"\n',
    "include/engine/client.hpp": '#include "tools/clock.hpp"\n',
    "src/engine/client.cpp": '#include "engine/client.hpp"\n#include <vector>\n',
    "src/top/program.cpp": '#include "engine/client.hpp"\n',
    "src/main.cpp": '#include "top/program.hpp"\n',
    "tests/unit/tools/clock_test.cpp": '#include "engine/client.hpp"\n',
}

Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Runs the check on the sound tree with these files changed: its exit status and what it prints."""

    def run(**changes: str) -> tuple[int, str]:
        changed = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in changes.items()}
        for name, text in (SOUND | changed).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run(
            [REPOSITORY / "scripts/check-rooms", tmp_path], capture_output=True, text=True, timeout=30
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_sound_tree_passes_without_a_word(check: Check) -> None:
    assert check() == (0, "")


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        (
            "src__tools__clock_DOT_cpp",
            '#include "engine/client.hpp"\n',
            "tools/ may not include engine/client.hpp",
        ),
        (
            "src__engine__more_DOT_cpp",
            '#include "top/program.hpp"\n',
            "engine/ may not include top/program.hpp",
        ),
        ("src__engine__more_DOT_cpp", '#include "client.hpp"\n', "client.hpp is included without its folder"),
        ("src__flat_DOT_cpp", "", "src/flat.cpp: in no room of the table"),
        ("include__unknown__a_DOT_hpp", "", "include/unknown/a.hpp: in no room of the table"),
        ("tests__unit__flat_test_DOT_cpp", "", "tests/unit/flat_test.cpp: in no room of the table"),
        ("src__tools__clock_DOT_cpp", '#include "tools/more.hpp"\n', "modules in a circle"),
        (
            "docs__design_DOT_md",
            TABLE.replace("| what all need | |", "| what all need | `engine` |"),
            "rooms in a circle",
        ),
        ("docs__design_DOT_md", "# Design\n", "no table after '## Rooms'"),
    ],
)
def test_a_fault_is_named_and_fails(check: Check, file: str, text: str, fault: str) -> None:
    status, printed = check(**{file: text})
    assert status == 1
    assert fault in printed


def test_the_daemon_keeps_to_its_own_table() -> None:
    done = subprocess.run([REPOSITORY / "scripts/check-rooms"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "")
