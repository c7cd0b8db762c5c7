"""api_docs/clients: each is executed, at a daemon that answers, refuses at first, and says no."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_containers import Process, shown, sleeping
from fake_engine import FakeEngine
from repository import REPOSITORY

CLIENTS = REPOSITORY / "api_docs/clients"
NAMES = ["run.sh", "run.py", "run.mjs", "run.escript"]
PROGRAM = 'print("Größe \\\\ 1")\n\t# ☠\n'


def our_runner(process: Process) -> None:
    """Answers as our images do; the program 'prints' its source."""
    payload = json.loads(process.read_stdin())
    result = {"stdout": payload["files"][0]["content"], "stderr": "", "error": "", "duration": 1}
    process.print(shown(result))


def start_client(name: str, daemon: Daemon, folder: Path, image: str) -> subprocess.Popen[bytes]:
    file = folder / "main.py"
    file.write_text(PROGRAM)
    arguments = [image, "python", str(file)]
    if name == "run.sh":
        request = folder / "request.json"
        payload = {"language": "python", "files": [{"name": "main.py", "content": PROGRAM}]}
        request.write_text(json.dumps({"image": image, "payload": payload}))
        arguments = [str(request)]
    return subprocess.Popen(
        [CLIENTS / name, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DOCKER_RUN_URL": daemon.url,
            "DOCKER_RUN_TOKEN": daemon.token,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def output_of(client: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    stdout, stderr = client.communicate(timeout=60)
    return client.returncode, stdout.decode(), stderr.decode()


def printed_by(name: str, stdout: str) -> str:
    """What the program printed; some clients show the whole answer."""
    return json.loads(stdout)["stdout"] if name in ("run.sh", "run.escript") else stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_client_runs_a_program(daemon: Daemon, fake_engine: FakeEngine, tmp_path: Path, name: str) -> None:
    fake_engine.add_image("test/runner", our_runner)
    status, stdout, stderr = output_of(start_client(name, daemon, tmp_path, "test/runner"))
    assert (status, stderr) == (0, "")
    assert printed_by(name, stdout) == PROGRAM


@pytest.mark.parametrize("name", NAMES)
def test_a_client_shows_the_message_of_an_error(daemon: Daemon, tmp_path: Path, name: str) -> None:
    status, stdout, stderr = output_of(start_client(name, daemon, tmp_path, "test/missing"))
    assert status == 1
    assert "No such image: test/missing" in stdout + stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_client_tries_again_after_503(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, name: str
) -> None:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    fake_engine.add_image("test/runner", our_runner)
    fake_engine.add_image("test/sleeping", sleeping)
    busy = threading.Thread(target=daemon.run, args=("test/sleeping",))
    busy.start()
    fake_engine.wait_for_call("start")
    client = start_client(name, daemon, tmp_path, "test/runner")
    daemon.wait_for_log("event=run.refused", timeout=30)
    for container in list(fake_engine.containers.values()):
        container.kill()
    busy.join(30)
    status, stdout, _ = output_of(client)
    assert status == 0
    assert printed_by(name, stdout) == PROGRAM
    assert len(fake_engine.calls_of("create")) == 2, "a refused run has started a container"


def test_every_client_is_tested() -> None:
    assert {path.name for path in CLIENTS.iterdir()} == {*NAMES, "README.md"}
