"""Random programs: they print random bytes, cut anywhere, on both of their outputs, and end somehow."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from payloads import python

PIECES = [
    b"plain text",
    b"\n",
    b"\r\n",
    b"\n\n\n",
    b"\0",
    b'"\\',
    bytes(range(32)),
    "häß".encode(),
    "€".encode(),
    "😀\u2028\x85".encode(),
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\x80",
    b"\xc3",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"x" * 5000,
    "€".encode() * 3000,
]
# How programs end, in sh and in Python.
ENDINGS = {
    "at its end": ("", ""),
    "with its input": ("cat", "print(sys.stdin.read(), end='', flush=True)"),
    "with a code": ("exit 7", "sys.exit(7)"),
    "by a signal": ("kill -SEGV $$", "os.kill(os.getpid(), signal.SIGSEGV)"),
    "with a fault": ("no-such-command", "no_such_name()"),
}

MEASURES = {"duration", "cpuTime", "maxMemory"}


@dataclass(frozen=True)
class RandomProgram:
    """What a program prints, piece by piece, each with a write of its own. `errors`: on stderr."""

    writes: list[tuple[bytes, bool]]
    build: list[str]  # commands in sh
    ending: str
    stdin: str

    def in_shell(self, has_stdin: bool = True) -> dict[str, Any]:
        """The payload for any image of ours. `has_stdin`: its input is in the payload."""
        lines = [
            f"printf '{octal(data)}'" + (" >&2" if errors else "") for data, errors in self.writes if data
        ]
        file = {"name": "program.sh", "content": "\n".join([*lines, ENDINGS[self.ending][0]]) + "\n"}
        instructions = {"buildCommands": self.build, "runCommand": "exec sh program.sh"}
        request = {"runInstructions": instructions, "files": [file]}
        return request | ({"stdin": self.stdin} if has_stdin else {})

    def in_python(self, has_stdin: bool = True) -> dict[str, Any]:
        """The payload for the image of Python. Nothing is built."""
        lines = [f"os.write({2 if errors else 1}, {data!r})" for data, errors in self.writes]
        source = "\n".join(["import os, signal, sys", *lines, ENDINGS[self.ending][1]])
        return python(source + "\n", **({"stdin": self.stdin} if has_stdin else {}))


def octal(data: bytes) -> str:
    """The bytes for printf(1)."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03o}" for byte in data)


def random_cuts(chance: random.Random, data: bytes) -> list[bytes]:
    """The bytes in pieces, cut anywhere: within characters, escapes and heads of frames too."""
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(5)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def random_program(chance: random.Random) -> RandomProgram:
    writes = [
        (piece, chance.random() < 0.33)
        for _ in range(chance.randrange(1, 6))
        for piece in random_cuts(chance, b"".join(chance.choices(PIECES, k=chance.randrange(6))))
    ]
    build = [f"echo built {number}; echo warned >&2" for number in range(chance.choice([0, 0, 1, 3]))]
    if build and chance.random() < 0.2:
        build[-1] += "; exit 3"
    return RandomProgram(writes, build, chance.choice(list(ENDINGS)), chance.choice(["", "in\0\r\n€"]))


def without_measures(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """The members that are the same whenever the same program runs, in their order."""
    return [(name, value) for name, value in answer.items() if name not in MEASURES]
