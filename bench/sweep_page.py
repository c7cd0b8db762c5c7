"""The part of the page on concurrency: where the daemon is ahead of its predecessor, and where it is not."""

from __future__ import annotations

from collections.abc import Callable

from bench.notes import SWEEP_NOTE
from bench.results import Level, Results, sweep_levels
from bench.sweep import PREDECESSOR
from bench.tables import ms, table

MEASURES: tuple[tuple[str, Callable[[Level], float], bool], ...] = (
    ("runs a second", lambda level: level.runs_per_second, True),
    ("processor time of a run", lambda level: level.processor, False),
    ("median of a call", lambda level: level.p50, False),
    ("p95 of a call", lambda level: level.p95, False),
)


def _listed(ratios: dict[int, float]) -> str:
    """Concurrency and ratio, as "1 (0.11 x), 2 (0.30 x)"."""
    return ", ".join(f"{concurrency} ({ratio:.2f} x)" for concurrency, ratio in ratios.items())


def standing(name: str, ours: dict[int, Level], theirs: dict[int, Level]) -> str:
    """A sentence for each measure. Ahead means better by any margin. Empty if the two have no level in
    common."""
    lines = []
    for what, of, more_is_better in MEASURES:
        ratios = {at: of(ours[at]) / of(theirs[at]) for at in ours if at in theirs and of(theirs[at])}
        ahead = {at: ratio for at, ratio in ratios.items() if (ratio > 1 if more_is_better else ratio < 1)}
        behind = {at: ratio for at, ratio in ratios.items() if at not in ahead}
        parts = [f"ahead at {_listed(ahead)}"] if ahead else []
        parts += [f"**not ahead** at {_listed(behind)}"] if behind else []
        if parts:
            lines.append(f"- {name}, {what}: {'; '.join(parts)}.\n")
    return "".join(lines)


def ratios(ours: Level, theirs: Level) -> list[str]:
    """Throughput, processor time and p95, to those of the other."""
    pairs = (
        (ours.runs_per_second, theirs.runs_per_second),
        (ours.processor, theirs.processor),
        (ours.p95, theirs.p95),
    )
    return [f"{mine / other:.2f} x" if other else "" for mine, other in pairs]


def sweep_section(results: Results) -> str:
    levels = sweep_levels(results.sweep)
    theirs = levels.get(PREDECESSOR, {})
    rows = [
        (
            name,
            str(concurrency),
            f"{level.runs_per_second:.1f}",
            ms(level.processor),
            ms(level.p50),
            ms(level.p95),
            *(ratios(level, theirs[concurrency]) if concurrency in theirs else ["", "", ""]),
            f"{level.own:.2f}" if level.own else "",
            f"{level.callers:.2f}",
            str(level.failures),
        )
        for name, at in levels.items()
        for concurrency, level in at.items()
    ]
    header = (
        "",
        "at once",
        "runs/s",
        "processor ms",
        "median ms",
        "p95 ms",
        "runs/s, ratio",
        "processor, ratio",
        "p95, ratio",
        "daemon ms",
        "callers ms",
        "failed",
    )
    words = "".join(standing(name, at, theirs) for name, at in levels.items() if name != PREDECESSOR)
    text = f"## Concurrency\n\n{SWEEP_NOTE}\n{table(header, rows)}\n"
    text += f"Beside the {PREDECESSOR}, by the number of callers:\n\n{words}\n" if words else ""
    return text + "![Concurrency](sweep.svg)\n"
