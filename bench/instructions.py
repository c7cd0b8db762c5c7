"""Phase instructions: the cost of the pure hot paths, counted by valgrind. A noisy machine gives the same
result."""

from __future__ import annotations

import csv
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.workbench import Workbench

COUNT_TIMEOUT = 120.0
FEW, MANY = 2, 12  # the difference excludes the start and the making of the input


@dataclass(frozen=True)
class HotPath:
    name: str
    size: int  # bytes of input
    instructions: float
    before: float | None  # from the results that this measurement replaces


def measure_instructions(bench: Workbench, earlier: Path) -> list[HotPath]:
    program = bench.binary.parent / "bench/hot_paths"
    if not program.exists():
        bench.progress.note("instructions left out: build the target hot_paths")
        return []
    known = before(earlier)
    listed = subprocess.run(
        [program], check=True, capture_output=True, text=True, timeout=COUNT_TIMEOUT
    ).stdout
    found = []
    for name, size in (line.split("\t") for line in listed.splitlines()):
        bench.progress.say(name)
        each = (count(program, name, MANY) - count(program, name, FEW)) / (MANY - FEW)
        found.append(HotPath(name, int(size), each, known.get(name)))
    return found


def before(earlier: Path) -> dict[str, float]:
    if not earlier.exists():
        return {}
    with earlier.open() as file:
        return {row["path"]: float(row["instructions"]) for row in csv.DictReader(file)}


def count(program: Path, name: str, times: int) -> int:
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, name, str(times)],
        check=True,
        capture_output=True,
        text=True,
        timeout=COUNT_TIMEOUT,
    )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if collected is None:
        raise RuntimeError(f"valgrind counted nothing: {done.stderr[-500:]}")
    return int(collected[1])
