"""The targets of the daemon, and whether it reached them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from bench.early_start import SIZES
from bench.programs import PROGRAMS
from bench.results import (
    Level,
    Results,
    Row,
    beyond,
    cpu_ms_per_run,
    early_starts,
    growth_kib,
    latency_rows,
    median,
    percentile,
    sweep_levels,
)
from bench.services import WORKERS
from bench.sweep import OURS, OURS_CRUN, PREDECESSOR

MIB = 1024 * 1024
REFUSED = 503


@dataclass(frozen=True)
class Verdict:
    what: str
    measured: float
    target: float
    unit: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.measured >= self.target if self.at_least else self.measured <= self.target

    @property
    def shortfall(self) -> str:
        """How far it falls short of the target; empty if it does not."""
        if self.reached or not self.target:
            return "" if self.reached else "falls short"
        return f"falls short by {abs(self.measured - self.target) / self.target:.0%}"


def _latency(results: Results) -> list[Verdict]:
    rows = latency_rows(results.latency)
    return _overheads(results, rows) + _prestarted(rows) + _cold(results, rows)


def _overheads(results: Results, rows: dict[str, dict[str, Row]]) -> list[Verdict]:
    found = []
    for language, contenders in rows.items():
        warm = contenders.get("warm")
        if PROGRAMS[language].compiled:
            continue
        if warm and warm.overhead_p50 is not None and warm.overhead_p95 is not None:
            found.append(Verdict(f"warm {language}: overhead, median", warm.overhead_p50, 4, "ms"))
            found.append(Verdict(f"warm {language}: overhead, p95", warm.overhead_p95, 8, "ms"))
    # Tenths of a millisecond are to be seen in the language with the most samples only.
    if (share := beyond(results.latency, "python", "warm", "floor-warm")) is not None:
        found.append(Verdict("warm python: own share, median of each round", share, 0.8, "ms"))
    return found


def _prestarted(rows: dict[str, dict[str, Row]]) -> list[Verdict]:
    found = []
    for language, limit in (("python", 6), ("javascript", 18), ("java", 95)):
        if warm := rows.get(language, {}).get("warm"):
            found.append(Verdict(f"warm {language}: whole call, median", warm.total_p50, limit, "ms"))
    python = rows.get("python", {})
    if "warm" in python and "exec" in python:
        ratio = python["warm"].total_p50 / python["exec"].total_p50
        found.append(Verdict("warm python: whole call, to a bare exec", ratio, 1, "x"))
    return found


def _cold(results: Results, rows: dict[str, dict[str, Row]]) -> list[Verdict]:
    found = []
    for language, contenders in rows.items():
        if "cold" in contenders and "floor-cold" in contenders:
            ours, floor = contenders["cold"].total_p50, contenders["floor-cold"].total_p50
            found.append(
                Verdict(f"cold {language}: whole call, to the engine's floor", ours / floor, 1.03, "x")
            )
        if (share := beyond(results.latency, language, "cold", "floor-cold")) is not None:
            found.append(Verdict(f"cold {language}: own share, median of each round", share, 1.5, "ms"))
    return found


def _is_current(api: str) -> bool:
    """Whether this is an engine after Docker 20.10, whose API is 1.41."""
    return tuple(int(part) for part in api.split(".")) > (1, 41)


def _busy(results: Results) -> list[Verdict]:
    """With as many callers as workers, on this engine."""
    levels = sweep_levels(results.sweep)
    theirs = levels.get(PREDECESSOR, {}).get(WORKERS)
    if theirs is None or not theirs.runs_per_second:
        return []
    current = _is_current(results.engine_api)
    limits: dict[str, tuple[float, float | None, float]] = {OURS: (1.05, 1.03 if current else 0.95, 1.0)}
    if not current:
        limits[OURS_CRUN] = (1.3, None, 0.8)
    found = []
    for name, (rate, processor, p95) in limits.items():
        if ours := levels.get(name, {}).get(WORKERS):
            found += _to_predecessor(name, ours, theirs, rate, processor, p95)
    return found


def _to_predecessor(
    name: str, ours: Level, theirs: Level, rate: float, processor: float | None, p95: float
) -> list[Verdict]:
    what = f"every worker busy, {name}:"
    found = [
        Verdict(f"{what} runs/s", ours.runs_per_second / theirs.runs_per_second, rate, "x", at_least=True)
    ]
    if processor is not None:
        found.append(Verdict(f"{what} processor time", ours.processor / theirs.processor, processor, "x"))
    return [*found, Verdict(f"{what} p95", ours.p95 / theirs.p95, p95, "x")]


def _burst(results: Results) -> list[Verdict]:
    calls = [call for burst in results.burst for call in burst.calls]
    if not calls:
        return []
    hits = sum(call.pool_hit for call in calls) / len(calls)
    found = [Verdict("burst as large as the pool: runs that found a container", hits, 1, "x", at_least=True)]
    if warm := latency_rows(results.latency).get("python", {}).get("warm"):
        # The processors are shared by the runs of a burst, which all want them at the same time.
        share = max(1.0, median(burst.size for burst in results.burst) / (os.cpu_count() or 1))
        p95 = percentile((call.latency for call in calls), 95)
        found.append(Verdict("the same: p95, to that of a warm run alone", p95 / warm.total_p95, share, "x"))
    return found


def _overload(results: Results) -> list[Verdict]:
    found = []
    if overload := results.overload:
        refused = [call.latency for call in overload.runs if call.status == REFUSED]
        roots = [call.latency for call in overload.roots]
        if overload.capacity:
            ratio = overload.goodput / overload.capacity
            found.append(Verdict("ten times overload: goodput to capacity", ratio, 0.97, "x", at_least=True))
        if refused:
            found.append(Verdict("ten times overload: 503, p99", percentile(refused, 99), 10, "ms"))
        if roots:
            found.append(Verdict("ten times overload: GET /, p99", percentile(roots, 99), 10, "ms"))
    return found


def _long_run(results: Results) -> list[Verdict]:
    found = []
    for engine in dict.fromkeys(moment.engine for moment in results.long_run):
        moments = [moment for moment in results.long_run if moment.engine == engine]
        name = f"{moments[-1].runs} runs, {engine} engine"
        if (cpu := cpu_ms_per_run(moments)) is not None:
            found.append(Verdict(f"{name}: own CPU per run", cpu, 1, "ms"))
        resident = moments[-1].figures.resident_bytes / MIB
        found.append(Verdict(f"{name}: resident memory", resident, 12, "MiB"))
        if (growth := growth_kib(moments)) is not None:
            found.append(Verdict(f"{name}: growth over the second half", growth / 1024, 0.5, "MiB"))
    return found


def _early_start(results: Results) -> list[Verdict]:
    found = [
        Verdict(f"early start of {language}, {size} bytes: to its bare start", early / bare, 1, "x")
        for language, medians in early_starts(results.early_start).items()
        for size in SIZES
        if (early := medians.get((size, True))) and (bare := medians.get((size, False)))
    ]
    return [max(found, key=lambda verdict: verdict.measured)] if found else []


def _live(results: Results) -> list[Verdict]:
    live = results.live
    if live is None:
        return []
    found = []
    for what, latencies, p50, p95 in (
        ("a printed line at its caller", live.lines, 0.8, 3),
        ("a key, `cat`, and back", live.keys, 1, 4),
    ):
        if latencies:
            found.append(Verdict(f"{what}, median", median(latencies), p50, "ms"))
            found.append(Verdict(f"{what}, p95", percentile(latencies, 95), p95, "ms"))
    if live.pairs:
        beyond_plain = median(pair.live - pair.plain for pair in live.pairs)
        found.append(Verdict("live python: beyond plain, median of each pair", beyond_plain, 0.5, "ms"))
    if live.floods:
        share = median(flood.live / flood.stream for flood in live.floods)
        growth = max(flood.growth for flood in live.floods) / MIB
        found.append(Verdict("100 MB of output: to the attach stream", share, 0.35, "x", at_least=True))
        found.append(Verdict("the same: memory of the daemon beyond idle", growth, 2, "MiB"))
    if idle := live.idle:
        found.append(Verdict(f"{idle.count} idle interactive runs, each", idle.kib_each, 16, "KiB"))
    return found


def _at_rest(results: Results) -> list[Verdict]:
    found = []
    if results.start:
        found.append(Verdict("start to the first answer, median", percentile(results.start, 50), 50, "ms"))
    if idle := results.idle:
        found.append(Verdict(f"{idle.connections} idle connections, each", idle.kib_each, 20, "KiB"))
    return found


PARTS: tuple[Callable[[Results], list[Verdict]], ...] = (
    _latency,
    _busy,
    _burst,
    _overload,
    _long_run,
    _early_start,
    _live,
    _at_rest,
)


def verdicts(results: Results) -> list[Verdict]:
    return [verdict for part in PARTS for verdict in part(results)]
