"""Where the tests run code_runner: as a plain process, and as PID 1 of a container."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from real_engine import RealEngine

# `sh` as an image's language, so that V1 can be tested without an interpreter's image.
RECIPE = """
language sh
build sh -c true
run sh {main}
"""

WAIT = 60  # seconds; for what must not hang


@dataclasses.dataclass
class Result:
    """What code_runner did with one request."""

    status: int
    stdout: bytes
    raw_stderr: bytes

    @property
    def stderr(self) -> str:
        return self.raw_stderr.decode()

    @property
    def answer(self) -> dict[str, Any]:
        assert self.stderr == ""
        assert self.status == 0
        assert self.stdout.endswith(b"}\n")
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    @property
    def complaint(self) -> str:
        """The sentence of a refused request: one line on stderr, nothing on stdout, exit status 1."""
        assert self.stdout == b""
        assert self.status == 1
        assert self.stderr.endswith("\n")
        assert self.stderr.count("\n") == 1
        return self.stderr


def encode(request: dict[str, Any] | str | bytes) -> bytes:
    if isinstance(request, bytes):
        return request
    return (request if isinstance(request, str) else json.dumps(request)).encode()


class PlainProcess:
    """code_runner as a child of the test, in a folder of its own."""

    kind = "process"

    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary = binary
        self.folder = folder
        self.work = folder / "work"
        self.recipe = folder / "recipe"
        self.recipe.write_text(RECIPE)

    @property
    def command(self) -> list[str]:
        return [str(self.binary), "--path", str(self.work), "--recipe", str(self.recipe)]

    def start(self, stderr: int = subprocess.PIPE, **limits: object) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        environment = os.environ | {f"CODE_RUNNER_{name}": str(value) for name, value in limits.items()}
        return subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=stderr, env=environment)

    def run(self, request: dict[str, Any] | str | bytes, **limits: object) -> Result:
        with self.start(**limits) as process:
            try:
                stdout, stderr = process.communicate(encode(request), timeout=WAIT)
            finally:
                process.kill()
        return Result(process.returncode, stdout, stderr)


class InContainer:
    """code_runner as PID 1 and as nobody, with a read-only root and a tmpfs to work in."""

    def __init__(self, engine: RealEngine, image: str, runtime: str, binary: Path, folder: Path) -> None:
        recipe = folder / "recipe"
        recipe.write_text(RECIPE)
        self.command = [
            *("docker", "-H", f"unix://{engine.socket}", "run", "--rm", "-i", "--runtime", runtime),
            *("--network", "none", "--log-driver", "none", "--read-only", "--user", "65534:65534"),
            *(
                "--tmpfs",
                "/home/glot:rw,exec,mode=1777",
                "--cap-drop",
                "ALL",
                "--security-opt",
                "no-new-privileges",
            ),
            *("-v", f"{binary}:/code_runner:ro", "-v", f"{recipe}:/etc/code-runner/recipe:ro"),
        ]
        self.image = image
        self.kind = runtime

    def command_with(self, *options: str) -> list[str]:
        return [*self.command, *options, "--entrypoint", "/code_runner", self.image, "--path", "/home/glot"]

    def start(self, options: tuple[str, ...] = (), **limits: object) -> subprocess.Popen[bytes]:
        variables = [f"--env=CODE_RUNNER_{name}={value}" for name, value in limits.items()]
        pipe = subprocess.PIPE
        return subprocess.Popen(self.command_with(*variables, *options), stdin=pipe, stdout=pipe, stderr=pipe)

    def run(
        self, request: dict[str, Any] | str | bytes, options: tuple[str, ...] = (), **limits: object
    ) -> Result:
        with self.start(options, **limits) as process:
            try:
                stdout, stderr = process.communicate(encode(request), timeout=WAIT)
            finally:
                process.kill()
        return Result(process.returncode, stdout, stderr)


Place = PlainProcess | InContainer

Compile = Callable[..., Path]  # the fixture `compiled`


def shell(command: str, build: list[str] | None = None, **members: Any) -> dict[str, Any]:
    """A V2 request that runs one command."""
    instructions = {"buildCommands": build or [], "runCommand": command}
    return {"runInstructions": instructions, "files": [], **members}


def script(content: str, name: str = "main.sh", **members: Any) -> dict[str, Any]:
    """A V1 request with one file."""
    return {"language": "sh", "files": [{"name": name, "content": content}], **members}


def processes_with(word: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
