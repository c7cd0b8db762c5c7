"""What spying programs reach with the settings that we ship, with a real engine.

The programs run in docker-run/python.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from daemon_process import Daemon, MakeDaemon
from real_engine import RealEngine
from sandbox import all_running, answer, holding


@pytest.fixture
def daemon(start_shipped: MakeDaemon) -> Daemon:
    return start_shipped()


def test_no_network_is_reachable_without_one(daemon: Daemon) -> None:
    """The metadata service of clouds, the bridge's gateway, our own port, a name server."""
    program = f"""
import os, socket
assert os.listdir("/sys/class/net") == ["lo"]
for host, port in [("169.254.169.254", 80), ("172.17.0.1", {daemon.port}), ("127.0.0.1", {daemon.port}),
                   ("10.0.0.1", 53)]:
    with socket.socket() as probe:
        probe.settimeout(2)
        print(probe.connect_ex((host, port)) != 0)
"""
    assert answer(daemon, program)["stdout"].split() == ["True"] * 4


def test_a_program_finds_no_secret_and_nothing_of_the_host(daemon: Daemon, images: RealEngine) -> None:
    """The token and the engine's socket, in its environment, its files and those of its processes."""
    program = f"""
import os, stat
token, found = {daemon.token[:16]!r} + {daemon.token[16:]!r}, []
for folder, _, names in os.walk("/"):
    if folder.startswith(("/sys", "/proc/sys")):
        continue
    for name in names:
        path = os.path.join(folder, name)
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISSOCK(mode) or name == "docker.sock":
                found.append(path)
            elif stat.S_ISREG(mode) and os.path.basename(path) not in ("main.py", "kmsg", "pagemap", "mem"):
                with open(path, "rb") as file:
                    if token.encode() in file.read(1 << 20):
                        found.append(path)
        except OSError:
            pass
print(found, [name for name in os.environ if name.startswith(("API_", "DOCKER_", "SERVER_", "CODE_RUNNER"))])
"""
    assert answer(daemon, program)["stdout"] == "[] []\n"


def test_a_program_finds_no_file_and_no_process_of_another_run(daemon: Daemon) -> None:
    """One that runs at the same time, and one that ran before."""
    mark = "for folder in ('.', '/tmp', '/dev/shm'): open(folder + '/mark-of-another', 'w')\n"
    search = """
import os
print([name for _, _, names in os.walk("/") for name in names if "mark-of" in name],
      len([pid for pid in os.listdir("/proc") if pid.isdigit()]))
"""
    with all_running(daemon, [mark + "while True: pass"]):
        assert answer(daemon, search)["stdout"] == "[] 2\n", "itself and the runner"
    assert answer(daemon, search)["stdout"] == "[] 2\n"


def test_a_program_does_not_learn_the_id_of_its_container(daemon: Daemon) -> None:
    """Its groups are those of a name space of its own."""
    program = """
print({line.rsplit(":", 1)[1].strip() for line in open("/proc/self/cgroup")})
"""
    assert answer(daemon, program)["stdout"] == "{'/'}\n"


# One container offers what another looks for, by each way that needs no network and no file of both.
OFFER = """
import ctypes, fcntl, os, socket
libc, rt = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("librt.so.1")
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\\0docker-run-channel")
abstract.listen()
libc.shmget(4711, 4096, 0o1666)
libc.msgget(4711, 0o1666)
libc.semget(4711, 1, 0o1666)
rt.mq_open(b"/docker-run-channel", 0o102, 0o666, None)
open("/dev/shm/docker-run-channel", "w").close()
lock = open("/etc/passwd")
fcntl.flock(lock, fcntl.LOCK_EX)
libc.syscall(248, b"user", b"docker-run-channel", b"x", 1, -4)
"""
SEARCH = """
import ctypes, fcntl, os, socket
libc, rt = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("librt.so.1")
found = []
if socket.socket(socket.AF_UNIX).connect_ex("\\0docker-run-channel") == 0:
    found.append("an abstract name")
if libc.shmget(4711, 4096, 0) >= 0:
    found.append("shared memory")
if libc.msgget(4711, 0) >= 0:
    found.append("a queue of System V")
if libc.semget(4711, 1, 0) >= 0:
    found.append("a semaphore")
if rt.mq_open(b"/docker-run-channel", 2) >= 0:
    found.append("a message queue")
if os.path.exists("/dev/shm/docker-run-channel"):
    found.append("a file in shared memory")
try:
    fcntl.flock(open("/etc/passwd"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    found.append("a lock")
if libc.syscall(249, b"user", b"docker-run-channel", None, 0) >= 0:
    found.append("a key")
try:
    socket.socket(40, socket.SOCK_STREAM)
    found.append("AF_VSOCK")
except OSError:
    pass
print(found)
"""


def test_two_containers_find_no_channel_between_them(daemon: Daemon, images: RealEngine) -> None:
    """The program itself finds all of them but the last three, so that the search is one."""
    with holding(daemon, images, OFFER):
        assert answer(daemon, SEARCH)["stdout"] == "[]\n"
    both = answer(daemon, OFFER + SEARCH)["stdout"]
    for way in ("an abstract name", "shared memory", "a semaphore", "a message queue", "a lock"):
        assert way in both


def test_a_setuid_file_gives_nothing(start_shipped: MakeDaemon, program_image: Callable[..., str]) -> None:
    """It belongs to root and its bit is set; the program is run by another user."""
    daemon = start_shipped(DOCKER_CONTAINER_USER="65534:65534")
    assert daemon.run(program_image("setuid"), {}).json() == {"euid": 65534}


# Each of them is denied by the default seccomp profile, or for want of a capability; the last one, which
# current profiles let pass, for what it is to read: a byte of the runner's.
DENIED = {
    "unshare": (272, 0x10000000),  # CLONE_NEWUSER
    "mount": (165, 0, 0, 0, 0, 0),
    "setns": (308, 0, 0),
    "bpf": (321, 0, 0, 0),
    "keyctl": (250, 0, 0, 0, 0, 0),
    "add_key": (248, 0, 0, 0, 0, 0),
    "perf_event_open": (298, 0, 0, 0, 0, 0),
    "init_module": (175, 0, 0, 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "reboot": (169, 0, 0, 0, 0),
    "settimeofday": (164, 0, 0),
    "chroot": (161, 0),
    "userfaultfd": (323, 0),
    "open_by_handle_at": (304, 0, 0, 0),
    "process_vm_readv": "(310, 1, ctypes.byref(one), 1, ctypes.byref(one), 1, 0)",
}


PASSED_BY_PODMAN = pytest.mark.not_on(
    "podman", reason="Podman's default seccomp profile lets unshare, mount, setns and keyctl pass"
)
CALLS = [
    pytest.param(call, marks=[PASSED_BY_PODMAN] if call in ("unshare", "mount", "setns", "keyctl") else [])
    for call in DENIED
]


@pytest.mark.parametrize("call", CALLS)
def test_a_system_call_that_leads_out_is_denied(daemon: Daemon, call: str) -> None:
    program = f"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
byte = ctypes.create_string_buffer(1)
one = (ctypes.c_size_t * 2)(ctypes.addressof(byte), 1)
print(libc.syscall{DENIED[call]}, errno.errorcode.get(ctypes.get_errno()))
"""
    assert answer(daemon, program)["stdout"] in ("-1 EPERM\n", "-1 ENOSYS\n"), call


def test_a_program_has_no_capability_and_can_get_none(daemon: Daemon) -> None:
    found = answer(daemon, "print(open('/proc/self/status').read())")["stdout"]
    for expected in (
        "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000000",
        "NoNewPrivs:\t1",
        "Seccomp:\t2",
    ):
        assert expected in found
    assert "Uid:\t0" not in found
