"""Our images and the runner in them, through the whole daemon, with a real engine."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import pytest
from daemon_process import Daemon, MakeDaemon
from payloads import bash, python
from real_engine import RealEngine
from repository import REPOSITORY

IMAGES = REPOSITORY / "images"
ALWAYS_BUILT = ["bash", "python"]  # those of the fixture `images`
EVERY = sorted(path.name for path in (IMAGES / "languages").iterdir())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", EVERY if metafunc.config.getoption("--full") else ALWAYS_BUILT)


@pytest.fixture(params=["cold", "warm"])
def daemon(make_daemon: MakeDaemon, images: RealEngine, request: pytest.FixtureRequest) -> Daemon:
    """A daemon with the user and folders of our images, without and with waiting containers."""
    if request.param == "cold":
        return make_daemon(images, DOCKER_CONTAINER_USER="glot")
    started = make_daemon(images, DOCKER_CONTAINER_USER="glot", POOL_ENABLED="true", POOL_MAX_PER_IMAGE="2")
    started.run("docker-run/python", python("pass"))
    return started


def run(daemon: Daemon, payload: dict[str, Any]) -> dict[str, Any]:
    response = daemon.run(f"docker-run/{payload.get('language', 'bash')}", payload)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def assert_printed(answer: dict[str, Any], stdout: str, stderr: str = "", error: str = "") -> None:
    assert (answer["stdout"], answer["stderr"], answer["error"]) == (stdout, stderr, error)
    assert isinstance(answer["duration"], int)


def test_a_python_program_prints(daemon: Daemon) -> None:
    answer = run(daemon, python("print('Hello')"))
    assert_printed(answer, "Hello\n")
    assert answer["duration"] > 0


def test_a_bash_program_prints(daemon: Daemon) -> None:
    assert_printed(run(daemon, bash("echo out; echo err >&2")), "out\n", "err\n")


def test_stdin_reaches_the_program(daemon: Daemon) -> None:
    assert_printed(run(daemon, python("print(input()[::-1])", stdin="abc\n")), "cba\n")
    assert_printed(run(daemon, bash("cat", stdin=None)), "")


def test_unicode_passes_in_names_contents_stdin_and_output(daemon: Daemon) -> None:
    payload = python("import sys\nprint('é☠😀', open('fünf.txt').read(), sys.stdin.read())", stdin="ß")
    payload["files"].append({"name": "fünf.txt", "content": "日本"})
    assert_printed(run(daemon, payload), "é☠😀 日本 ß\n")


def test_files_in_folders_are_where_they_belong(daemon: Daemon) -> None:
    payload = python("from package.inner import value\nprint(value)")
    payload["files"] += [
        {"name": "package/__init__.py", "content": "\n"},
        {"name": "package/inner.py", "content": "value = 42\n"},
    ]
    assert_printed(run(daemon, payload), "42\n")


def test_an_exit_code_is_an_error_of_the_program(daemon: Daemon) -> None:
    assert_printed(run(daemon, bash("echo so far; exit 3")), "so far\n", "", "Exit code: 3")


def test_a_traceback_names_the_callers_file_and_line(daemon: Daemon) -> None:
    answer = run(daemon, python("x = 1\nraise ValueError('boo')"))
    assert answer["error"] == "Exit code: 1"
    assert 'main.py", line 2' in answer["stderr"]
    assert answer["stderr"].endswith("ValueError: boo\n")


def test_a_command_replaces_the_recipe(daemon: Daemon) -> None:
    assert_printed(run(daemon, bash("echo not me", command="echo me; ls")), "me\nmain.sh\n")


def test_build_commands_run_first_and_the_first_failure_is_the_answer(daemon: Daemon) -> None:
    instructions = {"buildCommands": ["echo built > artefact", "true"], "runCommand": "cat artefact"}
    assert_printed(run(daemon, {"runInstructions": instructions, "files": []}), "built\n")
    instructions["buildCommands"] = ["echo first", "echo why >&2; exit 9", "echo never"]
    answer = run(daemon, {"runInstructions": instructions, "files": []})
    assert_printed(answer, "", "why\n", "Exit code: 9")


def test_two_runs_share_nothing(daemon: Daemon) -> None:
    run(daemon, bash("echo secret > /tmp/left; echo secret > left"))
    assert_printed(run(daemon, bash("cat /tmp/left left 2>/dev/null; true")), "")


def test_the_container_has_no_network(daemon: Daemon) -> None:
    answer = run(daemon, python("import os; print(sorted(os.listdir('/sys/class/net')))"))
    assert_printed(answer, "['lo']\n")


def test_a_program_that_does_not_end_keeps_what_it_printed(
    make_daemon: MakeDaemon, images: RealEngine
) -> None:
    """Its own limit is a little shorter than the daemon's."""
    daemon = make_daemon(images, DOCKER_CONTAINER_USER="glot", RUN_MAX_EXECUTION_TIME="2")
    answer = run(daemon, python("print('so far', flush=True)\nwhile True: pass"))
    assert answer["stdout"] == "so far\n"
    assert answer["status"] == "time"


@pytest.mark.parametrize(
    "payload", [{}, {"language": "python"}, {"language": "cobol", "files": []}, {"files": 3}]
)
def test_a_payload_that_is_no_request_is_the_runners_error(
    make_daemon: MakeDaemon, images: RealEngine, payload: dict[str, Any]
) -> None:
    response = make_daemon(images, DOCKER_CONTAINER_USER="glot").run("docker-run/python", payload)
    assert (response.status_code, response.json()["error"]) == (500, "coderunner.stderr")


def test_the_examples_of_the_languages_give_what_they_promise(
    make_daemon: MakeDaemon, images: RealEngine, full: bool
) -> None:
    """Cold, warm, and with and without what their recipes start early; and what their smoke programs do. In
    full with some that compile."""
    languages = list(ALWAYS_BUILT)
    environment = os.environ | {"DOCKER_HOST": f"unix://{images.socket}"}
    if full:
        more = ["c", "java", "javascript"]
        subprocess.run([IMAGES / "build", *more], env=environment, check=True, timeout=1200)
        languages += more
    daemon = make_daemon(images, DOCKER_CONTAINER_USER="glot", POOL_ENABLED="true")
    command = [IMAGES / "test", "--url", daemon.url, "--token", daemon.token, *languages]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines() if "| ok " in line] == languages


@pytest.mark.timeout(1800)
def test_a_language_does_what_its_standard_library_offers(images: RealEngine, language: str) -> None:
    """As a uid of its own, with the walls of the daemon. In full all languages."""
    environment = os.environ | {"DOCKER_HOST": f"unix://{images.socket}"}
    if language not in ALWAYS_BUILT:
        subprocess.run([IMAGES / "build", language], env=environment, check=True, timeout=1200)
    command = [IMAGES / "test", language]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"| {language}" in done.stdout


def test_every_language_has_a_smoke_program() -> None:
    assert sorted(path.stem for path in (IMAGES / "smoke").iterdir()) == EVERY


def test_a_program_finds_its_user_whatever_uid_it_has(make_daemon: MakeDaemon, images: RealEngine) -> None:
    """20000 to 24095 have a line in the files of users and groups."""
    daemon = make_daemon(images, DOCKER_CONTAINER_USER="20005:20005")
    program = (
        "import getpass, grp, os, pwd\n"
        "print(getpass.getuser(), grp.getgrgid(os.getgid()).gr_name, os.path.expanduser('~run20005'))\n"
        "print(*(pwd.getpwuid(uid).pw_name for uid in (1000, 20000, 24095)))\n"
    )
    assert_printed(run(daemon, python(program)), "run20005 run20005 /home/glot\nglot run20000 run24095\n")
    assert_printed(run(daemon, bash("whoami; id -gn; echo ~")), "run20005\nrun20005\n/home/glot\n")


def test_an_image_says_that_the_runner_in_it_is_ours(images: RealEngine) -> None:
    label = '{{index .Config.Labels "docker-run.runner"}}'
    assert images.docker("image", "inspect", "--format", label, "docker-run/bash") == "2"
