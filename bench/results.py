"""Everything that was measured, and the values that follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.at_rest import Idle
from bench.burst import Burst
from bench.instructions import HotPath
from bench.latency import Sample
from bench.long_run import Moment
from bench.overload import Overload
from bench.sweep import Slice


@dataclass
class Results:
    """A result that was not measured is empty or None."""

    latency: list[Sample] = field(default_factory=list)
    sweep: list[Slice] = field(default_factory=list)
    burst: list[Burst] = field(default_factory=list)
    overload: Overload | None = None
    long_run: list[Moment] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    idle: Idle | None = None
    instructions: list[HotPath] = field(default_factory=list)


def percentile(values: Iterable[float], rank: float) -> float:
    """Between two values in proportion. Raises ValueError without a value."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("a percentile of nothing")
    position = (len(ordered) - 1) * rank / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(values: Iterable[float]) -> float:
    return percentile(values, 50)


@dataclass(frozen=True)
class Row:
    """One contender with one program. Times in milliseconds; None: the contender cannot measure it."""

    samples: int
    total_p50: float
    total_p95: float
    overhead_p50: float | None
    overhead_p95: float | None
    duration_p50: float | None
    container_p50: float | None
    talk_p50: float | None
    hits: float | None  # share of the runs that found a container waiting


def _median_of(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def latency_rows(samples: list[Sample]) -> dict[str, dict[str, Row]]:
    """The rows by language, then by contender, in the order of their first measurement."""
    grouped: dict[str, dict[str, list[Sample]]] = {}
    for sample in samples:
        grouped.setdefault(sample.language, {}).setdefault(sample.contender, []).append(sample)
    return {
        language: {name: _row(found) for name, found in contenders.items()}
        for language, contenders in grouped.items()
    }


def _row(samples: list[Sample]) -> Row:
    measured = [sample.measured for sample in samples]
    totals = [m.total for m in measured]
    overheads = [m.total - m.duration for m in measured if m.duration is not None]
    hits = [m.pool_hit for m in measured if m.pool_hit is not None]
    return Row(
        len(samples),
        median(totals),
        percentile(totals, 95),
        median(overheads) if overheads else None,
        percentile(overheads, 95) if overheads else None,
        _median_of([m.duration for m in measured]),
        _median_of([m.container for m in measured]),
        _median_of([m.talk for m in measured]),
        sum(hits) / len(hits) if hits else None,
    )


def own_share(samples: list[Sample], language: str) -> float:
    """The median over the rounds of the time that a cold run of the daemon took beyond the engine's floor.
    Milliseconds."""
    totals = {(s.contender, s.round): s.measured.total for s in samples if s.language == language}
    rounds = [number for name, number in totals if name == "cold" and ("floor-cold", number) in totals]
    return median([totals["cold", number] - totals["floor-cold", number] for number in rounds])


@dataclass(frozen=True)
class Level:
    """One contender of the sweep at one concurrency, over all of its slices."""

    runs_per_second: float
    p50: float
    p95: float
    failures: int


def sweep_levels(slices: list[Slice]) -> dict[str, dict[int, Level]]:
    levels: dict[str, dict[int, Level]] = {}
    for name, concurrency in dict.fromkeys((piece.who, piece.concurrency) for piece in slices):
        same = [piece for piece in slices if (piece.who, piece.concurrency) == (name, concurrency)]
        latencies = [latency for piece in same for latency in piece.latencies]
        if latencies:
            levels.setdefault(name, {})[concurrency] = Level(
                sum(piece.runs_per_second for piece in same) / len(same),
                median(latencies),
                percentile(latencies, 95),
                sum(piece.failures for piece in same),
            )
    return levels


def cpu_ms_per_run(moments: list[Moment]) -> float | None:
    if len(moments) < 2 or moments[-1].runs == moments[0].runs:
        return None
    spent = moments[-1].figures.cpu_ns - moments[0].figures.cpu_ns
    return spent / 1e6 / (moments[-1].runs - moments[0].runs)


def growth_kib(moments: list[Moment]) -> float | None:
    """Growth of the resident memory over the second half of the runs."""
    if not moments:
        return None
    half = moments[-1].runs / 2
    middle = next(moment for moment in moments if moment.runs >= half)
    return (moments[-1].figures.resident_bytes - middle.figures.resident_bytes) / 1024
