"""The plots, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.contenders import KINDS
from bench.results import Results, Row, latency_rows, sweep_levels
from bench.targets import MIB

PARTS = ("container: create, attach, start", "stream and runner", "the program itself", "HTTP, or the CLI")
COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#8c8c8c")

mpl.rcParams.update(
    {
        "svg.hashsalt": "docker-run",  # the same samples make the same file
        "svg.fonttype": "none",
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.alpha": 0.3,
        "legend.frameon": False,
        "font.size": 10,
    }
)


@contextmanager
def _figure(
    path: Path, width: float = 9, height: float = 4.5, columns: int = 1, rows: Sequence[float] = (1,)
) -> Iterator[list[Axes]]:
    """`rows`: their relative heights."""
    figure, axes = plt.subplots(
        len(rows), columns, figsize=(width, height), squeeze=False, height_ratios=rows
    )
    yield list(axes.flat)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _title(name: str) -> str:
    return KINDS[name].title.replace("`", "")


def _parts(row: Row) -> tuple[float, float, float, float]:
    """Container, stream and runner, program, the rest. Their sum is the median of the whole call."""
    if row.duration_p50 is None:
        return 0, 0, row.total_p50, 0
    if row.container_p50 is None or row.talk_p50 is None:
        return 0, 0, row.duration_p50, row.total_p50 - row.duration_p50
    stream = max(0.0, row.talk_p50 - row.duration_p50)
    rest = max(0.0, row.total_p50 - row.container_p50 - row.talk_p50)
    return row.container_p50, stream, row.duration_p50, rest


def plot_parts(results: Results, path: Path) -> None:
    """How a run's milliseconds divide into parts, for each contender of the first language."""
    language, rows = next(iter(latency_rows(results.latency).items()))
    names = sorted(rows, key=lambda name: rows[name].total_p50, reverse=True)
    groups = {
        "a container waits": [name for name in names if KINDS[name].waits],
        "a container is made": [name for name in names if not KINDS[name].waits],
    }
    with _figure(path, width=13, height=1.5 + 0.4 * len(names), columns=len(groups)) as columns:
        for axes, (title, members) in zip(columns, groups.items(), strict=True):
            _stack(axes, {_title(name): _parts(rows[name]) for name in members})
            axes.set(title=f"{language}, {title}: median", xlabel="ms")
            axes.margins(x=0.15)
        columns[0].figure.legend(*columns[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)


def _stack(axes: Axes, bars: dict[str, tuple[float, ...]]) -> None:
    left = [0.0] * len(bars)
    for index, label in enumerate(PARTS):
        widths = [parts[index] for parts in bars.values()]
        axes.barh(list(bars), widths, left=left, color=COLOURS[index], label=label)
        left = [end + width for end, width in zip(left, widths, strict=True)]
    for position, end in enumerate(left):
        axes.annotate(f" {end:.1f}", (end, position), va="center")


def plot_sweep(results: Results, path: Path) -> None:
    with _figure(path, width=13, columns=3) as (rates, times, latencies):
        for colour, (name, levels) in zip(COLOURS, sweep_levels(results.sweep).items(), strict=False):
            at = list(levels)
            rates.plot(at, [levels[c].runs_per_second for c in at], "o-", color=colour, label=name)
            times.plot(at, [levels[c].processor for c in at], "o-", color=colour, label=name)
            latencies.plot(at, [levels[c].p50 for c in at], "o-", color=colour, label=f"{name}, median")
            latencies.plot(at, [levels[c].p95 for c in at], "o:", color=colour, label=f"{name}, p95")
        rates.set(title="Throughput", xlabel="runs at once", ylabel="runs/s", ylim=(0, None))
        times.set(title="Processor time", xlabel="runs at once", ylabel="ms a run", ylim=(0, None))
        latencies.set(title="Latency", xlabel="runs at once", ylabel="ms", yscale="log")
        for axes in (rates, times, latencies):
            axes.set_xscale("log", base=2)
            axes.xaxis.set_major_formatter("{x:.0f}")
            axes.legend()


def plot_memory(results: Results, path: Path) -> None:
    with _figure(path) as (axes,):
        for colour, engine in zip(COLOURS, ("real", "scripted"), strict=False):
            moments = [moment for moment in results.long_run if moment.engine == engine]
            resident = [moment.figures.resident_bytes / MIB for moment in moments]
            axes.plot([m.runs for m in moments], resident, ".-", color=colour, label=f"{engine} engine")
        axes.axhline(12, color="black", linewidth=0.8, linestyle="--", label="at most")
        axes.set(title="Memory of the daemon", xlabel="runs", ylabel="MiB resident", ylim=(0, None))
        axes.legend()


PLOTS: dict[str, tuple[Callable[[Results], object], Callable[[Results, Path], None]]] = {
    "parts.svg": (lambda results: results.latency, plot_parts),
    "sweep.svg": (lambda results: results.sweep, plot_sweep),
    "memory.svg": (lambda results: results.long_run, plot_memory),
}


def write_plots(results: Results, folder: Path) -> None:
    for name, (measured, plot) in PLOTS.items():
        (folder / name).unlink(missing_ok=True)
        if measured(results):
            plot(results, folder / name)
