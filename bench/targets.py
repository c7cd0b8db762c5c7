"""The targets of the daemon, and whether it reached them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.programs import PROGRAMS
from bench.results import (
    Results,
    Row,
    cpu_ms_per_run,
    growth_kib,
    latency_rows,
    own_share,
    percentile,
    sweep_levels,
)

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
    return _overheads(rows) + _prestarted(rows) + _cold(results, rows)


def _overheads(rows: dict[str, dict[str, Row]]) -> list[Verdict]:
    found = []
    for language, contenders in rows.items():
        warm = contenders.get("warm")
        if PROGRAMS[language].compiled:
            continue
        if warm and warm.overhead_p50 is not None and warm.overhead_p95 is not None:
            found.append(Verdict(f"warm {language}: overhead, median", warm.overhead_p50, 4, "ms"))
            found.append(Verdict(f"warm {language}: overhead, p95", warm.overhead_p95, 8, "ms"))
    return found


def _prestarted(rows: dict[str, dict[str, Row]]) -> list[Verdict]:
    found = []
    for language, limit in (("python", 8), ("javascript", 18), ("java", 130)):
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
            share = own_share(results.latency, language)
            found.append(Verdict(f"cold {language}: own share, median of each round", share, 1.5, "ms"))
    return found


def _sweep(results: Results) -> list[Verdict]:
    levels = sweep_levels(results.sweep)
    ours, bare = levels.get("docker-run", {}), levels.get("bare loop", {})
    return [
        Verdict(
            f"throughput, {concurrency} at once, to a bare loop",
            ours[concurrency].runs_per_second / bare[concurrency].runs_per_second,
            0.95,
            "x",
            at_least=True,
        )
        for concurrency in ours
        if concurrency in bare and bare[concurrency].runs_per_second
    ]


def _burst(results: Results) -> list[Verdict]:
    calls = [call for burst in results.burst for call in burst.calls]
    if not calls:
        return []
    hits = sum(call.pool_hit for call in calls) / len(calls)
    return [Verdict("burst as large as the pool: runs that found a container", hits, 1, "x", at_least=True)]


def _overload(results: Results) -> list[Verdict]:
    found = []
    if overload := results.overload:
        refused = [call.latency for call in overload.runs if call.status == REFUSED]
        roots = [call.latency for call in overload.roots]
        if overload.capacity:
            ratio = overload.goodput / overload.capacity
            found.append(Verdict("ten times overload: goodput to capacity", ratio, 0.95, "x", at_least=True))
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


def _at_rest(results: Results) -> list[Verdict]:
    found = []
    if results.start:
        found.append(Verdict("start to the first answer, median", percentile(results.start, 50), 50, "ms"))
    if idle := results.idle:
        found.append(Verdict(f"{idle.connections} idle connections, each", idle.kib_each, 20, "KiB"))
    return found


PARTS: tuple[Callable[[Results], list[Verdict]], ...] = (
    _latency,
    _sweep,
    _burst,
    _overload,
    _long_run,
    _at_rest,
)


def verdicts(results: Results) -> list[Verdict]:
    return [verdict for part in PARTS for verdict in part(results)]
