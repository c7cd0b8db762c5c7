"""Memory of the host that a program takes and its container is not charged for: what bounds each way to it.

Every program stops by itself at a few hundred MiB, whether or not the wall that it tries holds. What counts
is what the host has less while the program holds what it got, beyond what is charged to containers; others
work on the host too, so that the least of three tries is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from daemon_process import Daemon, MakeDaemon
from host_watch import available_memory, memory_of_containers
from real_engine import RealEngine
from sandbox import answer, holding

MIB = 1 << 20
LEAST = 64  # MiB beside what is charged: shim, page tables, the engine's own share

pytestmark = [
    pytest.mark.not_on("runsc", reason="gVisor's kernel is a process that is charged as a whole"),
    pytest.mark.not_on("podman", reason="its groups are others, and the kernel is the same"),
]


@dataclass
class Way:
    """`program` takes all that it can get, at most `most` MiB uncharged because of `bound`."""

    program: str
    most: int
    bound: str


COMMON = """
import ctypes, fcntl, os, select, socket, threading
libc = ctypes.CDLL(None, use_errno=True)
keep, spare = [], [os.dup(0) for _ in range(8)]
def until_refused(step, times=100000):
    try:
        for number in range(times):
            keep.append(step(number))
    except (OSError, MemoryError):
        pass
    for descriptor in spare:
        os.close(descriptor)
"""

WAYS = {
    "pipes": Way(
        """
def full_pipe(number):
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 65536)
    except BlockingIOError:
        pass
until_refused(full_pipe, 500)
""",
        64,
        "the container's memory; pipe-user-pages-soft, of the container's own user",
    ),
    "epoll": Way(
        """
def watchers(number):
    watcher = select.epoll()
    for descriptor in keep_watched:
        watcher.register(descriptor, select.EPOLLIN)
    return watcher
keep_watched = [os.eventfd(0) for _ in range(400)]
until_refused(watchers, 400)
""",
        96,
        "the container's memory; fs.epoll.max_user_watches, of the container's own user",
    ),
    "eventfd": Way("until_refused(lambda n: os.eventfd(0))", 64, "open files of a process, pids, memory"),
    "inotify": Way(
        """
def watch(number):
    os.mkdir(f"d{number}")
    assert libc.inotify_add_watch(inotify, b"d%d" % number, 0xfff) >= 0
inotify = libc.inotify_init()
until_refused(watch, 30000)
""",
        64,
        "fs.inotify.max_user_watches, of the container's own user; inodes of the tmpfs",
    ),
    "timers": Way(
        """
def timer(number):
    made = ctypes.c_void_p()
    if libc.timer_create(0, None, ctypes.byref(made)) != 0:
        raise OSError
until_refused(timer)
""",
        96,
        "RLIMIT_SIGPENDING, of the container's own user",
    ),
    "queued signals": Way(
        """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 65))
def queue(number):
    if libc.sigqueue(os.getpid(), 34, None) != 0:
        raise OSError
until_refused(queue)
""",
        96,
        "RLIMIT_SIGPENDING, of the container's own user",
    ),
    "message queues": Way(
        """
rt = ctypes.CDLL("librt.so.1")
def queue(number):
    if rt.mq_open(b"/q%d" % number, 0o102, 0o600, None) < 0:
        raise OSError
until_refused(queue, 1000)
""",
        64,
        "RLIMIT_MSGQUEUE, of the container's own user",
    ),
    "messages of System V": Way(
        """
class Message(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_long), ("text", ctypes.c_char * 8000)]
def send(number):
    queue = libc.msgget(0, 0o1600)
    if queue < 0 or libc.msgsnd(queue, ctypes.byref(Message(1)), 8000, 0o4000) != 0:
        raise OSError
    libc.msgsnd(queue, ctypes.byref(Message(1)), 8000, 0o4000)
until_refused(send, 8000)
""",
        64,
        "the container's memory and its IPC name space",
    ),
    "AF_UNIX": Way(
        """
def full_pair(number):
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    one.setblocking(False)
    try:
        while True:
            one.send(b"x" * 65536)
    except BlockingIOError:
        pass
    return one, other
until_refused(full_pair, 400)
""",
        96,
        "the container's memory",
    ),
    "descriptors in flight": Way(
        """
def send(number):
    one, other = socket.socketpair()
    one.setblocking(False)
    socket.send_fds(one, [b"x"], [0] * 253)
    return one, other
until_refused(send)
""",
        64,
        "open files of a process, of the container's own user",
    ),
    "AF_NETLINK": Way(
        """
def sender():
    made = socket.socket(16, 3, 2)
    made.bind((0, 0))
    made.setblocking(False)
    return made
def full_receiver(number):
    if number == 0:
        return sender()
    receiver = socket.socket(16, 3, 2)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    receiver.bind((0, 0))
    try:
        while True:
            keep[0].sendto(b"x" * 60000, (receiver.getsockname()[0], 0))
    except BlockingIOError:
        pass
    return receiver
until_refused(full_receiver, 200)
""",
        LEAST,
        "the filters: no such socket opens",
    ),
    "keys for TCP": Way(
        """
def key(number):
    with_key = socket.socket()
    for host in range(250):
        address = (2).to_bytes(2, "little") + bytes([0, 0, 10, 0, number % 256, host]) + bytes(120)
        with_key.setsockopt(6, 14, address + bytes([0, 0, 4, 0]) + bytes(4) + b"key!" + bytes(76))
    return with_key
until_refused(key, 300)
""",
        LEAST,
        "the filters: TCP_MD5SIG is refused",
    ),
    "pages of files": Way(
        """
for folder, _, names in os.walk("/usr"):
    for name in names:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                while file.read(1 << 20):
                    pass
        except OSError:
            pass
""",
        LEAST,
        "nothing, but the kernel takes such pages back at once, so that they count as available",
    ),
}


def uncharged(daemon: Daemon, images: RealEngine, program: str) -> int:
    """MiB that the host has less while the program holds what it got, beyond what is charged."""
    available, charged = available_memory(), memory_of_containers()
    with holding(daemon, images, COMMON + program):
        taken = available - available_memory()
        return (taken - (memory_of_containers() - charged)) // MIB


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", WAYS)
def test_memory_that_is_charged_to_nobody_stays_bounded(
    start_shipped: MakeDaemon, images: RealEngine, way: str
) -> None:
    daemon = start_shipped()
    answer(daemon, "print()")  # the group of all containers is there
    found: list[int] = []
    while len(found) < 3 and min(found, default=1 << 20) > WAYS[way].most + LEAST:
        found.append(uncharged(daemon, images, WAYS[way].program))
    assert min(found) <= WAYS[way].most + LEAST, f"{way}: {found} MiB, bounded by {WAYS[way].bound}"


@pytest.mark.skipif(
    not Path("/sys/fs/cgroup/memory").is_dir(), reason="with cgroup version 2 it counts as the container's"
)
def test_the_setting_without_internet_sockets_takes_their_memory_away(
    start_shipped: MakeDaemon,
) -> None:
    """With cgroup version 1 only the host's tcp_mem and udp_mem bound it."""
    program = """
import socket
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        socket.socket(family)
    except OSError as error:
        print(error.errno)
"""
    assert answer(start_shipped(DOCKER_CONTAINER_INET="false"), program)["stdout"] == "97\n97\n"
