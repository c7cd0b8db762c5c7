"""Everything that was measured, and the values that follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.at_rest import Idle
from bench.burst import Burst
from bench.early_start import EarlyStart
from bench.instructions import HotPath
from bench.latency import Sample
from bench.live import Live
from bench.long_run import Moment
from bench.overload import Overload
from bench.sweep import Slot


@dataclass
class Results:
    """A result that was not measured is empty or None."""

    engine_api: str = ""  # the highest API version of the engine
    latency: list[Sample] = field(default_factory=list)
    sweep: list[Slot] = field(default_factory=list)
    burst: list[Burst] = field(default_factory=list)
    overload: Overload | None = None
    long_run: list[Moment] = field(default_factory=list)
    early_start: list[EarlyStart] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    idle: Idle | None = None
    live: Live | None = None
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


def beyond(samples: list[Sample], language: str, contender: str, floor: str) -> float | None:
    """The median over the rounds of the milliseconds that a contender took beyond a floor. None if no round
    has both."""
    totals = {(s.contender, s.round): s.measured.total for s in samples if s.language == language}
    rounds = [number for name, number in totals if name == contender and (floor, number) in totals]
    return _median_of([totals[contender, number] - totals[floor, number] for number in rounds])


@dataclass(frozen=True)
class Level:
    """One service of the sweep at one concurrency, over all of its slots. Times in milliseconds."""

    runs_per_second: float
    p50: float
    p95: float
    processor: float  # of the whole machine for one run, without the callers
    own: float  # of that, the daemon
    callers: float  # of the callers for one run
    failures: int


def sweep_levels(slots: list[Slot]) -> dict[str, dict[int, Level]]:
    levels: dict[str, dict[int, Level]] = {}
    for name, concurrency in dict.fromkeys((slot.who, slot.concurrency) for slot in slots):
        same = [slot for slot in slots if (slot.who, slot.concurrency) == (name, concurrency)]
        latencies = [latency for slot in same for latency in slot.latencies]
        runs = sum(slot.runs for slot in same)
        if latencies:
            levels.setdefault(name, {})[concurrency] = Level(
                sum(slot.runs_per_second for slot in same) / len(same),
                median(latencies),
                percentile(latencies, 95),
                sum(slot.spent.service for slot in same) / runs,
                sum(slot.spent.daemon for slot in same) / runs,
                sum(slot.spent.callers for slot in same) / runs,
                sum(slot.failures for slot in same),
            )
    return levels


def early_starts(samples: list[EarlyStart]) -> dict[str, dict[tuple[int, bool], float]]:
    """The median in milliseconds by language, then by size and whether the start was early."""
    grouped: dict[str, dict[tuple[int, bool], list[float]]] = {}
    for sample in samples:
        sizes = grouped.setdefault(sample.language, {})
        sizes.setdefault((sample.size, sample.early), []).append(sample.latency)
    return {
        language: {key: median(latencies) for key, latencies in sizes.items()}
        for language, sizes in grouped.items()
    }


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
