"""Three nodes of a Docker Swarm on one machine: one engine each, in namespaces that look like a host's."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from engine_kinds import Dockerd, Places
from engine_launcher import EngineProcess
from network import Network
from real_engine import RealEngine
from repository import REPOSITORY

USER = 900  # of the image, as in the Dockerfile
SOCKET_GROUP = 4711


@dataclass(frozen=True)
class NodeDockerd(Dockerd):
    """dockerd of a host with that name."""

    host_name: str = ""

    def command(self, places: Places) -> list[str]:
        # It ends even if the tests are killed.
        return ["setpriv", "--pdeathsig", "TERM", *super().command(places)]

    def mounts(self, places: Places) -> list[str]:
        folders = [f"mount -t tmpfs tmpfs {folder}" for folder in ("/run", "/etc/docker")]
        return [f"hostname {self.host_name}", "ip link set lo up", *folders]


class Node(EngineProcess):
    """An engine with a host name, a network and a /run of its own, so that its socket has the same path as on
    every host."""

    namespaces: ClassVar = ["-m", "-n", "-u"]

    def __init__(self, folder: Path, name: str, address: str) -> None:
        super().__init__(folder)
        self.name = name
        self.address = address
        hosts = [f"unix://{self.socket}", "unix:///run/docker.sock"]
        self.kind = NodeDockerd(
            "node", configuration={"hosts": hosts, "group": str(SOCKET_GROUP)}, host_name=name
        )
        self.engine = RealEngine(self)

    def begin(self, network: Network) -> None:
        """Starts it in the network, in no swarm. Of earlier starts only the images are left."""
        shutil.rmtree(self.folder / "data/swarm", ignore_errors=True)
        self.start()
        assert self._namespace is not None
        network.connect(self._namespace.pid, self.name, self.address)
        self.engine.remove_containers()
        self.engine.docker("volume", "prune", "--force")
        self.engine.docker("image", "prune", "--force", timeout=300)

    def end(self) -> None:
        """Ends it without notice to its containers, which a swarm would start again."""
        self.kill()
        self.stop()


class Swarm:
    """Three nodes, all of them managers, so that any of them may be lost. Use it as a context."""

    def __init__(self, folder: Path, network: Network) -> None:
        self._stack = contextlib.ExitStack()
        self._network = network
        self.nodes = [Node(folder / f"node{i}", f"node{i}", f"10.77.0.1{i}") for i in (1, 2, 3)]

    def __enter__(self) -> Swarm:
        with contextlib.ExitStack() as stack:
            for node in self.nodes:
                stack.callback(node.end)
            for node in self.nodes:
                node.begin(self._network)
            first, *others = self.nodes
            first.engine.docker("swarm", "init", "--advertise-addr", first.address)
            token = first.engine.docker("swarm", "join-token", "--quiet", "manager")
            for node in others:
                address = ["--advertise-addr", node.address, f"{first.address}:2377"]
                node.engine.docker("swarm", "join", "--token", token, *address)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def docker(self, *arguments: str, **options: Any) -> str:
        """The output of the docker CLI at the first node."""
        return self.nodes[0].engine.docker(*arguments, **options)


def daemon_image(binary: Path) -> bytes:
    """The image that the Dockerfile makes, with a daemon that is already built: an archive for `docker
    import`."""
    listed = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True, timeout=60).stdout
    policy = REPOSITORY / "systemd/policy.json"
    files = {"usr/bin/docker-run": binary, "etc/docker-run/policy.json": policy}
    files |= {path.lstrip("/"): Path(path) for path in re.findall(r"/\S+", listed)}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", dereference=True) as tar:
        for path, source in files.items():
            tar.add(source, path)
        passwd = f"docker-run:x:{USER}:{USER}::/var/lib/docker-run:/nonexistent\n".encode()
        entry = tarfile.TarInfo("etc/passwd")
        entry.size = len(passwd)
        tar.addfile(entry, io.BytesIO(passwd))
        for path, mode, owner in [("tmp", 0o1777, 0), ("var/lib/docker-run", 0o700, USER)]:
            entry = tarfile.TarInfo(path)
            entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, mode, owner, owner
            tar.addfile(entry)
    return archive.getvalue()
