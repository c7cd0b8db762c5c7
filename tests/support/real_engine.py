"""A real engine for the tests: Docker's CLI, Docker's client, and images that are made without a registry."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import docker
from engine_launcher import EngineProcess

OWN_LABEL = "docker-run.instance"
PROGRAMS_SOURCE = Path(__file__).with_name("programs.c")


class RealEngine:
    """The engine at `socket`, started by the tests."""

    def __init__(self, process: EngineProcess) -> None:
        self.process = process
        self.socket = process.socket

    @property
    def containers_folder(self) -> Path:
        """The folder in which it would keep the output of containers."""
        return self.process.kind.containers_folder(self.process.folder)

    def describe(self, runtime: str) -> dict[str, str]:
        """Describes the engine, with the runtime that the tests' containers get; "" for the engine's own
        choice."""
        info, version = self.client.info(), self.client.version()
        parts = {part["Name"]: part["Version"] for part in version["Components"]}
        name = next((name for name in parts if name.startswith("Podman")), "Docker")
        least = version.get("MinAPIVersion", "")
        runtime = self.process.kind.runtime or runtime or info["DefaultRuntime"]
        asked = subprocess.run(
            [runtime, "--version"],
            env=self.process.kind.environment(),
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return {
            "engine": f"{name} {version['Version']}",
            "api": f"{least} to {version['ApiVersion']}",
            "runtime": asked.stdout.splitlines()[0].replace(" version", ""),
            "storage": info["Driver"],
            "cgroup": f"v{info['CgroupVersion']}",
        }

    @functools.cached_property
    def client(self) -> docker.DockerClient:
        return docker.DockerClient(base_url=f"unix://{self.socket}", timeout=60)

    def docker(self, *arguments: str, input: bytes | None = None, timeout: float = 60) -> str:
        """The output of the docker CLI. Raises AssertionError with its stderr if it fails."""
        command = ["docker", "-H", f"unix://{self.socket}", *arguments]
        done = subprocess.run(command, input=input, capture_output=True, timeout=timeout)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} failed: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace").strip()

    def own_containers(self) -> list[str]:
        """Ids of the containers that docker-run daemons made. Skips a container without a name: Docker 20.10
        still lists it after it has failed to remove the folder, and every call about it is a 404."""
        columns = "{{.ID}} {{.Names}}"
        listed = self.docker(
            "ps", "-a", "--no-trunc", "--filter", f"label={OWN_LABEL}", "--format", columns
        ).splitlines()
        return [words[0] for line in listed if len(words := line.split()) == 2]

    def remove_containers(self) -> None:
        """Removes the containers of an earlier test run."""
        if ids := self.docker("ps", "-aq", "--no-trunc").split():
            self.docker("rm", "-f", *ids)

    def has_image(self, name: str) -> bool:
        return bool(self.docker("images", "-q", name))

    def import_image(self, name: str, files: dict[str, Path], *changes: str) -> str:
        """Makes image `name` from `files` (path in the image → file here) and Dockerfile lines."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for folder in ("tmp", "home", "home/glot"):
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
                tar.addfile(entry)
            for path, source in files.items():
                tar.add(source, path.lstrip("/"))
        options = [option for change in changes for option in ("--change", change)]
        self.docker("import", *options, "-", name, input=archive.getvalue())
        return name

    def busybox_image(self) -> str:
        name = "test/busybox:latest"
        if not self.has_image(name):
            busybox = shutil.which("busybox")
            assert busybox, "busybox-static is not installed"
            self.import_image(name, {"/bin/busybox": Path(busybox), "/bin/sh": Path(busybox)})
        return name

    def debian_image(self) -> str:
        name = "test/debian:12"
        if not self.has_image(name):
            folder = self.process.folder / "debootstrap"
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(
                ["debootstrap", "--variant=minbase", "bookworm", str(folder)], check=True, timeout=600
            )
            with subprocess.Popen(["tar", "-C", str(folder), "-c", "."], stdout=subprocess.PIPE) as tar:
                command = ["docker", "-H", f"unix://{self.socket}", "import", "-", name]
                subprocess.run(command, stdin=tar.stdout, check=True, timeout=300)
            shutil.rmtree(folder)
        return name


def images_of_programs(engine: RealEngine, folder: Path) -> Callable[..., str]:
    """Compiles programs.c once and makes one tiny image per program and its arguments on demand."""
    compiled = folder / "programs"
    command = [
        "gcc",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-static",
        "-o",
        str(compiled),
        str(PROGRAMS_SOURCE),
    ]
    subprocess.run(command, check=True, timeout=120)
    version = hashlib.sha256(PROGRAMS_SOURCE.read_bytes()).hexdigest()[:12]

    @functools.cache
    def image(*arguments: str) -> str:
        name = f"test/program-{version}:{'-'.join(arguments).replace('_', '-')}"
        if not engine.has_image(name):
            compiled.chmod(0o4755 if arguments[0] == "setuid" else 0o755)
            entrypoint = json.dumps(["/programs", *arguments])
            engine.import_image(name, {"/programs": compiled}, f"ENTRYPOINT {entrypoint}")
        return name

    return image
