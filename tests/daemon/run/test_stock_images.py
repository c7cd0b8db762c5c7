"""Images that carry no runner, and mounts of the host, with a real engine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from real_engine import RealEngine
from waiting import wait_until

PYTHON = "test/stock-python:3"
BUSYBOX = "test/busybox"


@pytest.fixture(scope="session")
def stock_images(images: RealEngine, busybox_image: str) -> RealEngine:
    """An engine that has images without a runner: a shell alone, and Python's, whose user is root."""
    lines = (
        "FROM docker-run/python",
        "USER root",
        "RUN rm -rf /usr/local/bin/code_runner /etc/code-runner /home/glot",
        "WORKDIR /",
        "ENTRYPOINT []",
        'CMD ["python3"]',
    )
    images.docker("build", "-t", PYTHON, "-", input="\n".join(lines).encode(), timeout=300)
    return images


@pytest.fixture
def runner(binary: Path) -> str:
    return str(binary.parent / "code_runner/code_runner")


@pytest.fixture(params=["cold", "warm"])
def daemon(
    make_daemon: MakeDaemon, stock_images: RealEngine, runner: str, request: pytest.FixtureRequest
) -> Daemon:
    settings = {
        "DOCKER_CONTAINER_USER": "glot",  # whom these images do not know
        "DOCKER_STOCK_IMAGES": f"{PYTHON} {BUSYBOX}:*",
        "DOCKER_STOCK_RUNNER_PATH": runner,
    }
    if request.param == "cold":
        return make_daemon(stock_images, **settings)
    warm = make_daemon(
        stock_images, POOL_ENABLED="true", POOL_PREWARM=f"{PYTHON} {BUSYBOX}", POOL_MAX_TOTAL="4", **settings
    )
    wait_until(warm.is_ready, 30, "ready")
    return warm


def commands(run: str, *build: str, **members: Any) -> dict[str, Any]:
    instructions = {"buildCommands": list(build), "runCommand": run}
    return {"runInstructions": instructions, "files": [], **members}


def stdout_of(daemon: Daemon, image: str, payload: dict[str, Any]) -> str:
    response = daemon.run(image, payload)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["error"] == "", answer
    stdout: str = answer["stdout"]
    return stdout


def test_a_python_image_without_a_runner_runs_a_program(daemon: Daemon) -> None:
    files = [{"name": "main.py", "content": "import sys\nprint(sys.stdin.read()[::-1])"}]
    payload = commands("python3 main.py", files=files, stdin="olleh")
    for _ in range(3):
        assert stdout_of(daemon, PYTHON, payload) == "hello\n"
    if daemon.env["POOL_ENABLED"] == "true":
        assert "hit" in daemon.run(PYTHON, payload).headers["server-timing"]


def test_a_shell_alone_builds_and_runs(daemon: Daemon) -> None:
    payload = commands("busybox cat made", "busybox echo built > made")
    assert stdout_of(daemon, BUSYBOX, payload) == "built\n"


def test_a_stock_image_runs_as_nobody_with_its_folder_as_its_only_place(daemon: Daemon) -> None:
    payload = commands(
        'busybox id -u; busybox id -g; busybox pwd; echo "$HOME"; echo x > /x || echo read-only'
    )
    assert stdout_of(daemon, BUSYBOX, payload).split() == [
        "65534",
        "65534",
        "/home/glot",
        "/home/glot",
        "read-only",
    ]


def test_the_runner_of_the_host_cannot_be_changed_or_replaced(daemon: Daemon) -> None:
    payload = commands(
        "for c in 'echo >' 'busybox rm' 'busybox touch'; do eval $c /.code_runner && echo did; done; :"
    )
    assert stdout_of(daemon, BUSYBOX, payload) == ""


def test_an_image_that_no_pattern_names_keeps_its_own_entrypoint(
    make_daemon: MakeDaemon, stock_images: RealEngine, runner: str
) -> None:
    daemon = make_daemon(
        stock_images,
        DOCKER_CONTAINER_USER="glot",
        DOCKER_STOCK_IMAGES=PYTHON,
        DOCKER_STOCK_RUNNER_PATH=runner,
    )
    payload = {"language": "bash", "files": [{"name": "main.sh", "content": "id -un"}]}
    assert stdout_of(daemon, "docker-run/bash", payload) == "glot\n"


def test_a_policy_says_stock_and_with_which_user(
    make_daemon: MakeDaemon, stock_images: RealEngine, runner: str, tmp_path: Path
) -> None:
    rules = [
        {"match": [BUSYBOX], "stock": True, "settings": {"DOCKER_CONTAINER_USER": "1234:1234"}},
        {"match": [PYTHON], "stock": True},
    ]
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"images": rules}))
    daemon = make_daemon(
        stock_images,
        DOCKER_CONTAINER_WORK_DIR_PATH=None,
        DOCKER_STOCK_RUNNER_PATH=runner,
        RUN_POLICY_FILE=str(policy),
    )
    assert stdout_of(daemon, BUSYBOX, commands("busybox id -u; busybox pwd")) == "1234\n/work\n"
    assert stdout_of(daemon, PYTHON, commands("python3 -c 'import os; print(os.getuid())'")) == "65534\n"


def test_a_runner_that_the_engines_host_lacks_is_named(
    make_daemon: MakeDaemon, stock_images: RealEngine, runner: str, tmp_path: Path
) -> None:
    """As with a daemon in a container of its own, whose files are not the host's."""
    copy = tmp_path / "code_runner"
    shutil.copy(runner, copy)
    daemon = make_daemon(stock_images, DOCKER_STOCK_IMAGES=BUSYBOX, DOCKER_STOCK_RUNNER_PATH=str(copy))
    copy.unlink()
    body = assert_error(daemon.run(BUSYBOX, commands("true")), 500, "docker.container.create")
    assert "DOCKER_STOCK_RUNNER_PATH" in body["message"]
    assert str(copy) in body["message"]


def test_a_mount_of_the_host_is_seen_and_cannot_be_written(
    make_daemon: MakeDaemon, stock_images: RealEngine, runner: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "set.txt").write_text("numbers\n")
    daemon = make_daemon(
        stock_images,
        DOCKER_CONTAINER_MOUNTS=f"{folder}:/data {runner}:/opt/tool",
        DOCKER_STOCK_IMAGES=BUSYBOX,
        DOCKER_STOCK_RUNNER_PATH=runner,
    )
    payload = commands(
        "busybox cat /data/set.txt; busybox test -x /opt/tool && echo x; echo y > /data/new || echo no"
    )
    assert stdout_of(daemon, BUSYBOX, payload).split() == ["numbers", "x", "no"]
    assert [path.name for path in folder.iterdir()] == ["set.txt"]
