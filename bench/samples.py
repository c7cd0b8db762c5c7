"""Writes every sample as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.live import Live
from bench.results import Results


def _write(path: Path, header: str, rows: Iterable[Iterable[Any]]) -> None:
    lines = [[_short(value) for value in row] for row in rows]
    if not lines:
        path.unlink(missing_ok=True)
        return
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(lines)


def _short(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return round(value, 3) if isinstance(value, float) else value


def write_samples(results: Results, folder: Path) -> None:
    """Times are in milliseconds unless the header says otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "latency.csv",
        "language contender round machine_quiet total duration container talk pool_hit",
        (
            (s.language, s.contender, s.round, s.quiet, m.total, m.duration, m.container, m.talk, m.pool_hit)
            for s in results.latency
            for m in [s.measured]
        ),
    )
    _write(
        folder / "sweep.csv",
        "who concurrency slot_runs_per_second slot_runs slot_machine slot_callers slot_daemon latency",
        (
            (
                slot.who,
                slot.concurrency,
                slot.runs_per_second,
                slot.runs,
                slot.spent.machine,
                slot.spent.callers,
                slot.spent.daemon,
                latency,
            )
            for slot in results.sweep
            for latency in slot.latencies
        ),
    )
    _write(
        folder / "burst.csv",
        "burst size latency status pool_hit",
        (
            (number, burst.size, call.latency, call.status, call.pool_hit)
            for number, burst in enumerate(results.burst, 1)
            for call in burst.calls
        ),
    )
    overload = results.overload
    _write(
        folder / "overload.csv",
        "request began_s latency status pool_hit",
        (
            (name, call.began, call.latency, call.status, call.pool_hit)
            for name, calls in ((("run", overload.runs), ("root", overload.roots)) if overload else ())
            for call in calls
        ),
    )
    _write(
        folder / "long_run.csv",
        "engine second runs resident_bytes files cpu_ns",
        (
            (m.engine, m.second, m.runs, m.figures.resident_bytes, m.figures.files, m.figures.cpu_ns)
            for m in results.long_run
        ),
    )
    _write(
        folder / "early_start.csv",
        "language bytes early latency",
        ((s.language, s.size, s.early, s.latency) for s in results.early_start),
    )
    if live := results.live:
        _write_live(live, folder)
    _write(folder / "start.csv", "start", ([value] for value in results.start))
    if results.instructions:
        _write(
            folder / "instructions.csv",
            "path bytes instructions",
            ((path.name, path.size, path.instructions) for path in results.instructions),
        )


def _write_live(live: Live, folder: Path) -> None:
    _write(folder / "live_lines.csv", "latency", ([value] for value in live.lines))
    _write(folder / "live_keys.csv", "latency", ([value] for value in live.keys))
    _write(folder / "live_pairs.csv", "plain live", ((pair.plain, pair.live) for pair in live.pairs))
    _write(
        folder / "live_floods.csv",
        "bytes_per_second stream_bytes_per_second growth_bytes",
        ((flood.live, flood.stream, flood.growth) for flood in live.floods),
    )
