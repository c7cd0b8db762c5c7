"""Phase early-start: every language whose interpreter or compiler may wait in its container, with and without
that, for a short and a long program."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.latency import FAULTS, measure
from bench.others import FloorWarm, FloorWarmBare
from bench.programs import GREETING, Program
from bench.workbench import Workbench

SIZES = (100, 100_000)  # bytes
MAX_ROUNDS = 30


@dataclass(frozen=True)
class Text:
    """A program of any size: head, some lines, tail. `{n}` in a line stands for its number."""

    file: str
    line: str
    tail: str
    head: str = ""

    def of(self, size: int) -> str:
        """The program, as near below `size` bytes as it gets."""
        numbered = self.line.replace("{n}", "{:05}")
        room = max(0, size - len(self.head) - len(self.tail))
        count = room // len(numbered.format(0))
        return self.head + "".join(map(numbered.format, range(count))) + self.tail


TEXTS = {
    "java": Text(
        "Main.java",
        "static int x{n} = 1;\n",
        f'public static void main(String[] a) {{ System.out.println("{GREETING}"); }}\n}}\n',
        "class Main {\n",
    ),
    "javascript": Text("main.js", "x = 1;\n", f'console.log("{GREETING}");\n'),
    "lua": Text("main.lua", "x = 1\n", f'print("{GREETING}")\n'),
    "perl": Text("main.pl", "$x = 1;\n", f'print "{GREETING}\\n";\n'),
    "php": Text("main.php", "$x = 1;\n", f'echo "{GREETING}\\n";\n', "<?php\n"),
    "python": Text("main.py", "x = 1\n", f'print("{GREETING}")\n'),
    "ruby": Text("main.rb", "x = 1\n", f'puts "{GREETING}"\n'),
}


@dataclass(frozen=True)
class EarlyStart:
    """One run, from the payload to the complete answer. `early`: what may wait in the container did."""

    language: str
    size: int
    early: bool
    latency: float  # milliseconds


def measure_early_start(bench: Workbench, languages: list[str], seconds: float) -> list[EarlyStart]:
    deadline = time.monotonic() + seconds
    contenders = {
        (language, size, early): kind(
            bench, Program(language, TEXTS[language].file, TEXTS[language].of(size), "", 0)
        )
        for language in languages
        for size in SIZES
        for early, kind in ((False, FloorWarmBare), (True, FloorWarm))
    }
    samples: list[EarlyStart] = []
    for number in range(MAX_ROUNDS):
        for (language, size, early), contender in contenders.items():
            if number and time.monotonic() >= deadline:
                return samples
            bench.progress.say(f"{language}, {size} bytes, round {number + 1}")
            try:
                _, measured = measure(contender)
            except FAULTS as fault:
                bench.progress.note(f"early start of {language}, {size} bytes: {fault}")
                continue
            samples.append(EarlyStart(language, size, early, measured.total))
    return samples
