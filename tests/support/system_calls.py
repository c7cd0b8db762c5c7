"""System calls that the runner's filter refuses, by name: as data for probe.c and for Python programs.

Without the filter each of them fails in another way, or does no harm outside its container."""

from __future__ import annotations

import dataclasses

ZEROS = "&"  # the address of some zeros
RUNNER = "R"  # the runner's process id


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    number: int
    arguments: tuple[int | str, ...]
    error: str  # the name of the errno; "0" for a success

    def line(self, bits: int = 64) -> str:
        """The line that probe.c reads."""
        return " ".join(map(str, [bits, self.number, *self.arguments]))


def _calls(error: str, **numbers: int) -> list[Call]:
    return [Call(name, number, (), error) for name, number in numbers.items()]


def _with(name: str, number: int, *arguments: int | str, error: str = "EPERM") -> Call:
    return Call(name, number, arguments, error)


UNIX, INET, INET6, NETLINK, PACKET, ALG, VSOCK = 1, 2, 10, 16, 17, 38, 40
STREAM, DATAGRAM, RAW = 1, 2, 3
SOL_SOCKET, TCP, IPV6 = 1, 6, 41
NEW_NAMESPACES = {
    "NEWTIME": 0x80,
    "NEWNS": 0x20000,
    "NEWCGROUP": 0x2000000,
    "NEWUTS": 0x4000000,
    "NEWIPC": 0x8000000,
    "NEWUSER": 0x10000000,
    "NEWPID": 0x20000000,
    "NEWNET": 0x40000000,
}

# Calls that can stop the host. The tests only check that they are refused, with a descriptor that does not
# exist.
STOPS_HOST = [
    *(
        _with(f"setsockopt(SO_ATTACH, {option})", 54, -1, SOL_SOCKET, option, ZEROS, 16)
        for option in (26, 50, 51, 52)
    ),
    _with("seccomp", 317, 99, 0, 0),
    _with("prctl(PR_SET_SECCOMP)", 157, 22, 99, 0),
    *_calls("EPERM", bpf=321),
]

REFUSED = [
    *STOPS_HOST,
    *(
        _with(f"socket({family})", 41, family, DATAGRAM, 0, error="EAFNOSUPPORT")
        for family in (3, 4, 9, NETLINK, PACKET, 21, 29, 30, 31, ALG, VSOCK, 43, 44)
    ),
    _with("socketpair(AF_TIPC)", 53, 30, STREAM, 0, ZEROS, error="EAFNOSUPPORT"),
    _with("socket(raw)", 41, INET, RAW, 6),
    _with("socket(SCTP)", 41, INET, STREAM, 132, error="EPROTONOSUPPORT"),
    _with("socket(MPTCP)", 41, INET, STREAM, 262, error="EPROTONOSUPPORT"),
    _with("socket(ICMP)", 41, INET, DATAGRAM, 1, error="EPROTONOSUPPORT"),
    _with("socket(UDP-Lite over IPv6)", 41, INET6, DATAGRAM, 136, error="EPROTONOSUPPORT"),
    *(
        _with(f"setsockopt(TCP, {option})", 54, -1, TCP, option, ZEROS, 4)
        for option in (14, 31, 32, 38, 39, 40)
    ),
    _with("setsockopt(IPV6_FLOWLABEL_MGR)", 54, -1, IPV6, 32, ZEROS, 4),
    *_calls("EPERM", io_uring_setup=425, io_uring_enter=426, io_uring_register=427),
    *_calls(
        "ENOSYS",
        io_setup=206,
        io_destroy=207,
        io_getevents=208,
        io_submit=209,
        io_cancel=210,
        io_pgetevents=333,
    ),
    *_calls("EPERM", add_key=248, request_key=249, keyctl=250),
    *_calls("EPERM", unshare=272, setns=308),
    *(_with(f"clone({name})", 56, flag | 17) for name, flag in NEW_NAMESPACES.items()),
    *_calls("ENOSYS", clone3=435),
    *_calls("EPERM", mount=165, umount2=166, pivot_root=155, open_tree=428, move_mount=429, fsopen=430),
    *_calls("EPERM", fsconfig=431, fsmount=432, fspick=433, mount_setattr=442, quotactl=179, quotactl_fd=443),
    *_calls("EPERM", name_to_handle_at=303, open_by_handle_at=304),
    *_calls("EPERM", fanotify_init=300, perf_event_open=298, syslog=103, userfaultfd=323),
    *_calls("ENOSYS", modify_ldt=154, memfd_secret=447),
    *_calls("EPERM", mbind=237, set_mempolicy=238, get_mempolicy=239, set_mempolicy_home_node=450),
    *_calls("EPERM", migrate_pages=256, move_pages=279),
    _with("mmap(MAP_HUGETLB)", 9, 0, 1 << 21, 3, 0x40022, -1, 0, error="ENOMEM"),
    _with("memfd_create(MFD_HUGETLB)", 319, ZEROS, 4, error="ENOMEM"),
    _with("prctl(PR_SCHED_CORE)", 157, 62, 99),
    _with("a call that is newer than the filter", 467, error="ENOSYS"),
    _with("x32", 0x40000027, error="ENOSYS"),
]

# Calls that would change the runner, or that name it together with other processes.
OF_RUNNER = [
    *(
        _with(f"prlimit64(runner, {limit})", 302, RUNNER, limit, ZEROS, 0) for limit in (0, 7, 9)
    ),  # CPU, NOFILE, AS
    _with("sched_setscheduler(runner)", 144, RUNNER, 5, ZEROS),
    _with("sched_setparam(runner)", 142, RUNNER, ZEROS),
    _with("sched_setaffinity(runner)", 203, RUNNER, 8, ZEROS),
    _with("sched_setattr(runner)", 314, RUNNER, ZEROS, 0),
    _with("setpriority(runner)", 141, 0, RUNNER, 19),
    _with("setpriority(PRIO_PGRP)", 141, 1, 0, 19),
    _with("setpriority(PRIO_USER)", 141, 2, 0, 19),
    _with("ioprio_set(runner)", 251, 1, RUNNER, 3 << 13),
    _with("ioprio_set(IOPRIO_WHO_PGRP)", 251, 2, 0, 3 << 13),
    _with("ioprio_set(IOPRIO_WHO_USER)", 251, 3, 0, 3 << 13),
    _with("kill(runner, SIGKILL)", 62, RUNNER, 9),
    _with("kill(runner, SIGSTOP)", 62, RUNNER, 19),
    _with("tkill(runner)", 200, RUNNER, 9),
    _with("tgkill(runner)", 234, RUNNER, RUNNER, 9),
    _with("rt_sigqueueinfo(runner)", 129, RUNNER, 9, ZEROS),
    _with("rt_tgsigqueueinfo(runner)", 297, RUNNER, RUNNER, 9, ZEROS),
]

ALLOWED = [
    *(
        _with(f"socket({family})", 41, family, STREAM | 0o2000000, 0, error="0")
        for family in (UNIX, INET, INET6)
    ),
    _with("socket(UDP)", 41, INET, DATAGRAM, 17, error="0"),
    _with("setsockopt", 54, -1, SOL_SOCKET, 2, ZEROS, 4, error="EBADF"),
    _with("prlimit64 that reads the runner's", 302, RUNNER, 7, 0, ZEROS, error="0"),
    _with("kill(runner, 0)", 62, RUNNER, 0, error="0"),
    _with("setpriority of its own", 141, 0, 0, 19, error="0"),
    _with("sched_setscheduler of its own", 144, 0, 0, ZEROS, error="0"),
    _with("sync, which does nothing", 162, error="0"),
]

# Calls by `int 0x80`, with the numbers of i386.
OF_I386 = [
    _with("socketcall", 102, 1, ZEROS, error="ENOSYS"),
    _with("socket(AF_NETLINK)", 359, NETLINK, RAW, 0, error="EAFNOSUPPORT"),
    _with("socketpair(AF_TIPC)", 360, 30, STREAM, 0, ZEROS, error="EAFNOSUPPORT"),
    _with("setsockopt(SO_ATTACH_FILTER)", 366, -1, SOL_SOCKET, 26, ZEROS, 8),
    _with("setsockopt(TCP_MD5SIG)", 366, -1, TCP, 14, ZEROS, 8),
    _with("seccomp", 354, 99),
    _with("prctl(PR_SET_SECCOMP)", 172, 22, 99),
    _with("clone(NEWUSER)", 120, 0x10000000 | 17),
    _with("prlimit64(runner)", 340, RUNNER, 7, ZEROS, 0),
    _with("sched_setscheduler(runner)", 156, RUNNER, 5, ZEROS),
    _with("setpriority(PRIO_USER)", 97, 2, 0, 19),
    _with("ioprio_set(runner)", 289, 1, RUNNER, 3 << 13),
    _with("kill(runner)", 37, RUNNER, 9),
    _with("mmap2(MAP_HUGETLB)", 192, 0, 1 << 21, 3, 0x40022, -1, error="ENOMEM"),
    *_calls("EPERM", bpf=357, unshare=310, setns=346, mount=21, umount=22, keyctl=288, io_uring_setup=425),
    *_calls("EPERM", userfaultfd=374, perf_event_open=336, open_tree=428, fanotify_init=338, mbind=274),
    *_calls("ENOSYS", clone3=435, io_setup=245, io_pgetevents=385, io_pgetevents_time64=416, modify_ldt=123),
    *_calls("0", getpid=20, sync=36),
]


def expected(calls: list[Call]) -> dict[str, str]:
    return {call.name: call.error for call in calls}


def python_program(calls: list[Call]) -> str:
    """A program that makes these calls (of x86-64) and prints a line for each, in the format of `expected`:
    "NAME: ERROR". Its parent is the runner."""
    rows = [(call.name, call.number, call.arguments) for call in calls]
    return f"""
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
zeros = ctypes.create_string_buffer(4096)
def value(argument):
    if argument == {RUNNER!r}:
        return os.getppid()
    return ctypes.addressof(zeros) if argument == {ZEROS!r} else argument
for name, number, arguments in {rows!r}:
    words = [ctypes.c_long(value(argument)) for argument in (number, *arguments)]
    failed = libc.syscall(*words) < 0
    print(f"{{name}}: {{errno.errorcode[ctypes.get_errno()] if failed else 0}}", flush=True)
"""
