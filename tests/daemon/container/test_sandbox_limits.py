"""What programs without measure reach with the settings that we ship, with a real engine.

The programs run in docker-run/python. The host is watched from outside of the containers.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from host_watch import HostWatch, memory_of_containers, percentile
from real_engine import RealEngine
from sandbox import all_running, always_running, answer, verdict
from scrape import Scrape
from waiting import wait_until

MEBIBYTE = 1024 * 1024
MEMORY = 512 * MEBIBYTE  # DOCKER_CONTAINER_MEMORY as shipped
PROCESSES = 256  # DOCKER_CONTAINER_ULIMIT_NPROC_HARD as shipped

FORK_BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
MEMORY_BOMB = """
import os
while True:
    if os.fork() == 0:
        hoard = []
        while True:
            hoard.append(b"x" * (1 << 20))
    os.wait()
"""
CPU_HOG = """
import os
for _ in range(4 * os.cpu_count() - 1):
    if os.fork() == 0:
        break
while True:
    pass
"""
DISK_FILLER = """
import os
while True:
    for folder in (".", "/tmp", "/dev/shm"):
        with open(folder + "/fill", "wb") as file:
            try:
                while file.write(b"x" * (1 << 20)) == 1 << 20:
                    file.flush()
            except OSError:
                os.truncate(folder + "/fill", 0)
"""
GOOD = """
import os, subprocess, tempfile
blob = bytes(64 << 20)
with tempfile.TemporaryFile() as file:
    file.write(blob[:1 << 20])
assert subprocess.run(["echo", "well"], capture_output=True, text=True).stdout == "well\\n"
"""


# Among hundreds of busy processes the runner may not come to say so before the daemon does.
OUT_OF_TIME = {"time", "limits.execution_time"}


HOSTILE = [FORK_BOMB, MEMORY_BOMB, CPU_HOG, DISK_FILLER]


def active_runs(daemon: Daemon) -> float:
    return Scrape.parse(daemon.request("GET", "/metrics").text).value("docker_run_runs_active")


@pytest.fixture
def daemon(start_shipped: MakeDaemon) -> Daemon:
    return start_shipped()


@pytest.mark.parametrize("bombs", [[FORK_BOMB] * 4, HOSTILE], ids=["forks", "all"])
def test_good_runs_of_the_same_user_succeed_beside_hostile_ones(
    start_shipped: MakeDaemon, images: RealEngine, bombs: list[str]
) -> None:
    """The good runs fork, take memory and write files themselves."""
    # On a busy host the good ones take seconds.
    daemon = start_shipped(
        SERVER_WORKER_THREADS="8", RUN_MAX_EXECUTION_TIME="30", DOCKER_CONTAINER_UIDS="off"
    )
    with HostWatch(images.process.folder) as host, always_running(daemon, bombs) as hostile:
        wait_until(lambda: active_runs(daemon) == len(bombs), 10, "the hostile programs run")
        with all_running(daemon, [GOOD] * 4) as good:
            pass
        assert [run.result() for run in good] == ["ok"] * 4
    # Hundreds of small processes may come to the limit of memory together.
    assert hostile <= OUT_OF_TIME | {"memory"}
    assert host.processes_taken < 8 * PROCESSES + 500
    assert host.memory_taken < 8 * MEMORY + 2048 * MEBIBYTE
    assert host.disk_taken < 256 * MEBIBYTE


def test_get_root_stays_fast_while_hostile_programs_hold_every_worker(
    low_weight_group: str, start_shipped: MakeDaemon
) -> None:
    """Four of them on four workers, in a group of the lowest weight. The daemon has no priority."""
    daemon = start_shipped(DOCKER_CONTAINER_CGROUP_PARENT=low_weight_group)
    with all_running(daemon, HOSTILE) as hostile:
        took = []
        while not any(run.done() for run in hostile):
            began = time.monotonic()
            assert daemon.request("GET", "/", token=None).status_code == 200
            took.append(time.monotonic() - began)
    assert len(took) > 200
    assert percentile(took, 0.99) < 0.050, sorted(took)[-20:]


@pytest.mark.parametrize(
    ("status", "error", "program"),
    [
        ("time", "Time limit exceeded", "while True: pass"),
        ("output", "Output limit exceeded", "while True: print('x' * 1000)"),
        ("memory", "Memory limit exceeded", "hoard = b'x' * (1 << 30)"),
        (
            "processes",
            "Process limit exceeded",
            "import os, signal\nfor _ in range(300):\n if os.fork() == 0: signal.pause()",
        ),
        ("disk", "Disk limit exceeded", "open('fill', 'wb').write(bytes(200 << 20))"),
    ],
)
def test_each_limit_names_itself_in_the_answer(
    start_shipped: MakeDaemon, status: str, error: str, program: str
) -> None:
    found = answer(start_shipped(RUN_MAX_EXECUTION_TIME="4"), program)
    assert (found["status"], found["error"]) == (status, error), found


@pytest.fixture
def entrypoint(images: RealEngine, tmp_path: Path) -> Callable[..., str]:
    """Name of an image that runs a Python program as its entrypoint, without our runner."""

    def make(name: str, program: str) -> str:
        lines = ["FROM docker-run/python", f"ENTRYPOINT {json.dumps(['python3', '-c', program])}"]
        images.docker("build", "-q", "-t", name, "-", input="\n".join(lines).encode())
        return name

    return make


@pytest.mark.parametrize(
    ("program", "mentioned"),
    [
        pytest.param(
            "hoard = b'x' * (1 << 30)",
            "a kill for memory (limit 100663296 bytes, files in its tmpfs included)",
            marks=pytest.mark.not_on("podman", reason="Podman 4.3 tells of no kill for memory"),
        ),
        ("open('/home/glot/fill', 'wb').write(bytes(1 << 27))", "files in its tmpfs included"),
    ],
    ids=["heap", "tmpfs"],
)
def test_a_kill_for_memory_says_so_behind_any_entrypoint(
    start_shipped: MakeDaemon, entrypoint: Callable[..., str], program: str, mentioned: str
) -> None:
    """With less memory than the tmpfs may take, files in them are a memory bomb too."""
    daemon = start_shipped(DOCKER_CONTAINER_MEMORY=str(96 * MEBIBYTE))
    assert "DOCKER_CONTAINER_MEMORY, 100663296, is less than its tmpfs" in daemon.log()
    image = entrypoint(f"test/memory-bomb:{len(program)}", program)
    body = assert_error(daemon.run(image), 500, "coderunner.stdout.decode")
    assert mentioned in body["message"]


FILL = "with open('{folder}/fill', 'wb', 0) as file:\n while file.write(bytes(1 << 20)): pass"
CROWD = "for i in range(1 << 20): open(f'{folder}/{{i}}', 'w')"


@pytest.mark.parametrize("folder", ["/dev/shm", "/tmp", "/home/glot"])
def test_a_tmpfs_ends_at_its_size(daemon: Daemon, folder: str) -> None:
    found = answer(daemon, FILL.format(folder=folder))
    assert found["stderr"].endswith("OSError: [Errno 28] No space left on device\n")
    assert found["status"] == "disk"


@pytest.mark.not_on("podman", reason="Podman refuses a limit of inodes for a tmpfs")
@pytest.mark.parametrize("folder", ["/tmp", "/home/glot"])
def test_a_tmpfs_ends_at_its_number_of_files(daemon: Daemon, folder: str) -> None:
    assert answer(daemon, CROWD.format(folder=folder))["status"] == "disk"


def test_files_without_number_in_shared_memory_end_at_the_limit_of_memory(start_shipped: MakeDaemon) -> None:
    """An empty file costs memory, and here nothing else limits how many there are."""
    daemon = start_shipped(DOCKER_CONTAINER_MEMORY=str(64 * MEBIBYTE))
    assert answer(daemon, CROWD.format(folder="/dev/shm"))["status"] == "memory"


def test_the_host_has_its_memory_back_soon_after_a_memory_bomb(daemon: Daemon, images: RealEngine) -> None:
    answer(daemon, "pass")  # with the first container the engine makes their group
    before = memory_of_containers()
    with HostWatch(images.process.folder) as host:
        assert verdict(daemon, "hoard = b'x' * (8 << 30)") == "memory"
    assert host.memory_taken < MEMORY + 1024 * MEBIBYTE
    wait_until(lambda: memory_of_containers() - before < MEMORY / 4, 2, "the host has its memory back")


def test_swap_does_not_help_a_memory_bomb(daemon: Daemon, images: RealEngine) -> None:
    with all_running(daemon, ["while True: pass"]):
        container = wait_until(images.own_containers, 10, "a container")[0]
        host_config = images.client.api.inspect_container(container)["HostConfig"]
    assert (host_config["Memory"], host_config["MemorySwap"]) == (MEMORY, MEMORY)


def test_nothing_a_program_writes_reaches_the_hosts_disk(daemon: Daemon, images: RealEngine) -> None:
    """It tries every folder, with large files and with many small ones."""
    data = images.process.folder / "data"

    def used() -> int:  # du complains of the containers that go meanwhile
        return int(subprocess.run(["du", "-sxB1", data], capture_output=True).stdout.split()[0])

    program = """
import os
written = set()
for folder, _, _ in os.walk("/"):
    if folder.startswith("/proc"):
        continue
    try:
        with open(folder + "/fill", "wb", 0) as file:
            written.add(folder)
            while file.write(bytes(1 << 20)): pass
    except OSError:
        pass
print(*sorted(written))
"""
    assert answer(daemon, "pass")["status"] == "ok"
    before = used()
    with HostWatch(images.process.folder) as host:
        assert answer(daemon, program)["stdout"].split() == ["/dev/mqueue", "/dev/shm", "/home/glot", "/tmp"]
    assert host.disk_taken < 128 * MEBIBYTE
    assert used() - before < 4 * MEBIBYTE, "the layers of the waiting containers are all there is"
