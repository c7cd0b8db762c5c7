"""The programs of the measurements: each prints a line, one for each language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

GREETING = "Hello"


@dataclass(frozen=True)
class Program:
    """One program as a V1 request of the runner, and as a shell command."""

    language: str
    file: str
    source: str
    shell: str
    share: float  # of the time for all languages
    compiled: bool = False  # before it runs; the runner's `duration` does not include that

    @property
    def image(self) -> str:
        return f"docker-run/{self.language}"

    @cached_property
    def payload(self) -> bytes:
        files = [{"name": self.file, "content": self.source}]
        return json.dumps({"language": self.language, "files": files}).encode()

    @cached_property
    def request(self) -> bytes:
        """The body of POST /run."""
        return b'{"image": "%s", "payload": %s}' % (self.image.encode(), self.payload)


PROGRAMS = {
    program.language: program
    for program in (
        Program("python", "main.py", f'print("{GREETING}")\n', "python main.py", 0.36),
        Program(
            "c",
            "main.c",
            f'#include <stdio.h>\n\nint main(void) {{\n    puts("{GREETING}");\n}}\n',
            "clang -o a.out -lm main.c && ./a.out",
            0.14,
            compiled=True,
        ),
        Program(
            "haskell", "main.hs", f'main :: IO ()\nmain = putStrLn "{GREETING}"\n', "runghc main.hs", 0.16
        ),
        Program(
            "java",
            "Main.java",
            "public class Main {\n    public static void main(String[] args) {\n"
            f'        System.out.println("{GREETING}");\n    }}\n}}\n',
            "javac Main.java && java Main",
            0.22,
            compiled=True,
        ),
        Program("javascript", "main.js", f'console.log("{GREETING}");\n', "node main.js", 0.12),
    )
}


def shell(command: str) -> bytes:
    """The body of a request that runs a command of sh, in the image of Python."""
    instructions = {"buildCommands": [], "runCommand": command}
    payload = {"runInstructions": instructions, "files": []}
    return json.dumps({"image": PROGRAMS["python"].image, "payload": payload}).encode()


class WrongAnswer(Exception):
    """A contender's output is not that of the program."""


def duration_of(answer: bytes) -> float:
    """The time in milliseconds that the runner reports for the program itself. Raises WrongAnswer if it did
    not print."""
    try:
        answered = json.loads(answer)
    except ValueError:
        raise WrongAnswer(f"no JSON: {answer[:300]!r}") from None
    if answered.get("stdout") != f"{GREETING}\n" or answered.get("error"):
        raise WrongAnswer(answer[:300].decode(errors="replace"))
    return float(answered["duration"]) / 1e6
