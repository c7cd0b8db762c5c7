"""The clients in api_docs/run.md, "While it runs", as they are printed there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from daemon_process import Daemon
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, scripted
from live_client import parse_events
from repository import REPOSITORY

SECTION = (
    (REPOSITORY / "api_docs/run.md").read_text().partition("### While it runs\n")[2].partition("\n### ")[0]
)
COMMANDS = {
    "sh": ["bash"],
    "python": [sys.executable],
    "javascript": ["node"],
    "go": ["go", "run"],
}
ENDINGS = {"sh": "client.sh", "python": "client.py", "javascript": "client.mjs", "go": "client.go"}


def run_client(language: str, daemon: Daemon, folder: Path) -> subprocess.CompletedProcess[str]:
    program = COMMANDS[language][0]
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    (source,) = re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    file = folder / ENDINGS[language]
    file.write_text(source)
    places = {"DOCKER_RUN_URL": daemon.url, "DOCKER_RUN_TOKEN": daemon.token}
    return subprocess.run(
        [*COMMANDS[language], file], env=os.environ | places, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("language", COMMANDS)
def test_a_client_shows_the_output_and_the_result(
    daemon: Daemon, fake_engine: FakeEngine, tmp_path: Path, language: str
) -> None:
    def program(runner: Runner) -> None:
        assert runner.payload["files"] == [{"name": "main.py", "content": "print(1)"}]
        runner.accept()
        runner.begin("run")
        runner.print("Größe\n".encode())
        runner.answer()

    add_runner(fake_engine, "docker-run/python", scripted(program))
    done = run_client(language, daemon, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    if language == "sh":
        assert [event["type"] for event in parse_events(done.stdout)] == [
            "start",
            "stage",
            "stdout",
            "answer",
        ]
    else:
        assert done.stdout == "Größe\nok\n"


@pytest.mark.parametrize("language", [name for name in COMMANDS if name != "sh"])
def test_a_client_fails_when_the_run_does(
    daemon: Daemon, fake_engine: FakeEngine, tmp_path: Path, language: str
) -> None:
    def refuses(runner: Runner) -> None:
        runner.fail("no such member")

    def fails(runner: Runner) -> None:
        runner.accept()
        runner.fail("no memory")

    for script, message in ((refuses, "no such member"), (fails, "no memory")):
        add_runner(fake_engine, "docker-run/python", scripted(script))
        done = run_client(language, daemon, tmp_path)
        assert done.returncode != 0
        assert message in done.stderr
