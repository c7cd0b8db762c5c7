"""Which targets hold on which engine, and how the page says that the daemon is not ahead."""

from __future__ import annotations

import pytest
from bench.early_start import EarlyStart
from bench.processors import ProcessorTime
from bench.results import Level, Results
from bench.sweep import OURS, OURS_CRUN, PREDECESSOR, Slot
from bench.sweep_page import standing
from bench.targets import Verdict, verdicts


def slot(who: str, rate: float, processor: float, latency: float) -> Slot:
    return Slot(who, 4, rate, [latency], 10, 0, ProcessorTime(10 * processor, 0, 0))


def measured(api: str) -> dict[str, Verdict]:
    slots = [
        slot(PREDECESSOR, 10, 200, 400),
        slot(OURS, 10.6, 202, 400),
        slot(OURS_CRUN, 12, 150, 300),
    ]
    return {verdict.what: verdict for verdict in verdicts(Results(engine_api=api, sweep=slots))}


def test_docker_20_10_has_its_own_targets() -> None:
    found = measured("1.41")
    assert {what: (verdict.target, verdict.reached) for what, verdict in found.items()} == {
        "every worker busy, docker-run: runs/s": (1.05, True),
        "every worker busy, docker-run: processor time": (0.95, False),
        "every worker busy, docker-run: p95": (1.0, True),
        "every worker busy, docker-run with crun: runs/s": (1.3, False),
        "every worker busy, docker-run with crun: p95": (0.8, True),
    }


@pytest.mark.parametrize("api", ["1.43", "1.56", "2.0"])
def test_a_current_engine_may_take_three_percent_more_processor_time(api: str) -> None:
    found = measured(api)
    assert found["every worker busy, docker-run: processor time"].reached
    assert not any("crun" in what for what in found)


def test_without_the_predecessor_there_is_nothing_to_compare() -> None:
    assert verdicts(Results(engine_api="1.41", sweep=[slot(OURS, 1, 1, 1)])) == []


def test_the_early_start_that_helps_least_is_the_one_that_counts() -> None:
    times = {("lua", False): 5, ("lua", True): 4, ("perl", False): 10, ("perl", True): 12}
    samples = [EarlyStart(language, 100, early, taken) for (language, early), taken in times.items()]
    (found,) = verdicts(Results(early_start=samples))
    assert (found.what, found.measured, found.reached) == (
        "early start of perl, 100 bytes: to its bare start",
        1.2,
        False,
    )


def level(rate: float, processor: float, p50: float, p95: float) -> Level:
    return Level(rate, p50, p95, processor, 0, 0, 0)


def test_the_page_says_where_the_daemon_is_ahead_and_where_it_is_not() -> None:
    ours = {1: level(20, 100, 5, 6), 4: level(10, 220, 400, 900)}
    theirs = {1: level(10, 200, 50, 60), 4: level(10, 200, 500, 600)}
    assert standing("ours", ours, theirs).splitlines() == [
        "- ours, runs a second: ahead at 1 (2.00 x); **not ahead** at 4 (1.00 x).",
        "- ours, processor time of a run: ahead at 1 (0.50 x); **not ahead** at 4 (1.10 x).",
        "- ours, median of a call: ahead at 1 (0.10 x), 4 (0.80 x).",
        "- ours, p95 of a call: ahead at 1 (0.10 x); **not ahead** at 4 (1.50 x).",
    ]


def test_levels_that_only_one_of_them_has_are_left_out() -> None:
    assert standing("ours", {1: level(1, 1, 1, 1)}, {2: level(1, 1, 1, 1)}) == ""
