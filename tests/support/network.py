"""A separate network for a few processes: a bridge in a network namespace, which ends with its holder."""

from __future__ import annotations

import ctypes
import os
import subprocess
from types import TracebackType

CLONE_NEWNET = 0x40000000


class Network:
    """10.77.0.0/24, with 10.77.0.1 in the namespace of the bridge itself. Use it as a context."""

    address = "10.77.0.1"

    def __enter__(self) -> Network:
        script = (
            "ip link set lo up && ip link add bridge type bridge && "
            f"ip address add {self.address}/24 dev bridge && ip link set bridge up && echo && exec cat"
        )
        self._holder = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline(), "no network namespace with a bridge: this needs root"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder.kill()
        self._holder.wait()

    def command(self, *command: str) -> list[str]:
        """The command line that runs `command` in this network."""
        return ["nsenter", "-t", str(self._holder.pid), "-n", *command]

    def connect(self, pid: int, name: str, address: str) -> None:
        """Gives the network namespace of process `pid` an eth0 with that address."""
        inside = ["nsenter", "-t", str(pid), "-n"]
        for command in [
            self.command(*f"ip link add {name} type veth peer name eth0 netns {pid}".split()),
            self.command(*f"ip link set {name} master bridge up".split()),
            [*inside, *f"ip address add {address}/24 dev eth0".split()],
            [*inside, "ip", "link", "set", "eth0", "up"],
            [*inside, *f"ip route add default via {self.address}".split()],
        ]:
            subprocess.run(command, check=True, timeout=30)

    def enter_with_this_thread(self) -> None:
        """Makes this thread open its sockets in this network. The other threads stay in theirs."""
        descriptor = os.open(f"/proc/{self._holder.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.setns(descriptor, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(descriptor)
