"""--self-test: that it holds, and sees each wall of the engine's that is taken away."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from daemon_process import MakeDaemon, free_port, shipped_settings
from fake_engine import FakeEngine
from real_engine import RealEngine
from waiting import wait_until
from weakened_engine import WeakenedEngine

HELD, NOT_HELD, UNAVAILABLE, USAGE = 0, 1, 69, 64
IMAGE = "docker-run/python"
SMALL = {"RUN_MAX_EXECUTION_TIME": "6", "DOCKER_CONTAINER_MEMORY": "251658240"}


def self_test(
    make_daemon: MakeDaemon, engine: Any, image: str = IMAGE, **overrides: str
) -> subprocess.CompletedProcess[str]:
    settings = shipped_settings() | SMALL | {"SERVER_LISTEN_PORT": str(free_port())} | overrides
    daemon = make_daemon(engine, start=False, **settings)
    daemon.expect_end = True
    command = [daemon.binary, "--self-test", image]
    return subprocess.run(
        command, env=daemon.process_environment(), capture_output=True, text=True, timeout=300
    )


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Name of each program → whether its wall held, how it ended, and why not."""
    return {line[:20].strip(): line[20:] for line in done.stdout.splitlines()}


def fallen(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {name for name, what in rows(done).items() if what.startswith("NOT HELD")}


@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_every_wall_stands_with_the_shipped_settings(
    make_daemon: MakeDaemon, images: RealEngine, runtime: str
) -> None:
    """With gVisor: test_the_installation_of_gvisor_works_as_written."""
    done = self_test(make_daemon, images, DOCKER_CONTAINER_RUNTIME=runtime, RUN_INTERACTIVE_MAX="1")
    assert (done.returncode, len(rows(done))) == (HELD, 32), done.stdout + done.stderr
    assert {"output as it comes", "input as it runs", "terminal"} <= set(rows(done))
    assert all(row.startswith("held ") for row in rows(done).values()), done.stdout
    wait_until(lambda: not images.own_containers(), 5, "no container is left")


Weaken = Callable[[dict[str, Any]], None]


def without(*names: str) -> Weaken:
    def weaken(body: dict[str, Any]) -> None:
        for name in names:
            body["HostConfig"].pop(name)

    return weaken


def without_network_limit(body: dict[str, Any]) -> None:
    body["NetworkDisabled"] = False
    body["HostConfig"]["NetworkMode"] = "host"


def without_cpus(body: dict[str, Any]) -> None:
    """And without the limit of a process's CPU time, which follows from it."""
    body["HostConfig"].pop("NanoCpus")
    limits = body["HostConfig"]["Ulimits"]
    body["HostConfig"]["Ulimits"] = [each for each in limits if each["Name"] != "cpu"]


def as_root(body: dict[str, Any]) -> None:
    body["User"] = "0:0"


NO_FILTER_OF_ITS_OWN = {
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [
        {"names": ["seccomp"], "action": "SCMP_ACT_ERRNO"},
        {
            "names": ["prctl"],
            "action": "SCMP_ACT_ERRNO",
            "args": [{"index": 0, "value": 22, "op": "SCMP_CMP_EQ"}],  # PR_SET_SECCOMP
        },
    ],
}


def without_profile(body: dict[str, Any]) -> None:
    body["HostConfig"]["SecurityOpt"] = ["no-new-privileges", "seccomp=unconfined"]


def without_filters(body: dict[str, Any]) -> None:
    """No profile, and a runner that cannot filter and was told to go on."""
    profile = "seccomp=" + json.dumps(NO_FILTER_OF_ITS_OWN)
    body["HostConfig"]["SecurityOpt"] = ["no-new-privileges", profile]
    body["Env"].append("CODE_RUNNER_SECCOMP=unenforced")


def as_everybody(body: dict[str, Any]) -> None:
    body["User"] = "1000:1000"


def without_core_limit(body: dict[str, Any]) -> None:
    limits = body["HostConfig"]["Ulimits"]
    body["HostConfig"]["Ulimits"] = [each for each in limits if each["Name"] != "core"]


def in_the_groups_of_the_host(body: dict[str, Any]) -> None:
    body["HostConfig"]["CgroupnsMode"] = "host"


def with_larger_tmpfs(body: dict[str, Any]) -> None:
    mounts = body["HostConfig"]["Tmpfs"]
    for path, options in mounts.items():
        mounts[path] = options.replace("size=131072k", "size=150m")


def with_files_without_number(body: dict[str, Any]) -> None:
    mounts = body["HostConfig"]["Tmpfs"]
    for path, options in mounts.items():
        mounts[path] = ",".join(each for each in options.split(",") if not each.startswith("nr_inodes"))


def with_secrets(body: dict[str, Any]) -> None:
    body["Env"].append("API_ACCESS_TOKEN=secret")


CALLS = {
    "socket families",
    "programs of sockets",
    "io_uring",
    "asynchronous I/O",
    "keyrings",
    "name spaces",
    "programs in kernel",
    "limits of PID 1",
}
# What is taken away, the rows that fall, and what one of them says.
TAKEN_AWAY: list[tuple[Weaken, set[str], str]] = [
    (without("Memory", "MemorySwap"), {"memory bomb"}, "bytes of memory"),
    (without("PidsLimit"), {"fork bomb"}, "processes at once"),
    (without_cpus, {"CPU hog"}, "of CPU time, not "),
    (without("ReadonlyRootfs"), {"writes to disk"}, "can be written"),
    (with_larger_tmpfs, {"full tmpfs"}, "bytes in /home/glot"),
    (without_network_limit, {"network"}, "BREACH: the network"),
    (with_secrets, {"secrets"}, "settings of the daemon"),
    (without("CapDrop"), {"privileges"}, "BREACH: CapBnd"),
    (without("SecurityOpt"), set(), "privileges          held"),  # the runner gives them up itself
    (without_profile, {"privileges"}, "not two filters of system calls"),
    (as_root, {"privileges", "writes to disk", "user of its own"}, "it is root"),
    (with_files_without_number, set(), "no limit of files ended it"),
    (without_filters, {"privileges", *CALLS}, "BREACH: SO_ATTACH_FILTER"),
    (as_everybody, {"user of its own"}, "not as user and group 24095 alone"),
    (without_core_limit, {"core dumps"}, "BREACH: core dumps"),
    (in_the_groups_of_the_host, {"groups of the host"}, "it sees that it is in the group /docker"),
]
TOGETHER = [0, 1, 2, 3, 4, 5, 6, 9, 11, 13, 14, 15]  # none of these hides another


@pytest.mark.timeout(3600)
def test_walls_that_are_taken_away_are_seen(
    make_daemon: MakeDaemon, images: RealEngine, tmp_path: Path, full: bool
) -> None:
    """Several at once; with --full each alone, too."""
    for number, chosen in enumerate([TOGETHER, *([[row] for row in range(len(TAKEN_AWAY))] if full else [])]):

        def weaken(body: dict[str, Any], chosen: list[int] = chosen) -> None:
            for row in chosen:
                TAKEN_AWAY[row][0](body)

        weakened = WeakenedEngine(tmp_path / f"weak-{number}.sock", images.socket, weaken)
        hog = without_cpus in (TAKEN_AWAY[row][0] for row in chosen)
        # So little that a busy host, too, leaves more to a hog.
        little = {"DOCKER_CONTAINER_CPUS": "0.05"} if hog else {}
        limit = "6" if chosen is TOGETHER else "15"
        done = self_test(make_daemon, weakened.socket, RUN_MAX_EXECUTION_TIME=limit, **little)
        weakened.stop()
        expected = set().union(*(TAKEN_AWAY[row][1] for row in chosen))
        assert (fallen(done), done.returncode) == (expected, NOT_HELD if expected else HELD), done.stdout
        for row in chosen:
            assert TAKEN_AWAY[row][2] in done.stdout, done.stdout


def test_system_calls_that_are_open_again_are_seen(
    make_daemon: MakeDaemon, images: RealEngine, tmp_path: Path
) -> None:
    """Both filters are gone: what each of the two refuses stands with one of them."""
    weaken, expected, words = next(row for row in TAKEN_AWAY if row[0] is without_filters)
    weakened = WeakenedEngine(tmp_path / "unfiltered.sock", images.socket, weaken)
    done = self_test(make_daemon, weakened.socket)
    weakened.stop()
    assert (fallen(done), done.returncode) == (expected, NOT_HELD), done.stdout
    assert words in done.stdout


def test_without_an_image_that_works_nothing_is_claimed(make_daemon: MakeDaemon, images: RealEngine) -> None:
    done = self_test(make_daemon, images, "test/no-such-image")
    assert done.returncode == NOT_HELD
    assert set(rows(done)) == {"harmless program", "containers removed"}
    assert "o such image" in done.stdout


@pytest.mark.parametrize("with_policy", [True, False])
def test_what_the_operator_keeps_for_debugging_is_removed_all_the_same(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, with_policy: bool
) -> None:
    """Otherwise its row says that containers are removed which are not; rules inherit the setting."""
    settings = {"DEBUG_KEEP_CONTAINER": "true"}
    if with_policy:
        policy = tmp_path / "policy.json"
        policy.write_text(json.dumps({"images": [{"match": ["**"]}]}))
        settings["RUN_POLICY_FILE"] = str(policy)
    done = self_test(make_daemon, fake_engine, "test/echo", **settings)
    assert "held" in rows(done)["containers removed"], done.stdout + done.stderr
    assert fake_engine.calls_of("create")
    assert fake_engine.own_containers() == []


def test_without_an_engine_nothing_is_claimed(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    done = self_test(make_daemon, str(tmp_path / "no-engine.sock"))
    assert done.returncode == UNAVAILABLE
    assert "Failed to connect to docker unix socket" in done.stderr


def test_a_name_that_is_no_image_is_a_usage_error(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    assert self_test(make_daemon, str(tmp_path / "any.sock"), "../x").returncode == USAGE
