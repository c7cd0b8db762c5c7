"""The images and containers of the scripted engine, and the effect of each call on a healthy engine."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fake_containers import Container, Image, Program
from fake_engine_http import Call, message

VERSION = {
    "Platform": {"Name": ""},
    "Version": "20.10.24+dfsg1",
    "ApiVersion": "1.41",
    "MinAPIVersion": "1.12",
    "GitCommit": "5d6db84",
    "GoVersion": "go1.19.8",
    "Os": "linux",
    "Arch": "amd64",
    "KernelVersion": "6.1.0",
    "BuildTime": "2024-02-18T12:36:20.000000000+00:00",
    "Components": [
        {"Name": "Engine", "Version": "20.10.24+dfsg1", "Details": {"Os": "linux"}},
        {"Name": "containerd", "Version": "1.6.20", "Details": {"GitCommit": "1.6.20"}},
    ],
}
INFO = {
    "ServerVersion": "20.10.24",
    "NCPU": 64,
    "MemTotal": 1 << 36,
    "MemoryLimit": True,
    "SwapLimit": True,
    "PidsLimit": True,
    "CpuCfsPeriod": True,
    "CpuCfsQuota": True,
    "CPUShares": True,
    "OomKillDisable": True,
    "Runtimes": {"runc": {"path": "runc"}},
    "DefaultRuntime": "runc",
    "CgroupDriver": "cgroupfs",
    "CgroupVersion": "1",
    "SecurityOptions": ["name=seccomp,profile=default"],
    "OSType": "linux",
    "Architecture": "x86_64",
}


@dataclass
class EngineState:
    """A test may read and change its attributes at any time."""

    images: dict[str, Image] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)  # other names of its images
    containers: dict[str, Container] = field(default_factory=dict)
    removed: list[Container] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=lambda: dict(INFO))

    def __post_init__(self) -> None:
        self._lock = threading.RLock()

    def add_image(self, name: str, program: Program, **config: Any) -> Image:
        image = Image("sha256:" + secrets.token_hex(32), program, config)
        with self._lock:
            self.images[name] = image
        return image

    def own_containers(self) -> list[str]:
        """Ids of the containers that docker-run daemons made."""
        with self._lock:
            return [c.id for c in self.containers.values() if c.has_label("docker-run.instance")]

    def waiting_containers(self) -> list[Container]:
        """The containers that run, are attached and have not got a payload."""
        with self._lock:
            found = list(self.containers.values())
        return [c for c in found if c.status == "running" and c.attached.is_set() and not c.stdin]

    def carry_out(self, call: Call) -> bytes:
        """Changes the state as the call requires and returns the response."""
        action: Callable[[Call], bytes] | None = getattr(self, f"_do_{call.name}", None)
        if action is None:
            return message(404, {"message": "page not found"})
        return action(call)

    def find(self, ref: str) -> Container | None:
        with self._lock:
            named = (c for c in self.containers.values() if c.name == ref.lstrip("/"))
            return self.containers.get(ref) or next(named, None)

    def _do_ping(self, call: Call) -> bytes:
        return message(200, b"OK", {"Content-Type": "text/plain; charset=utf-8"})

    def _do_version(self, call: Call) -> bytes:
        return message(200, VERSION)

    def _do_info(self, call: Call) -> bytes:
        return message(200, self.info)

    def _do_image(self, call: Call) -> bytes:
        image = self.find_image(call.ref)
        if image is None:
            return message(404, {"message": f"No such image: {call.ref}"})
        return message(
            200,
            {
                "Id": image.id,
                "RepoTags": self.tags_of(image),
                "RepoDigests": [],
                "Os": "linux",
                "Config": {"Volumes": None, "Labels": None, "User": ""} | image.config,
            },
        )

    def find_image(self, ref: str) -> Image | None:
        """Finds an image by its name, or else by its id or the first digits of its id, as engines do."""
        ref = self.aliases.get(ref, ref)
        named = self.images.get(ref) or self.images.get(ref.removesuffix(":latest"))
        digits = ref.removeprefix("sha256:")
        called = [image for image in self.images.values() if image.id.startswith(f"sha256:{digits}")]
        return named or (called[0] if called else None)

    def tags_of(self, image: Image) -> list[str]:
        """Its names in an engine's list. A name that begins with "untagged" is left out."""
        names = [name for name, each in self.images.items() if each is image]
        tagged = [name for name in names if not name.startswith("untagged")]
        return [name if ":" in name else f"{name}:latest" for name in tagged]

    def _do_create(self, call: Call) -> bytes:
        image = self.find_image(call.body["Image"])
        if image is None:
            return message(404, {"message": f"No such image: {call.body['Image']}:latest"})
        name = call.query.get("name", secrets.token_hex(8))
        with self._lock:
            if self.find(name):
                return message(409, {"message": f'Conflict. The container name "/{name}" is already in use'})
            container = Container(secrets.token_hex(32), name, image, call.body)
            self.containers[container.id] = container
        return message(201, {"Id": container.id, "Warnings": []})

    def _do_attach(self, call: Call) -> bytes:
        body = f"No such container: {call.ref}\r\n".encode()
        return b"HTTP/1.1 404 Not Found\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n" + body

    def _do_start(self, call: Call) -> bytes:
        container = self.find(call.ref)
        if container is None:
            return self._no_container(call)
        return message(204 if container.start() else 304)

    def _do_inspect(self, call: Call) -> bytes:
        container = self.find(call.ref)
        return self._no_container(call) if container is None else message(200, container.inspect())

    def _do_list(self, call: Call) -> bytes:
        filters = json.loads(call.query.get("filters", "{}"))
        wanted = filters.get("label", [])
        wanted = list(wanted) if isinstance(wanted, dict) else wanted
        with self._lock:
            containers = list(self.containers.values())
        return message(200, [c.summary() for c in containers if all(c.has_label(label) for label in wanted)])

    def _do_kill(self, call: Call) -> bytes:
        container = self.find(call.ref)
        if container is None:
            return self._no_container(call)
        container.kill()
        return message(204)

    def _do_delete(self, call: Call) -> bytes:
        with self._lock:
            container = self.find(call.ref)
            if container is None:
                return self._no_container(call)
            del self.containers[container.id]
            self.removed.append(container)
        container.kill()
        return message(204)

    def _no_container(self, call: Call) -> bytes:
        return message(404, {"message": f"No such container: {call.ref}"})
