"""Podman's Docker-compatible socket instead of dockerd, on the Podman of Debian.

`scripts/test engines` runs what there is for real engines on it; these few are for every day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_launcher import first_free
from real_engine import RealEngine, images_of_programs
from waiting import wait_until

pytestmark = pytest.mark.real
ProgramImage = Callable[..., str]


@pytest.fixture(scope="module")
def podman(pytestconfig: pytest.Config) -> Iterator[RealEngine]:
    process = first_free(Path(pytestconfig.getoption("--engine-cache")), "podman")
    try:
        process.start()
        started = RealEngine(process)
        started.remove_containers()
        yield started
    finally:
        process.stop()


@pytest.fixture(scope="module")
def podman_image(podman: RealEngine, tmp_path_factory: pytest.TempPathFactory) -> ProgramImage:
    return images_of_programs(podman, tmp_path_factory.mktemp("programs"))


@pytest.fixture
def daemon(make_daemon: MakeDaemon, podman: RealEngine) -> Daemon:
    return make_daemon(podman, RUN_MAX_EXECUTION_TIME="60")


def test_a_payload_of_a_megabyte_passes_both_ways(
    make_daemon: MakeDaemon, podman: RealEngine, podman_image: ProgramImage
) -> None:
    daemon = make_daemon(podman, RUN_MAX_OUTPUT_SIZE="2000000")
    payload = {"filler": "é☠" * 200_000}
    assert daemon.run(podman_image("echo"), payload).json() == payload


def test_an_answer_without_reading_the_payload_is_delivered(
    daemon: Daemon, podman_image: ProgramImage
) -> None:
    response = daemon.run(podman_image("answer_unread"), {"filler": "x" * 1_000_000})
    assert response.json() == {"unread": True}


def test_an_exit_code_is_told(daemon: Daemon, podman_image: ProgramImage) -> None:
    body = assert_error(daemon.run(podman_image("exit", "7")), 500, "coderunner.stdout.decode")
    assert "exit code 7" in body["message"]


def test_an_entrypoint_that_does_not_exist_is_a_failed_start(daemon: Daemon, podman: RealEngine) -> None:
    image = podman.import_image("test/no-command:1", {}, 'ENTRYPOINT ["/missing"]')
    assert_error(daemon.run(image), 500, "docker.container.start", "Failed to start container: ")


def test_an_image_that_is_missing_is_the_callers_fault(daemon: Daemon) -> None:
    body = assert_error(daemon.run("test/no-such-image:1"), 400, "docker.container.create")
    assert "no such image" in body["message"].lower()


def test_what_podman_built_is_found_by_its_full_name(
    daemon: Daemon, podman: RealEngine, podman_image: ProgramImage
) -> None:
    """Podman calls it localhost/NAME."""
    podman.docker("tag", podman_image("echo"), "localhost/built-here:1")
    assert daemon.run("localhost/built-here:1", {"a": 1}).json() == {"a": 1}


def test_containers_are_kept_warm_and_their_image_is_watched(
    make_daemon: MakeDaemon, podman: RealEngine, podman_image: ProgramImage
) -> None:
    echo, other = podman_image("echo"), podman_image("answer_early")
    podman.docker("tag", echo, "test/moving:1")
    daemon = make_daemon(podman, POOL_ENABLED="true", POOL_PREWARM="test/moving:1", POOL_MAX_PER_IMAGE="1")
    wait_until(daemon.is_ready, 20, "ready")
    response = daemon.run("test/moving:1", {"a": 1})
    assert response.json() == {"a": 1}
    assert "hit" in response.headers["server-timing"]
    podman.docker("tag", other, "test/moving:1")
    wait_until(lambda: daemon.run("test/moving:1").json() == {"early": True}, 20, "the new image answers")
