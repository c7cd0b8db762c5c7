"""The conversation and the clients of api_docs/run.md, section "With input while it runs"."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from daemon_process import Daemon, MakeDaemon
from documented import is_json_as_printed
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, scripted
from interactive_client import INTERACTIVE, connected
from repository import REPOSITORY

SECTION = (
    (REPOSITORY / "api_docs/run.md").read_text().partition("### With input while it runs\n")[2]
).partition("\n### ")[0]
# What a page would do with the function of the documentation.
PAGE = """
const files = [{ name: "main.py", content: "print('Hello', input())" }];
const request = { image: "docker-run/python", payload: { language: "python", files } };
const program = run(process.env.DOCKER_RUN_URL, process.env.DOCKER_RUN_TOKEN, request, (event) => {
  if (event.type === "stage") program.type("Ada\\n");
  if (event.type === "stdout") process.stdout.write(event.text);
  if (event.type === "answer") console.log(event.answer.status);
  if (event.type === "error") console.error(event.message);
  if (event.type === "close") process.exitCode = event.code === 1000 ? 0 : 1;
});
"""


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    return str(text)


def greet(runner: Runner, prompt: bytes = b"", answer: bytes = b"Hello Ada\n") -> None:
    runner.accept()
    runner.begin("run")
    if prompt:
        runner.print(prompt)
    assert runner.next_input() == ("I", b"Ada\n")
    runner.print(answer)
    runner.answer()


def test_the_conversation_takes_place_as_it_is_printed(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    def with_terminal(runner: Runner) -> None:
        assert (runner.options["rows"], runner.options["columns"]) == (24, 80)
        greet(runner, b"Your name? ", b"Ada\r\nHello Ada\r\n")

    add_runner(fake_engine, "docker-run/python", scripted(with_terminal))
    daemon = make_daemon(fake_engine, **INTERACTIVE)
    with connected(daemon) as run:
        for line in block("websocket").splitlines():
            direction, text = line.split(" ", 1)
            if direction == "→":
                run.connection.send(text)
            elif text.startswith("close "):
                assert run.rest() == ([], int(text.removeprefix("close ")))
            else:
                message = run.connection.recv(30)
                assert isinstance(message, str)
                assert is_json_as_printed(text, message), message


def command_of(language: str, folder: Path) -> list[str]:
    if language == "python":
        file = folder / "client.py"
        file.write_text(block("python"))
        return [sys.executable, str(file)]
    node = shutil.which("node")
    option = "--experimental-websocket"
    if node is None or subprocess.run([node, option, "-e", ""], capture_output=True).returncode != 0:
        pytest.skip("no Node.js with WebSocket here")
    file = folder / "client.mjs"
    file.write_text(block("javascript") + PAGE)
    return [node, option, str(file)]


def run_client(language: str, daemon: Daemon, folder: Path) -> subprocess.CompletedProcess[str]:
    places = {"DOCKER_RUN_URL": daemon.url, "DOCKER_RUN_TOKEN": daemon.token, "NODE_NO_WARNINGS": "1"}
    return subprocess.run(
        command_of(language, folder),
        env=os.environ | places,
        input="Ada\n",
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_client_talks_to_its_program(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, language: str
) -> None:
    add_runner(fake_engine, "docker-run/python", scripted(greet))
    done = run_client(language, make_daemon(fake_engine, **INTERACTIVE), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello Ada\nok\n", "")


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_client_fails_when_the_run_does(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, language: str
) -> None:
    fake_engine.add_image("docker-run/python", lambda process: None)
    done = run_client(language, make_daemon(fake_engine, **INTERACTIVE), tmp_path)
    assert done.returncode == 1
    assert "The image has no interactive runs" in done.stderr
