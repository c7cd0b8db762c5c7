"""Measures docker-run against its contenders on this machine; writes tables, plots and every sample."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from engine_launcher import first_free

from bench.at_rest import measure_idle, measure_start
from bench.burst import measure_burst
from bench.contenders import KINDS
from bench.daemons import REPOSITORY
from bench.early_start import TEXTS, measure_early_start
from bench.engine_calls import Engine
from bench.instructions import measure_instructions
from bench.latency import measure_latency
from bench.live import measure_live
from bench.long_run import measure_long_run
from bench.machine import describe
from bench.overload import measure_overload
from bench.plots import write_plots
from bench.programs import PROGRAMS
from bench.progress import Progress
from bench.report import print_targets, write_page
from bench.results import Results
from bench.samples import write_samples
from bench.sweep import measure_sweep
from bench.targets import verdicts
from bench.workbench import Workbench

FULL_MINUTES, QUICK_MINUTES, MOST_MINUTES = 15.0, 2.0, 120.0
SHARES = {
    "latency": 0.28,
    "sweep": 0.28,
    "burst": 0.04,
    "overload": 0.07,
    "long-run": 0.08,
    "early-start": 0.08,
    "live": 0.14,
    "start": 0.01,
    "idle": 0.01,
    "instructions": 0.01,
}
LONG_PHASES = {"early-start"}  # not in a quick measurement, unless it is named
BUILD_TIMEOUT = 1800.0
SAMPLES = REPOSITORY / "build/benchmarks"  # not committed: any run of the benchmark writes them again


def names(known: list[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := [name for name in chosen if name not in known]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {', '.join(known)}")
        return chosen

    return parse


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes instead of about fifteen")
    parser.add_argument("--minutes", type=float, help="another length")
    for option, known in (("phases", SHARES), ("contenders", KINDS), ("languages", PROGRAMS)):
        parser.add_argument(
            f"--{option}",
            type=names(list(known)),
            metavar="A,B",
            help=f"some of {', '.join(known)}",
        )
    parser.add_argument("--engine", metavar="SOCKET", help="a running engine instead of one of its own")
    parser.add_argument(
        "--binary", type=Path, default=REPOSITORY / "build/release/docker-run", metavar="FILE"
    )
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs/benchmarks", metavar="FOLDER")
    chosen = parser.parse_args()
    chosen.minutes = min(MOST_MINUTES, chosen.minutes or (QUICK_MINUTES if chosen.quick else FULL_MINUTES))
    chosen.phases = chosen.phases or phases_of(chosen.minutes)
    chosen.languages = chosen.languages or list(PROGRAMS)
    chosen.contenders = chosen.contenders or contenders_of(chosen.minutes)
    return chosen


def phases_of(minutes: float) -> list[str]:
    return [name for name in SHARES if name not in LONG_PHASES or minutes > QUICK_MINUTES]


def contenders_of(minutes: float) -> list[str]:
    return [name for name, kind in KINDS.items() if kind.main or minutes > QUICK_MINUTES]


@contextlib.contextmanager
def engine_socket(given: str | None) -> Iterator[str]:
    """The socket of the engine to measure with: the given one, or that of the benchmark's own engine."""
    if given is not None:
        yield given.removeprefix("unix://")
        return
    # The folder of the tests' engines. Images that they built are already here.
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "docker-run/test-engines"
    process = first_free(cache)
    try:
        process.start()
        yield process.socket
    finally:
        process.stop()


def with_images(engine: Engine, languages: list[str], progress: Progress) -> list[str]:
    """Builds the images that are missing. Returns the languages that have one."""
    available = []
    for language in languages:
        image = f"docker-run/{language}"
        if not engine.has_image(image):
            progress.note(f"building the image of {language}, once: some minutes")
            environment = os.environ | {"DOCKER_HOST": f"unix://{engine.socket}"}
            command = [str(REPOSITORY / "images/build"), language]
            subprocess.run(command, env=environment, timeout=BUILD_TIMEOUT, check=False, stdout=sys.stderr)
        if engine.has_image(image):
            available.append(language)
        else:
            progress.note(f"{language} left out: it has no image")
    return available


def measure(
    bench: Workbench,
    chosen: argparse.Namespace,
    languages: list[str],
    early: list[str],
    planned: dict[str, float],
) -> Results:
    results = Results(engine_api=bench.engine.version()["ApiVersion"])
    phases: dict[str, Callable[[float], None]] = {
        "latency": lambda s: results.latency.extend(measure_latency(bench, languages, chosen.contenders, s)),
        "sweep": lambda s: results.sweep.extend(measure_sweep(bench, s)),
        "burst": lambda s: results.burst.extend(measure_burst(bench, s)),
        "overload": lambda s: setattr(results, "overload", measure_overload(bench, s)),
        "long-run": lambda s: results.long_run.extend(measure_long_run(bench, s)),
        "early-start": lambda s: results.early_start.extend(measure_early_start(bench, early, s)),
        "live": lambda s: setattr(results, "live", measure_live(bench, s)),
        "start": lambda s: results.start.extend(measure_start(bench, s)),
        "idle": lambda s: setattr(results, "idle", measure_idle(bench, s)),
        "instructions": lambda _: results.instructions.extend(
            measure_instructions(bench, SAMPLES / "instructions.csv")
        ),
    }
    for name, seconds in planned.items():
        bench.progress.begin(name)
        phases[name](seconds)
        bench.progress.end()
        bench.end_servers()
    return results


def command_line(chosen: argparse.Namespace) -> str:
    """The command line of this call, without the paths of this machine."""
    words = ["scripts/bench"]
    if chosen.minutes == QUICK_MINUTES:
        words.append("--quick")
    elif chosen.minutes != FULL_MINUTES:
        words.append(f"--minutes {chosen.minutes:g}")
    defaults = {
        "phases": phases_of(chosen.minutes),
        "contenders": contenders_of(chosen.minutes),
        "languages": PROGRAMS,
    }
    for option, default in defaults.items():
        if getattr(chosen, option) != list(default):
            words.append(f"--{option} {','.join(getattr(chosen, option))}")
    return " ".join(words + (["--engine SOCKET"] if chosen.engine else []))


def main() -> None:
    # In both cases the exit path ends the engine and the daemons.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    chosen = arguments()
    planned = {name: share * chosen.minutes * 60 for name, share in SHARES.items() if name in chosen.phases}
    progress = Progress(planned)
    with engine_socket(chosen.engine) as socket_path:
        engine = Engine(socket_path)
        languages = with_images(engine, chosen.languages, progress)
        if not languages:
            sys.exit("no language has an image")
        early = with_images(engine, list(TEXTS), progress) if "early-start" in planned else []
        machine = describe(engine, chosen.binary, command_line(chosen))
        with Workbench(chosen.binary.resolve(), socket_path, progress) as bench:
            results = measure(bench, chosen, languages, early, planned)
        engine.close()
    write_page(results, machine, chosen.output)
    write_samples(results, SAMPLES)
    write_plots(results, chosen.output)
    print_targets(verdicts(results))
    print(f"\n{chosen.output / 'README.md'} has the tables and plots, {SAMPLES} each sample")


if __name__ == "__main__":
    main()
