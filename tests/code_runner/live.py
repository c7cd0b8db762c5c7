"""The second protocol (code_runner/protocol.hpp) for the tests: what the daemon writes, and what it reads."""

from __future__ import annotations

import dataclasses
import json
import os
import struct
import subprocess
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from places import WAIT, Place, Result, encode

GREETING = b"docker-run/2\n"
GREATEST_FRAME = 65536

Frame = tuple[str, bytes]


def frame(kind: str, content: bytes = b"") -> bytes:
    return kind.encode() + struct.pack(">I", len(content)) + content


def task(request: dict[str, Any] | str | bytes, **options: object) -> bytes:
    """What the daemon writes for a request."""
    return GREETING + frame("Q", json.dumps(options).encode()) + frame("P", encode(request))


def frames_of(stream: bytes) -> Iterator[Frame]:
    """The frames of a whole stream. One that is cut off is an error."""
    while stream:
        (length,) = struct.unpack(">I", stream[1:5])
        assert len(stream) >= 5 + length, f"{stream[:1]!r} is cut off"
        yield stream[:1].decode(), stream[5 : 5 + length]
        stream = stream[5 + length :]


@dataclasses.dataclass
class LiveResult:
    """What code_runner did with one request of the second protocol."""

    status: int
    sealed: bytes
    live: bytes

    @property
    def frames(self) -> list[Frame]:
        return list(frames_of(self.live))

    def joined(self, kind: str) -> bytes:
        return b"".join(content for found, content in self.frames if found == kind)

    @property
    def stages(self) -> list[str]:
        return [content.decode() for kind, content in self.frames if kind == "G"]

    @property
    def bare_answer(self) -> dict[str, Any]:
        """The object of the `A` frame, which is all of stdout, with the sums of a complete stream."""
        ((kind, content),) = frames_of(self.sealed)
        assert kind == "A", content
        assert self.status == 0
        found: dict[str, Any] = json.loads(content[16:])
        assert content.endswith(b"}")
        return found

    @property
    def sums(self) -> tuple[int, int]:
        ((_, content),) = frames_of(self.sealed)
        out, errors = struct.unpack(">QQ", content[:16])
        return out, errors

    @property
    def answer(self) -> dict[str, Any]:
        """The plain answer that the frames stand for. Checks that the stream is complete and in order."""
        frames = self.frames
        assert frames[:1] == [("H", b"")]
        assert {kind for kind, _ in frames[1:]} <= {"G", "O", "R"}
        assert all(len(content) <= GREATEST_FRAME for _, content in frames)
        assert self.sums == (len(self.joined("O")), len(self.joined("R")))
        texts = {"O": b"", "R": b""}
        for kind, content in frames[1:]:
            texts = {"O": b"", "R": b""} if kind == "G" else texts | {kind: texts[kind] + content}
        decoded = [text.decode("utf-8", "replace") for text in texts.values()]
        return {"stdout": decoded[0], "stderr": decoded[1], **self.bare_answer}

    @property
    def complaint(self) -> str:
        """The sentence of the `X` frame of a request that was refused; all of stdout."""
        assert self.status == 1
        ((kind, content),) = frames_of(self.sealed)
        assert kind == "X"
        return content.decode()


def run_live(
    place: Place,
    request: dict[str, Any] | str | bytes,
    options: dict[str, object] | None = None,
    **limits: object,
) -> LiveResult:
    return send_task(place, task(request, **(options or {})), **limits)


def send_task(place: Place, data: bytes, **limits: object) -> LiveResult:
    done: Result = place.run(data, **limits)
    return LiveResult(done.status, done.stdout, done.raw_stderr)


class LiveRun:
    """A run whose frames are read one by one, while its programs run."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.live = b""

    def __enter__(self) -> LiveRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.__exit__(kind, error, trace)

    def write(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, kind: str, content: bytes = b"") -> None:
        self.write(frame(kind, content))

    def read(self) -> Frame:
        """The next live frame. Takes no byte beyond it from the pipe."""
        head = self.read_exactly(5)
        content = self.read_exactly(struct.unpack(">I", head[1:])[0])
        self.live += head + content
        return head[:1].decode(), content

    def read_exactly(self, size: int) -> bytes:
        assert self.process.stderr
        found = b""
        while len(found) < size:
            part = os.read(self.process.stderr.fileno(), size - len(found))
            assert part, f"the stream ends after {found!r}"
            found += part
        return found

    def read_until(self, text: bytes, kind: str = "O") -> bytes:
        """Reads frames until those of this kind, from here on, contain the text. Returns their contents."""
        found = b""
        while text not in found:
            got, content = self.read()
            if got == kind:
                found += content
        return found

    def finish(self) -> LiveResult:
        """Ends the input and reads the rest."""
        sealed, rest = self.process.communicate(timeout=WAIT)
        return LiveResult(self.process.returncode, sealed, self.live + rest)

    def wait(self) -> LiveResult:
        """Reads the rest, while the caller may still send."""
        assert self.process.stdout
        assert self.process.stderr
        rest = self.process.stderr.read()
        sealed = self.process.stdout.read()
        return LiveResult(self.process.wait(WAIT), sealed, self.live + rest)
