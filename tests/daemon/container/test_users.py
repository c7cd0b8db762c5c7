"""DOCKER_CONTAINER_UIDS: which user each container runs as, with the scripted engine and a real one."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import held
from fake_containers import Container, echo
from fake_engine import FakeEngine
from real_engine import RealEngine
from sandbox import answer, holding
from waiting import wait_until

FIRST = 20000
USERS = {"DOCKER_CONTAINER_UIDS": f"{FIRST}-{FIRST + 200}"}
RUNNER = {"Entrypoint": ["/usr/local/bin/code_runner", "--path", "/home/glot"]}
OURS = RUNNER | {"Labels": {"docker-run.runner": "1"}}


@pytest.fixture
def engine_of_ours(fake_engine: FakeEngine) -> FakeEngine:
    """The scripted engine with test/ours, an image as images/build makes them."""
    fake_engine.add_image("test/ours", echo, **OURS)
    return fake_engine


def users(fake_engine: FakeEngine) -> list[str]:
    return [call.body["User"] for call in fake_engine.calls_of("create")]


def add_foreign(fake_engine: FakeEngine, uid: int, instance: str = "somebody-else") -> Container:
    """A container that another daemon made."""
    labels = {
        "docker-run.instance": instance,
        "docker-run.deadline": str(int(time.time()) + 3600),
        "docker-run.ttl": "3600",
        "docker-run.uid": str(uid),
    }
    spec = {"Image": "test/echo", "Labels": labels}
    container = Container("f" * 59 + f"{uid}", f"foreign-{uid}", fake_engine.images["test/echo"], spec)
    fake_engine.containers[container.id] = container
    return container


def test_each_container_runs_as_a_user_of_its_own_and_says_so_in_a_label(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    daemon = make_daemon(engine_of_ours, **USERS)
    for _ in range(3):
        assert daemon.run("test/ours").status_code == 200
    found = users(engine_of_ours)
    assert len(set(found)) == 3
    for user, create in zip(found, engine_of_ours.calls_of("create"), strict=True):
        uid = int(user.partition(":")[0])
        assert user == f"{uid}:{uid}"
        assert FIRST <= uid <= FIRST + 200
        assert create.body["Labels"]["docker-run.uid"] == str(uid)


@pytest.mark.parametrize(
    "config",
    [{}, RUNNER, {"Labels": OURS["Labels"]}, OURS | {"Entrypoint": ["/bin/sh", "-c", "code_runner"]}],
    ids=["neither", "no label", "no entrypoint", "inherited label"],
)
def test_an_image_without_our_runner_keeps_the_user_of_the_settings(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, config: dict[str, Any]
) -> None:
    """A derived image inherits the label, so that it counts with the entrypoint only."""
    fake_engine.add_image("test/other", echo, **config)
    daemon = make_daemon(fake_engine, **USERS)
    assert daemon.run("test/other").status_code == 200
    assert users(fake_engine) == ["65534:65534"]
    assert "docker-run.uid" not in fake_engine.calls_of("create")[0].body["Labels"]


def test_without_the_setting_every_container_runs_as_before(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    assert make_daemon(engine_of_ours).run("test/ours").status_code == 200
    assert users(engine_of_ours) == ["65534:65534"]


def test_a_user_is_free_again_only_when_the_engine_says_that_its_container_is_gone(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    """The range has one user more than the daemon asks for at the least, so that all but one are held."""
    release = threading.Event()
    small = {
        "SERVER_WORKER_THREADS": "1",
        "POOL_MAX_TOTAL": "1",
        "DOCKER_CONTAINER_UIDS": f"{FIRST}-{FIRST + 75}",
    }
    for uid in range(FIRST + 1, FIRST + 76):
        add_foreign(engine_of_ours, uid)
    daemon = make_daemon(engine_of_ours, **small)
    engine_of_ours.script_always("delete", held(release))
    assert daemon.run("test/ours").status_code == 200
    engine_of_ours.wait_for_call("delete")
    body = assert_error(daemon.run("test/ours"), 500, "docker.container.create")
    assert "every user of DOCKER_CONTAINER_UIDS belongs to a container" in body["message"]
    engine_of_ours.script_always("delete", None)
    release.set()
    wait_until(lambda: daemon.run("test/ours").status_code == 200, 20, "the user is free again")
    assert set(users(engine_of_ours)) == {f"{FIRST}:{FIRST}"}
    engine_of_ours.containers.clear()


def test_users_of_containers_that_are_there_at_the_start_are_not_handed_out(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    foreign = [add_foreign(engine_of_ours, uid) for uid in (FIRST, FIRST + 1, FIRST + 3)]
    daemon = make_daemon(engine_of_ours, **USERS)
    for _ in range(2):
        assert daemon.run("test/ours").status_code == 200
    assert users(engine_of_ours) == [f"{uid}:{uid}" for uid in (FIRST + 2, FIRST + 4)]
    for container in foreign:
        engine_of_ours.containers.pop(container.id)


def test_another_daemon_with_the_same_users_is_warned_of(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    near = add_foreign(engine_of_ours, FIRST + 5, "near")
    far = add_foreign(engine_of_ours, FIRST + 5000, "far")
    daemon = make_daemon(engine_of_ours, **USERS)
    daemon.wait_for_log("uids.shared")
    shared = [line for line in daemon.log().splitlines() if "uids.shared" in line]
    assert len(shared) == 1
    assert "other_instance=near" in shared[0]
    for container in (near, far):
        engine_of_ours.containers.pop(container.id)


def test_a_rule_of_the_policy_may_opt_out(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine, tmp_path: Path
) -> None:
    engine_of_ours.add_image("test/off", echo, **OURS)
    engine_of_ours.add_image("test/user", echo, **OURS)
    rules = [
        {"match": ["test/off"], "settings": {"DOCKER_CONTAINER_UIDS": "off"}},
        {"match": ["test/user"], "settings": {"DOCKER_CONTAINER_USER": "1234:1234"}},
        {"match": ["test/*"]},
    ]
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"images": rules}))
    daemon = make_daemon(engine_of_ours, RUN_POLICY_FILE=str(policy), **USERS)
    for image in ("test/off", "test/user", "test/ours"):
        assert daemon.run(image).status_code == 200
    assert users(engine_of_ours) == ["65534:65534", "1234:1234", f"{FIRST}:{FIRST}"]


def test_waiting_containers_have_users_of_their_own_and_the_same_key(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    daemon = make_daemon(
        engine_of_ours, POOL_ENABLED="true", POOL_PREWARM="test/ours", POOL_MAX_PER_IMAGE="2", **USERS
    )
    engine_of_ours.wait_for_call("start")
    assert wait_until(
        lambda: daemon.run("test/ours").status_code == 200 and len(users(engine_of_ours)) >= 3,
        20,
        "the pool is refilled",
    )
    assert len(set(users(engine_of_ours))) == len(users(engine_of_ours))


# With a real engine.


@pytest.fixture
def own_users(start_shipped: MakeDaemon) -> Daemon:
    return start_shipped()


# Each uses up what the kernel counts by user.
HOGS = {
    "descriptors in flight": """
import socket, time
keep = []
try:
    while True:
        a, b = socket.socketpair()
        a.setblocking(False)
        keep.append((a, b))
        socket.send_fds(a, [b"x"], [0] * 253)
except OSError:
    pass
""",
    "pipes": """
import fcntl, os
keep = []
try:
    while True:
        keep.append(os.pipe())
        fcntl.fcntl(keep[-1][0], 1031, 1 << 20)
except OSError:
    pass
""",
    "inotify": """
import ctypes
libc = ctypes.CDLL(None)
while libc.inotify_init() >= 0:
    pass
""",
    "message queues": """
import ctypes
libc = ctypes.CDLL("librt.so.1")
for i in range(64):
    if libc.mq_open(b"/queue%d" % i, 0o102, 0o600, None) < 0:
        break
""",
    "queued signals": """
import ctypes, os, signal
libc = ctypes.CDLL(None)
signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 65))
while libc.sigqueue(os.getpid(), 34, None) == 0:
    pass
""",
}
VICTIM = """
import ctypes, os, socket
rt, libc = ctypes.CDLL("librt.so.1"), ctypes.CDLL(None)
found = []
a, b = socket.socketpair()
socket.send_fds(a, [b"x"], [0, 1, 2])
found.append("sent")
read, write = os.pipe()
os.set_blocking(write, False)
found.append(os.write(write, b"x" * 60000))
found.append(libc.inotify_init() >= 0)
found.append(rt.mq_open(b"/mine", 0o102, 0o600, None) >= 0)
timer = ctypes.c_void_p()
found.append(rt.timer_create(0, None, ctypes.byref(timer)))
print(found)
"""


@pytest.mark.not_on("runsc", reason="gVisor counts within its sandbox")
@pytest.mark.parametrize("hog", HOGS)
def test_a_program_uses_up_nothing_that_the_kernel_counts_by_user_of_another_run(
    own_users: Daemon, images: RealEngine, hog: str
) -> None:
    """Each container's user is its own: the answer's seal and the other program find all of it."""
    with holding(own_users, images, HOGS[hog]):
        for _ in range(3):
            assert answer(own_users, VICTIM)["stdout"] == "['sent', 60000, True, True, 0]\n"


def test_programs_of_the_shipped_settings_have_a_user_and_a_group_of_their_own(
    own_users: Daemon,
) -> None:
    program = "import os; print(os.getuid(), os.getgid(), os.getgroups())"
    seen = set()
    for _ in range(3):
        uid, gid, groups = answer(own_users, program)["stdout"].split(maxsplit=2)
        assert uid == gid
        assert groups.strip() in ("[]", f"[{uid}]")
        assert 20000 <= int(uid) <= 24095
        seen.add(uid)
    assert len(seen) == 3


def test_a_stock_image_has_a_user_of_its_own_and_a_home(
    make_daemon: MakeDaemon, engine: RealEngine, busybox_image: str, binary: Path
) -> None:
    daemon = make_daemon(
        engine,
        DOCKER_STOCK_IMAGES="test/busybox:*",
        DOCKER_STOCK_RUNNER_PATH=str(binary.parent / "code_runner/code_runner"),
        **USERS,
    )
    command = 'busybox id -u; echo "$HOME"; echo x > "$HOME/file" && busybox cat "$HOME/file"'
    payload = {"runInstructions": {"buildCommands": [], "runCommand": command}, "files": []}
    uid, home, content = daemon.run(busybox_image, payload).json()["stdout"].split()
    assert FIRST <= int(uid) <= FIRST + 200
    assert (home, content) == ("/home/glot", "x")


def test_two_daemons_with_disjoint_users_never_share_one(
    make_daemon: MakeDaemon, engine_of_ours: FakeEngine
) -> None:
    other = {"DOCKER_CONTAINER_UIDS": f"{FIRST + 1000}-{FIRST + 1200}"}
    daemons = [make_daemon(engine_of_ours, **USERS), make_daemon(engine_of_ours, **other)]
    for daemon in daemons:
        for _ in range(2):
            assert daemon.run("test/ours").status_code == 200
    assert len(set(users(engine_of_ours))) == 4
