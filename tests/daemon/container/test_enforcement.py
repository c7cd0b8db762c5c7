"""Limits that the engine does not enforce: what the daemon makes of them, and what --check-engine says."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_dialects import speak_podman
from fake_containers import Container, echo
from fake_engine import Exchange, FakeEngine
from real_engine import RealEngine
from waiting import wait_until

HELD, NOT_HELD, UNAVAILABLE = 0, 1, 69
CGROUPS = Path("/sys/fs/cgroup")

# What the engine's /info says where it cannot, and the setting of ours that demands it.
LIMITS = [
    ("SwapLimit", {"DOCKER_CONTAINER_MEMORY_SWAP": "268435456"}, "swap"),
    ("PidsLimit", {"DOCKER_CONTAINER_PIDS_LIMIT": "50"}, "processes"),
    ("CpuCfsQuota", {"DOCKER_CONTAINER_CPUS": "1"}, "CPUs"),
]


def unready_reasons(daemon: Daemon) -> list[str]:
    body: dict[str, Any] = daemon.request("GET", "/readyz", token=None).json()
    return list(body.get("obstacles", []))


@pytest.mark.parametrize(("ability", "demand", "limit"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit_that_was_demanded_and_does_not_hold_stops_every_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, ability: str, demand: dict[str, str], limit: str
) -> None:
    fake_engine.info[ability] = False
    daemon = make_daemon(fake_engine, **demand)
    variable = next(iter(demand))
    body = assert_error(
        daemon.run("test/echo"), 500, "docker.container.create", "Failed to create container: "
    )
    assert f"the engine does not enforce {variable}" in body["message"]
    assert not fake_engine.calls_of("create")
    wait_until(lambda: any(variable in reason for reason in unready_reasons(daemon)), 5, "not ready")
    assert f'docker_run_unenforced_limits{{limit="{limit}"}} 1' in daemon.request("GET", "/metrics").text


@pytest.mark.parametrize("ability", ["MemoryLimit", "SwapLimit", "PidsLimit", "CpuCfsQuota"])
def test_a_limit_of_the_predecessor_or_a_default_that_does_not_hold_is_warned_of_and_counted(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, ability: str
) -> None:
    fake_engine.info[ability] = False
    daemon = make_daemon(fake_engine)
    assert daemon.run("test/echo", {"n": 1}).json() == {"n": 1}
    wait_until(daemon.is_ready, 5, "ready")
    daemon.wait_for_log("limit.not_enforced")
    assert "docker_run_unenforced_limits{" in daemon.request("GET", "/metrics").text


def test_limits_are_checked_again_when_the_engine_comes_back(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Another engine may be behind the socket then."""
    daemon = make_daemon(fake_engine, DOCKER_CONTAINER_CPUS="1")
    assert daemon.run("test/echo").status_code == 200
    fake_engine.info["CpuCfsQuota"] = False
    fake_engine.end_events()
    daemon.wait_for_log("engine.events.lost")
    assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    wait_until(lambda: daemon.log().count("engine.events.connected") == 2, 10, "it listens again")
    fake_engine.info["CpuCfsQuota"] = True
    fake_engine.end_events()
    wait_until(lambda: daemon.run("test/echo").status_code == 200, 10, "a run passes again")
    wait_until(daemon.is_ready, 5, "ready")


@pytest.mark.parametrize(
    ("parent", "driver"),
    [("dockerrun.slice", "none"), ("/docker-run", "systemd"), ("/docker-run", "none")],
)
def test_a_cgroup_parent_that_does_not_suit_the_engines_driver_stops_every_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, parent: str, driver: str
) -> None:
    fake_engine.info["CgroupDriver"] = driver
    daemon = make_daemon(fake_engine, DOCKER_CONTAINER_CGROUP_PARENT=parent)
    body = assert_error(daemon.run("test/echo"), 500, "docker.container.create")
    assert "DOCKER_CONTAINER_CGROUP_PARENT" in body["message"]


@pytest.fixture
def strict_rule(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Settings with a policy in which test/strict has limits of its own: strict_rule(NAME=value, ...)."""

    def write(**settings: Any) -> dict[str, str]:
        rules = [{"match": ["test/strict"], "settings": settings}, {"match": ["test/*"]}]
        (tmp_path / "policy.json").write_text(json.dumps({"images": rules}))
        return {"RUN_POLICY_FILE": str(tmp_path / "policy.json")}

    return write


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"DOCKER_CONTAINER_CPUS": 0.5}, "DOCKER_CONTAINER_CPUS, 0.5: the engine's kernel has no CPU quota"),
        (
            {"DOCKER_CONTAINER_RUNTIME": "nope"},
            "DOCKER_CONTAINER_RUNTIME, nope: the engine knows no such runtime",
        ),
    ],
    ids=["CPUs", "runtime"],
)
def test_a_limit_that_a_rule_of_the_policy_demands_stops_the_runs_of_that_rule(
    make_daemon: MakeDaemon,
    fake_engine: FakeEngine,
    strict_rule: Callable[..., dict[str, str]],
    settings: dict[str, Any],
    reason: str,
) -> None:
    fake_engine.info["CpuCfsQuota"] = False
    fake_engine.add_image("test/strict", echo)
    daemon = make_daemon(fake_engine, **strict_rule(**settings))
    assert reason in assert_error(daemon.run("test/strict"), 500, "docker.container.create")["message"]
    assert daemon.run("test/echo", {"n": 1}).json() == {"n": 1}
    assert any(reason in obstacle for obstacle in unready_reasons(daemon))

    strict_rule()
    daemon.signal(signal.SIGHUP)
    wait_until(daemon.is_ready, 5, "ready by the new policy")
    assert daemon.run("test/strict", {"n": 1}).json() == {"n": 1}


@pytest.mark.parametrize(("demanded", "status"), [(True, 500), (False, 200)], ids=["demanded", "default"])
def test_a_create_that_left_out_a_demanded_limit_is_no_container_for_a_run(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, demanded: bool, status: int
) -> None:
    """The engine said in /info that it can."""
    warning = "Your kernel does not support pids limit capabilities or the cgroup is not mounted."

    def reply(exchange: Exchange) -> None:
        head, body = exchange.prepare().split(b"\r\n\r\n", 1)
        changed = json.dumps(json.loads(body) | {"Warnings": [warning]}).encode()
        length = f"Content-Length: {len(body)}".encode()
        head = head.replace(length, f"Content-Length: {len(changed)}".encode())
        exchange.send(head + b"\r\n\r\n" + changed)

    fake_engine.script("create", reply)
    settings = {"DOCKER_CONTAINER_PIDS_LIMIT": "50"} if demanded else {}
    daemon = make_daemon(fake_engine, **settings)
    answer = daemon.run("test/echo")
    assert (answer.status_code, warning in answer.text) == (status, demanded)
    daemon.wait_for_log("container.create.warning")


def check_engine(daemon: Daemon) -> subprocess.CompletedProcess[str]:
    daemon.expect_end = True
    environment = daemon.process_environment() | {"SERVER_LISTEN_PORT": "8088"}
    command = [daemon.binary, "--check-engine"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def test_check_engine_prints_each_limit_and_says_by_its_status_whether_all_hold(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    settings = {"DOCKER_CONTAINER_RUNTIME": None}
    done = check_engine(make_daemon(fake_engine, start=False, **settings))
    assert (done.returncode, done.stderr) == (HELD, "")
    rows = done.stdout.splitlines()
    assert rows[0].startswith("Engine 20.10.24 at ")
    for limit in ("memory", "swap", "processes", "CPUs", "system calls", "runtime"):
        assert any(row.startswith(limit + " ") and row.endswith(" enforced") for row in rows), done.stdout

    fake_engine.info["SwapLimit"] = False
    done = check_engine(make_daemon(fake_engine, start=False, **settings))
    assert done.returncode == NOT_HELD
    assert "NOT ENFORCED: the engine cannot limit swap" in done.stdout


def test_check_engine_shows_the_limits_of_each_rule_of_the_policy(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, strict_rule: Callable[..., dict[str, str]]
) -> None:
    settings = strict_rule(DOCKER_CONTAINER_RUNTIME="nope")
    done = check_engine(make_daemon(fake_engine, start=False, **settings))
    assert done.returncode == NOT_HELD
    first, second = done.stdout.split("images[0] of ")[1].split("images[1] of ")
    assert "NOT ENFORCED, no run may start: the engine knows no such runtime" in first
    assert "NOT ENFORCED" not in second


def test_check_engine_says_what_to_know_of_users_sockets_and_daemons_beside_it(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    done = check_engine(make_daemon(fake_engine, start=False))
    assert "DOCKER_CONTAINER_UIDS is unset: containers share the user 65534:65534 of this host" in done.stdout
    assert "with cgroup version 1 only the host's tcp_mem and udp_mem bound" in done.stdout
    for instance, uid in (("one", 20001), ("two", 20002)):
        labels = {"docker-run.instance": instance, "docker-run.uid": str(uid)}
        container = Container(f"{uid:064x}", instance, fake_engine.images["test/echo"], {"Labels": labels})
        fake_engine.containers[container.id] = container
    fake_engine.info |= {"CgroupVersion": "2", "SecurityOptions": ["name=seccomp", "name=userns"]}
    settings = {"DOCKER_CONTAINER_UIDS": "20000-24095"}
    done = check_engine(make_daemon(fake_engine, start=False, **settings))
    assert "run as the users 20000 to 24095 of the engine's user name space, one each" in done.stdout
    assert "sockets counts in DOCKER_CONTAINER_MEMORY" in done.stdout
    assert "containers of 2 daemons have users of DOCKER_CONTAINER_UIDS" in done.stdout
    fake_engine.containers.clear()


def test_check_engine_names_a_faster_runtime_that_the_engine_knows(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """As a hint: the status does not change. Podman does not take the setting."""
    hint = "DOCKER_CONTAINER_RUNTIME=crun selects it"
    assert hint not in check_engine(make_daemon(fake_engine, start=False)).stdout
    fake_engine.info["Runtimes"] = {"crun": {"path": "crun"}, "runc": {"path": "runc"}}
    done = check_engine(make_daemon(fake_engine, start=False))
    assert (done.returncode, hint in done.stdout) == (HELD, True)
    done = check_engine(make_daemon(fake_engine, start=False, DOCKER_CONTAINER_RUNTIME="crun"))
    assert hint not in done.stdout
    speak_podman(fake_engine)
    assert hint not in check_engine(make_daemon(fake_engine, start=False)).stdout


def test_check_engine_says_when_the_engine_does_not_answer(make_daemon: MakeDaemon, tmp_path: Path) -> None:
    done = check_engine(make_daemon(str(tmp_path / "no-engine.sock"), start=False))
    assert (done.returncode, done.stdout) == (UNAVAILABLE, "")
    assert "Failed to connect to docker unix socket" in done.stderr


def test_check_engine_finds_all_limits_enforced_by_debians_engine(
    make_daemon: MakeDaemon, engine: RealEngine
) -> None:
    done = check_engine(make_daemon(engine, start=False))
    assert (done.returncode, done.stderr) == (HELD, ""), done.stdout


def test_a_runtime_that_the_engine_does_not_know_is_refused_with_a_sentence(
    make_daemon: MakeDaemon, engine: RealEngine, busybox_image: str
) -> None:
    settings = {"DOCKER_CONTAINER_RUNTIME": "nope"}
    done = check_engine(make_daemon(engine, start=False, **settings))
    assert done.returncode == NOT_HELD
    assert "the engine knows no such runtime, only crun, " in done.stdout
    daemon = make_daemon(engine, **settings)
    body = assert_error(daemon.run(busybox_image), 500, "docker.container.create")
    assert "DOCKER_CONTAINER_RUNTIME, nope: the engine knows no such runtime" in body["message"]
    assert any("nope" in reason for reason in unready_reasons(daemon))


@pytest.mark.parametrize(
    "named_by",
    [
        "path",
        pytest.param(
            "slice",
            marks=pytest.mark.not_on("podman", reason="with cgroupfs no path may end like a slice"),
        ),
    ],
)
def test_containers_are_in_the_group_of_low_weight_that_the_operator_names(
    low_weight_group: str, make_daemon: MakeDaemon, engine: RealEngine, program_image: Any, named_by: str
) -> None:
    """With cgroupfs a slice is the path at which systemd has it."""
    parent = low_weight_group if named_by == "path" else low_weight_group.removeprefix("/")
    daemon = make_daemon(engine, DOCKER_CONTAINER_CGROUP_PARENT=parent, RUN_MAX_EXECUTION_TIME="2")
    assert_error(daemon.run(program_image("sleep")), 400, "limits.execution_time")
    assert (CGROUPS / "memory" / low_weight_group[1:]).is_dir()
    assert (CGROUPS / "cpu" / low_weight_group[1:] / "cpu.shares").read_text() == "2\n"
    done = check_engine(make_daemon(engine, start=False, DOCKER_CONTAINER_CGROUP_PARENT=parent))
    assert done.returncode == HELD
    assert "containers rank by the weight 2 in " in done.stdout
