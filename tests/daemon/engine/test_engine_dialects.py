"""Engines that differ from Docker 20.10: Podman, and the API versions of other Docker Engines.

docs/engines.md tells which real ones the same daemon was tested with."""

from __future__ import annotations

import re
import subprocess

import pytest
from answers import assert_error
from daemon_process import MakeDaemon, free_port
from engine_dialects import speak_podman, speak_version
from engine_replies import failure, silent
from fake_containers import Exit, Process, echo
from fake_engine import FakeEngine
from waiting import wait_until

CONFIGURATION_FAULT = 78  # EX_CONFIG of sysexits.h


# Podman takes no profile of ours, and the images here have no runner that filters system calls itself.
FOREIGN = {"DOCKER_CONTAINER_SECCOMP": "engine"}


@pytest.fixture
def podman(fake_engine: FakeEngine) -> FakeEngine:
    speak_podman(fake_engine)
    return fake_engine


def killed(process: Process) -> None:
    raise Exit(137)


def test_podman_runs_a_program_and_nothing_is_left(make_daemon: MakeDaemon, podman: FakeEngine) -> None:
    podman.add_image("test/volume", echo, Volumes={"/data": {}})
    daemon = make_daemon(podman, **FOREIGN)
    assert daemon.run("test/volume", {"a": 1}).json() == {"a": 1}
    body = podman.calls_of("create")[0].body
    assert (body["HostConfig"]["NetworkMode"], body["NetworkDisabled"]) == ("none", True)
    podman.wait_until_empty()


def test_podman_runs_images_that_filter_system_calls_themselves_and_others_only_where_the_operator_says_so(
    make_daemon: MakeDaemon, podman: FakeEngine
) -> None:
    """Its own profile lets unshare and mount pass."""
    runner = {"Entrypoint": ["/usr/local/bin/code_runner"], "Labels": {"docker-run.runner": "1"}}
    podman.add_image("test/ours", echo, **runner)
    daemon = make_daemon(podman)
    assert daemon.run("test/ours", {"a": 1}).json() == {"a": 1}
    assert "seccomp" not in str(podman.calls_of("create")[0].body["HostConfig"]["SecurityOpt"])
    body = assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    assert "DOCKER_CONTAINER_SECCOMP" in body["message"]
    for source in ("engine", "unenforced"):
        daemon = make_daemon(podman, DOCKER_CONTAINER_SECCOMP=source)
        assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


def test_podman_keeps_containers_warm(make_daemon: MakeDaemon, podman: FakeEngine) -> None:
    daemon = make_daemon(podman, POOL_ENABLED="true", POOL_PREWARM="test/echo", **FOREIGN)
    wait_until(daemon.is_ready, 20, "ready")
    response = daemon.run("test/echo", {"a": 1})
    assert response.json() == {"a": 1}
    assert "hit" in response.headers["server-timing"]


def test_what_podman_refuses_at_attach_is_a_failed_start(make_daemon: MakeDaemon, podman: FakeEngine) -> None:
    podman.add_image("test/missing", echo, Entrypoint=["/missing"])
    body = assert_error(make_daemon(podman, **FOREIGN).run("test/missing"), 500, "docker.container.start")
    assert "executable file `/missing` not found" in body["message"]
    podman.wait_until_empty()


def test_the_exit_code_is_waited_for_that_podman_knows_after_the_end(
    make_daemon: MakeDaemon, podman: FakeEngine
) -> None:
    """Whether it was a kill for memory it never tells, so that there is no word of memory."""
    podman.add_image("test/killed", killed)
    body = assert_error(make_daemon(podman, **FOREIGN).run("test/killed"), 500, "coderunner.stdout.decode")
    assert body["message"].endswith("the container ended with signal 9 (SIGKILL)")


def test_podman_is_ready_while_its_version_takes_long(make_daemon: MakeDaemon, podman: FakeEngine) -> None:
    """It starts programs to answer that."""
    podman.script_always("version", silent)
    daemon = make_daemon(podman, **FOREIGN)
    wait_until(daemon.is_ready, 20, "ready")


def versions_asked(engine: FakeEngine) -> set[str]:
    asked = {re.match(r"/v[\d.]+", call.path) for call in engine.calls if call.name != "ping"}
    return {match[0] if match else "" for match in asked}


@pytest.mark.parametrize("oldest", ["1.40", "1.44"])
def test_the_29_line_is_asked_in_a_version_that_it_serves(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, oldest: str
) -> None:
    """Its 29.0 to 29.2 refuse what is below 1.44; its attach names another type of stream."""
    speak_version(fake_engine, newest="1.56", oldest=oldest)
    assert make_daemon(fake_engine).run("test/echo", {"a": 1}).json() == {"a": 1}
    assert versions_asked(fake_engine) == {"/v1.51"}


def test_an_engine_that_was_upgraded_is_asked_for_its_version_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine)
    assert daemon.run("test/echo").status_code == 200
    assert versions_asked(fake_engine) == {"/v1.41"}
    fake_engine.stop()
    speak_version(fake_engine, newest="1.52", oldest="1.44")
    fake_engine.calls.clear()
    fake_engine.start()
    wait_until(lambda: daemon.run("test/echo").status_code == 200, 20, "the next run works")


def test_a_refused_version_is_not_the_callers_fault_and_asked_for_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine)
    before = len(fake_engine.calls_of("ping"))
    too_old = "client version 1.41 is too old. Minimum supported API version is 1.44"
    fake_engine.script("image", failure(400, too_old))
    body = assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    assert "the engine refuses the API version that it named: client version 1.41" in body["message"]
    assert daemon.run("test/echo").status_code == 200
    assert len(fake_engine.calls_of("ping")) > before


def test_an_engine_that_is_too_old_ends_the_start_with_78_and_a_sentence(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    speak_version(fake_engine, newest="1.40", oldest="1.12")
    daemon = make_daemon(fake_engine, start=False, SERVER_DRAIN_DELAY="30")
    daemon.expect_end = True
    environment = {**daemon.process_environment(), "SERVER_LISTEN_PORT": str(free_port())}
    done = subprocess.run([daemon.binary], env=environment, capture_output=True, text=True, timeout=20)
    assert done.returncode == CONFIGURATION_FAULT, done.stderr
    assert done.stderr.splitlines()[-1] == (
        "docker-run: the engine is older than Docker 20.10: its API version is 1.40, 1.41 is the least; "
        "upgrade it, or name another in DOCKER_UNIX_SOCKET_PATH"
    )


def test_an_engine_replaced_by_one_that_is_too_old_fails_runs_until_it_is_replaced_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine)
    assert daemon.run("test/echo").status_code == 200
    fake_engine.stop()
    speak_version(fake_engine, newest="1.40", oldest="1.12")
    fake_engine.start()
    daemon.wait_for_log("event=engine.events.lost")

    def is_told() -> bool:
        """A run may still name the version that the old engine spoke. Then it asks for the version again."""
        body = assert_error(daemon.run("test/echo"), 500, "docker.container.create")
        return "the engine is older than Docker 20.10" in body["message"]

    wait_until(is_told, 20, "the run says why")
    fake_engine.stop()
    speak_version(fake_engine, newest="1.41", oldest="1.12")
    fake_engine.start()
    wait_until(lambda: daemon.run("test/echo").status_code == 200, 20, "runs work again")
