#!/usr/bin/env python3
"""Runs the tests with a real engine against each engine and runtime, and writes the table of docs/engines.md.

    tests/support/engine_matrix.py [ENGINE[+RUNTIME]...] [-- PYTEST-OPTION...]   all if none is named
    tests/support/engine_matrix.py --table                                       only writes the table

Keeps the result of each run in build/engines/."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as xml
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from repository import REPOSITORY

RESULTS = REPOSITORY / "build/engines"
DOCUMENT = REPOSITORY / "docs/engines.md"
MARKS = ("<!-- tested -->\n", "<!-- end of tested -->\n")
ROWS = [
    "debian+runc",
    "debian+crun",
    "debian+runsc",
    "current",
    "current-overlay2",
    "current-strict",
    "podman",
    "podman-crun",
]
SUITE = ["run/test_programs.py", "container/test_leftovers.py"]
HEAD = "| Engine | API | Runtime | Storage | cgroup | Passed | Failed | Not applicable | Day |"


@dataclass
class Result:
    """The result of one run."""

    facts: dict[str, str]
    passed: int
    failed: int
    not_applicable: Counter[str]


def run(row: str, options: list[str]) -> bool:
    engine, _, runtime = row.partition("+")
    command = [
        *(sys.executable, "-m", "pytest", "-m", "real", f"--engine={engine}", f"--runtime={runtime}"),
        *("-q", f"--junit-xml={RESULTS / row}.xml", *options),
        *(f"tests/daemon/{file}" for file in SUITE),
    ]
    print(f"==> {row}", flush=True)
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode == 0


def read(file: Path) -> Result:
    suite = xml.parse(file).getroot().find("testsuite")
    assert suite is not None
    facts = {p.get("name", ""): p.get("value", "") for p in suite.iterfind("properties/property")}
    skipped = list(suite.iterfind("testcase/skipped"))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    passed = int(suite.get("tests", 0)) - failed - len(skipped)
    reasons = Counter(case.get("message", "") for case in skipped)
    return Result(facts | {"day": suite.get("timestamp", "")[:10]}, passed, failed, reasons)


def table(results: dict[str, Result]) -> str:
    lines = [HEAD, "|---" * HEAD.count(" |") + "|"]
    reasons: Counter[str] = Counter()
    for result in results.values():
        facts = result.facts
        cells = [facts[name] for name in ("engine", "api", "runtime", "storage", "cgroup")]
        counts = [str(result.passed), str(result.failed), str(result.not_applicable.total())]
        lines.append("| " + " | ".join([*cells, *counts, facts["day"]]) + " |")
        reasons |= result.not_applicable
    lines += ["", "What does not apply, and to how many tests:", ""] if reasons else []
    lines += [f"- {reason}: {number}" for reason, number in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


def write_table() -> None:
    files = {row: RESULTS / f"{row}.xml" for row in ROWS}
    results = {row: read(file) for row, file in files.items() if file.exists()}
    text = DOCUMENT.read_text()
    before, rest = text.split(MARKS[0])
    behind = rest.split(MARKS[1])[1]
    DOCUMENT.write_text(f"{before}{MARKS[0]}\n{table(results)}\n{MARKS[1]}{behind}")


def main() -> int:
    arguments = sys.argv[1:]
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    rows, options = arguments[:cut], arguments[cut + 1 :]
    if rows == ["--table"]:
        write_table()
        return 0
    if unknown := [row for row in rows if row not in ROWS]:
        print(f"unknown: {', '.join(unknown)}; one of {', '.join(ROWS)}", file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    good = [run(row, options) for row in rows or ROWS]
    write_table()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
