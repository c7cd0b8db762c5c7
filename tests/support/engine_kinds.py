"""The engines that the tests know, with the command and the configuration that start each of them.

Each keeps its images in the folder `folder/data`, and its temporary files in `run_folder`. The process lives
in a mount namespace of its own (engine_launcher.py)."""

from __future__ import annotations

import json
import os
import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUNTIMES = {
    "crun": {"path": "crun"},
    "runsc": {"path": "runsc", "runtimeArgs": ["--platform=ptrace", "--network=none"]},
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "docker-run"


@dataclass(frozen=True)
class Places:
    folder: Path
    run_folder: Path
    socket: str


class EngineKind(ABC):
    """How to start one engine. `store` names the folder of its images. `runtime` is the OCI runtime if
    containers cannot choose it."""

    store: str
    runtime: str

    @abstractmethod
    def command(self, places: Places) -> list[str]:
        """Writes its configuration and returns its command line."""

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def mounts(self, places: Places) -> list[str]:
        """Shell commands, run once in its mount namespace."""
        return []

    @abstractmethod
    def containers_folder(self, folder: Path) -> Path:
        """The folder in which it would keep the output of containers."""


@dataclass(frozen=True)
class Dockerd(EngineKind):
    """dockerd from `programs`, or from PATH, with its own containerd."""

    store: str
    programs: Path | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    runtime: str = ""

    def command(self, places: Places) -> list[str]:
        path = self.environment()["PATH"]
        runtimes = {name: spec for name, spec in RUNTIMES.items() if shutil.which(spec["path"], path=path)}
        configuration = places.folder / "daemon.json"
        settings = {
            "runtimes": runtimes,
            "bridge": "none",
            "iptables": False,
            "ip-forward": False,
            "data-root": str(places.folder / "data"),
            "exec-root": str(places.run_folder / "exec"),
            "pidfile": str(places.run_folder / "dockerd.pid"),
            "hosts": [f"unix://{places.socket}"],
            "group": "root",
            "max-concurrent-downloads": 1,
            "shutdown-timeout": 5,
        }
        configuration.write_text(json.dumps(settings | self.configuration))
        dockerd = shutil.which("dockerd", path=path)
        assert dockerd, f"no dockerd in {path}"
        return [dockerd, "--config-file", str(configuration)]

    def environment(self) -> dict[str, str]:
        environment = super().environment()
        if self.programs:
            environment["PATH"] = f"{self.programs}:{environment['PATH']}"
        return environment

    def containers_folder(self, folder: Path) -> Path:
        return folder / "data/containers"


@dataclass(frozen=True)
class Podman(EngineKind):
    """The service that provides Podman's Docker-compatible socket. It takes its OCI runtime at its start,
    never from a container."""

    store: str
    runtime: str

    def command(self, places: Places) -> list[str]:
        return [
            "podman",
            "--root",
            str(places.folder / "data"),
            f"--runtime={self.runtime}",
            "--cgroup-manager=cgroupfs",
            "--storage-driver=overlay",
            "--events-backend=file",
            "system",
            "service",
            "--time=0",
            f"unix://{places.socket}",
        ]

    def mounts(self, places: Places) -> list[str]:
        # Podman remembers for ever where it keeps its temporary files, and allows that path 50 characters. So
        # the path is below /run, with the locks in /dev/shm. The mounts hide those of the host's own Podman.
        return ["mount -t tmpfs run /run", "mount -t tmpfs shm /dev/shm"]

    def containers_folder(self, folder: Path) -> Path:
        return folder / "data/overlay-containers"


CURRENT = CACHE / "engines/current/bin"
DEFAULT = "debian"
KINDS: dict[str, EngineKind] = {
    DEFAULT: Dockerd("engine"),
    "current": Dockerd("current", CURRENT),
    "current-overlay2": Dockerd(
        "current-overlay2",
        CURRENT,
        {"features": {"containerd-snapshotter": False}, "storage-driver": "overlay2"},
    ),
    "current-strict": Dockerd("current", CURRENT, {"min-api-version": "1.44"}),
    "podman": Podman("podman", "runc"),
    "podman-crun": Podman("podman", "crun"),
}
