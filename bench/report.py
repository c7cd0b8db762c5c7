"""The page with the results, docs/benchmarks/README.md."""

from __future__ import annotations

from pathlib import Path

from bench.contenders import KINDS
from bench.early_start import SIZES
from bench.notes import (
    AT_REST_NOTE,
    BURST_NOTE,
    EARLY_START_NOTE,
    INSTRUCTIONS_NOTE,
    INTRODUCTION,
    LATENCY_NOTE,
    LIVE_NOTE,
    LONG_RUN_NOTE,
    OVERLOAD_NOTE,
)
from bench.results import (
    Results,
    Row,
    cpu_ms_per_run,
    early_starts,
    latency_rows,
    median,
    percentile,
)
from bench.sweep_page import sweep_section
from bench.tables import ms, table
from bench.targets import MIB, REFUSED, Verdict, verdicts


def ratio(value: float, to: Row | None) -> str:
    return f"{value / to.total_p50:.2f}" if to else ""


def _targets(found: list[Verdict]) -> str:
    rows = [
        (
            verdict.what,
            f"{verdict.measured:.2f} {verdict.unit}",
            f"{'≥' if verdict.at_least else '≤'} {verdict.target:g} {verdict.unit}",
            f"**{verdict.shortfall}**" if verdict.shortfall else "reached",
        )
        for verdict in found
    ]
    return "## Targets\n\n" + table(("what", "measured", "target", ""), rows)


def _latency(results: Results) -> str:
    text = f"## Latency by language\n\n{LATENCY_NOTE}\n"
    text += "![Where the milliseconds go](parts.svg)\n\n"
    header = (
        "ms",
        "median",
        "p95",
        "overhead median",
        "overhead p95",
        "to the cold floor",
        "to `docker run`",
        "samples",
    )
    for language, rows in latency_rows(results.latency).items():
        text += f"### {language}\n\n"
        floor, command = rows.get("floor-cold"), rows.get("docker-cli")
        text += table(
            header,
            (
                (
                    KINDS[name].title,
                    ms(row.total_p50),
                    ms(row.total_p95),
                    ms(row.overhead_p50),
                    ms(row.overhead_p95),
                    ratio(row.total_p50, floor),
                    ratio(row.total_p50, command),
                    str(row.samples) + ("" if row.hits in (None, 1, 0) else f" ({row.hits:.0%} warm)"),
                )
                for name, row in sorted(rows.items(), key=lambda item: item[1].total_p50)
            ),
        )
        text += "\n"
    busy = sum(not sample.quiet for sample in results.latency)
    return text + f"{busy} of {len(results.latency)} samples began while the machine had other work.\n"


def _burst(results: Results) -> str:
    calls = [call for burst in results.burst for call in burst.calls]
    latencies = [call.latency for call in calls]
    rows = [
        (
            str(len(results.burst)),
            f"{median(burst.size for burst in results.burst):.0f}",
            f"{sum(call.pool_hit for call in calls) / len(calls):.0%}",
            ms(median(latencies)),
            ms(percentile(latencies, 95)),
            ms(max(latencies)),
        )
    ]
    header = ("bursts", "runs in each", "found a container", "median ms", "p95 ms", "slowest ms")
    return f"## Burst\n\n{BURST_NOTE}\n{table(header, rows)}"


def _overload(results: Results) -> str:
    overload = results.overload
    assert overload is not None
    groups = (
        ("runs answered 200", [call.latency for call in overload.runs if call.status == 200]),
        ("runs refused with 503", [call.latency for call in overload.runs if call.status == REFUSED]),
        (
            "runs with another end",
            [call.latency for call in overload.runs if call.status not in (200, REFUSED)],
        ),
        ("`GET /`", [call.latency for call in overload.roots]),
    )
    rows = [
        (name, str(len(found)), *(ms(percentile(found, rank)) for rank in (50, 95, 99)), ms(max(found)))
        for name, found in groups
        if found
    ]
    rates = (
        f"Capacity {overload.capacity:.1f} runs/s; sent {overload.rate:.0f} runs/s; "
        f"answered with a result {overload.goodput:.1f} runs/s.\n"
    )
    header = ("", "count", "median ms", "p95 ms", "p99 ms", "slowest ms")
    return f"## Ten times overload\n\n{OVERLOAD_NOTE}\n{rates}\n{table(header, rows)}"


def _long_run(results: Results) -> str:
    rows = []
    for engine in dict.fromkeys(moment.engine for moment in results.long_run):
        moments = [moment for moment in results.long_run if moment.engine == engine]
        cpu = cpu_ms_per_run(moments)
        last = moments[-1]
        rows.append(
            (
                engine,
                str(last.runs),
                f"{last.runs / last.second:.1f}",
                f"{moments[0].figures.resident_bytes / MIB:.1f}",
                f"{last.figures.resident_bytes / MIB:.1f}",
                f"{max(moment.figures.files for moment in moments)}",
                "" if cpu is None else f"{cpu:.2f}",
            )
        )
    header = ("engine", "runs", "runs/s", "MiB at first", "MiB at last", "most files", "own CPU ms per run")
    return f"## Many runs\n\n{LONG_RUN_NOTE}\n{table(header, rows)}\n![Memory](memory.svg)\n"


def _early_start(results: Results) -> str:
    kinds = [(size, early) for size in SIZES for early in (False, True)]
    rows = [
        (language, *(ms(medians.get(kind)) for kind in kinds))
        for language, medians in sorted(early_starts(results.early_start).items())
    ]
    header = [f"{'early' if early else 'bare'}, {size} bytes" for size, early in kinds]
    return f"## Early starts\n\n{EARLY_START_NOTE}\n{table(('median ms', *header), rows)}"


def _live(results: Results) -> str:
    live = results.live
    assert live is not None
    times = (
        ("a printed line at its caller", live.lines),
        ("a key, `cat`, and back", live.keys),
        ("a plain run", [pair.plain for pair in live.pairs]),
        ("the same, live", [pair.live for pair in live.pairs]),
        ("live beyond plain, of each pair", [pair.live - pair.plain for pair in live.pairs]),
    )
    rows = [
        (what, f"{median(taken):.2f}", f"{percentile(taken, 95):.2f}", str(len(taken)))
        for what, taken in times
        if taken
    ]
    text = f"## Live runs\n\n{LIVE_NOTE}\n{table(('', 'median ms', 'p95 ms', 'samples'), rows)}"
    facts = [
        (
            f"100 MB, {number}",
            f"{flood.live / 1e6:.0f} MB/s",
            f"{flood.stream / 1e6:.0f} MB/s",
            f"{flood.growth / MIB:.2f} MiB",
        )
        for number, flood in enumerate(live.floods, 1)
    ]
    if facts:
        text += "\n" + table(("", "live", "attach stream alone", "memory of the daemon beyond idle"), facts)
    if idle := live.idle:
        text += f"\nEach of {idle.count} idle interactive runs takes {idle.kib_each:.1f} KiB of the daemon.\n"
    return text


def _at_rest(results: Results) -> str:
    rows = []
    if results.start:
        rows.append(("start to the first answer, median", f"{median(results.start):.1f} ms"))
        rows.append(("start to the first answer, slowest", f"{max(results.start):.1f} ms"))
    if idle := results.idle:
        rows += [
            (f"memory of each of {idle.connections} idle connections", f"{idle.kib_each:.1f} KiB"),
            ("resident memory without a run", f"{idle.resident_bytes / MIB:.1f} MiB"),
            ("wake-ups without a connection", f"{idle.wake_ups_per_second:.1f} a second"),
            ("CPU without a connection", f"{idle.cpu_ms_per_minute:.1f} ms a minute"),
        ]
    return f"## Start and rest\n\n{AT_REST_NOTE}\n{table(('', 'measured'), rows)}"


def _instructions(results: Results) -> str:
    rows = (
        (
            path.name,
            str(path.size),
            f"{path.instructions:.0f}",
            f"{path.instructions / path.size:.1f}",
            f"{path.instructions / path.before - 1:+.1%}" if path.before else "",
        )
        for path in results.instructions
    )
    header = ("", "bytes", "instructions", "per byte", "since the last results")
    return f"## Hot paths\n\n{INSTRUCTIONS_NOTE}\n{table(header, rows)}"


def page(results: Results, machine: dict[str, str]) -> str:
    sections = [
        INTRODUCTION,
        table(("", ""), machine.items()).replace("---:", "---"),
        _targets(verdicts(results)),
    ]
    parts = (
        (results.latency, _latency),
        (results.sweep, sweep_section),
        (results.burst, _burst),
        (results.overload, _overload),
        (results.long_run, _long_run),
        (results.early_start, _early_start),
        (results.live, _live),
        (results.start or results.idle, _at_rest),
        (results.instructions, _instructions),
    )
    sections += [write(results) for measured, write in parts if measured]
    return "\n".join(sections)


def write_page(results: Results, machine: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(page(results, machine))


def print_targets(found: list[Verdict]) -> None:
    for verdict in found:
        sign = "at least" if verdict.at_least else "at most"
        print(
            f"{verdict.what:<58} {verdict.measured:>9.2f} {verdict.unit:<4} {sign} {verdict.target:g}"
            f"  {verdict.shortfall.upper()}"
        )
