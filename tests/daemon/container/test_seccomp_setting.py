"""The seccomp profile of the create call, and images whose system calls nothing filters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from answers import assert_error
from daemon_process import MakeDaemon
from fake_containers import echo
from fake_engine import FakeEngine
from waiting import wait_until


def test_a_missing_seccomp_profile_is_warned_of(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    fake_engine.info["SecurityOptions"] = ["name=apparmor"]
    make_daemon(fake_engine).wait_for_log("without a seccomp profile")


OURS = {"Entrypoint": ["/usr/local/bin/code_runner"], "Labels": {"docker-run.runner": "1"}}
NO_SECCOMP: list[str] = ["name=apparmor"]


def profile_of(call: Any) -> dict[str, Any] | None:
    """The seccomp profile that a create call brings."""
    options = call.body["HostConfig"]["SecurityOpt"]
    found = [option.removeprefix("seccomp=") for option in options if option.startswith("seccomp=")]
    return json.loads(found[0]) if found else None


def test_the_create_call_brings_a_seccomp_profile_that_suits_the_image(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """With our runner a brief one, for the runner filters the rest; otherwise a list of allowed calls."""
    fake_engine.add_image("test/ours", echo, **OURS)
    daemon = make_daemon(fake_engine)
    for image in ("test/ours", "test/echo"):
        assert daemon.run(image).status_code == 200
    brief, complete = (profile_of(call) for call in fake_engine.calls_of("create"))
    assert brief is not None
    assert complete is not None
    assert brief["defaultAction"] == "SCMP_ACT_ALLOW"
    assert complete["defaultAction"] == "SCMP_ACT_ERRNO"
    assert fake_engine.calls_of("create")[0].body["HostConfig"]["CgroupnsMode"] == "private"


@pytest.mark.parametrize(
    ("source", "info", "sent"),
    [
        ("docker-run", ["name=seccomp,profile=unconfined"], True),
        ("engine", ["name=seccomp,profile=default"], False),
        ("unenforced", ["name=seccomp,profile=default"], True),
        ("unenforced", NO_SECCOMP, False),
    ],
)
def test_the_profile_is_sent_where_the_operator_wants_it_and_the_engine_takes_it(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, source: str, info: list[str], sent: bool
) -> None:
    fake_engine.info["SecurityOptions"] = info
    daemon = make_daemon(fake_engine, DOCKER_CONTAINER_SECCOMP=source)
    assert daemon.run("test/echo").status_code == 200
    create = fake_engine.wait_for_call("create")
    assert (profile_of(create) is not None) == sent
    assert ("CODE_RUNNER_SECCOMP=unenforced" in create.body["Env"]) == (source == "unenforced")


@pytest.mark.parametrize("source", ["docker-run", "engine"])
def test_an_image_whose_system_calls_nothing_filters_is_refused(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, source: str
) -> None:
    fake_engine.info["SecurityOptions"] = NO_SECCOMP
    fake_engine.add_image("test/ours", echo, **OURS)
    daemon = make_daemon(fake_engine, DOCKER_CONTAINER_SECCOMP=source)
    assert_error(daemon.run("test/echo"), 500, "docker.container.create", "Failed to create container: ")
    assert not fake_engine.calls_of("create")
    assert daemon.run("test/ours", {"n": 1}).json() == {"n": 1}, "its runner filters, or says that it cannot"
    wait_until(daemon.is_ready, 5, "ready")


def test_sockets_of_the_internet_are_taken_away_by_the_profile(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, DOCKER_CONTAINER_INET="false")
    assert daemon.run("test/echo").status_code == 200
    create = fake_engine.wait_for_call("create")
    profile = profile_of(create)
    assert profile is not None
    allowed = [
        entry["args"][0]["value"]
        for entry in profile["syscalls"]
        if entry["names"] == ["socket"] and entry["action"] == "SCMP_ACT_ALLOW"
    ]
    assert allowed == [1]


@pytest.mark.parametrize(
    "settings", [{"DOCKER_CONTAINER_SECCOMP": "engine"}, {"DOCKER_CONTAINER_SECCOMP": "unenforced"}]
)
def test_without_our_profile_no_run_starts_that_is_to_have_no_sockets_of_the_internet(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, settings: dict[str, str]
) -> None:
    if settings["DOCKER_CONTAINER_SECCOMP"] == "unenforced":
        fake_engine.info["SecurityOptions"] = NO_SECCOMP
    daemon = make_daemon(fake_engine, DOCKER_CONTAINER_INET="false", **settings)
    body = assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    assert "the engine does not enforce DOCKER_CONTAINER_INET, false" in body["message"]
