"""The plan of the sweep, and what its slots add up to."""

from __future__ import annotations

import pytest
from bench.load import Call, throughput
from bench.processors import ProcessorTime
from bench.results import percentile, sweep_levels
from bench.services import WORKERS
from bench.sweep import LEAST_SECONDS, LEVELS, OURS, OURS_CRUN, PREDECESSOR, Slot, plan

ALL = [PREDECESSOR, OURS, OURS_CRUN]


def test_a_short_sweep_has_each_service_once_with_every_worker_busy() -> None:
    assert plan(ALL, LEAST_SECONDS - 1) == [(WORKERS, name) for name in ALL]


def test_a_long_sweep_has_the_predecessor_beside_the_daemon_at_every_level_twice() -> None:
    slots = plan(ALL, LEAST_SECONDS)
    for name in (PREDECESSOR, OURS):
        assert sorted(level for level, who in slots if who == name) == sorted(2 * LEVELS)
    assert [level for level, who in slots if who == OURS_CRUN] == [WORKERS, WORKERS]


def test_the_second_round_has_the_opposite_order() -> None:
    slots = plan([PREDECESSOR, OURS], LEAST_SECONDS)
    assert [name for _, name in slots[:2]] == [PREDECESSOR, OURS]
    assert [name for _, name in slots[len(slots) // 2 :][:2]] == [OURS, PREDECESSOR]


def test_throughput_counts_the_good_runs_that_ended_between_two_times() -> None:
    ended_at = [0.5, 1.5, 2.5, 3.5]
    calls = [Call(began=end - 0.1, latency=100, status=200, pool_hit=False) for end in ended_at]
    calls.append(Call(began=2, latency=100, status=503, pool_hit=False))
    assert throughput(calls, 1, 3) == 1


def slot(runs: int, machine: float, latencies: list[float], rate: float) -> Slot:
    return Slot(OURS, 4, rate, latencies, runs, 0, ProcessorTime(machine, runs * 2.0, runs * 1.0))


def test_processor_time_is_that_of_all_slots_over_the_runs_of_all_slots() -> None:
    level = sweep_levels([slot(10, 1020, [1.0, 3.0], 8), slot(30, 1060, [5.0], 10)])[OURS][4]
    assert (level.processor, level.own, level.callers) == (50, 1, 2)
    assert (level.runs_per_second, level.p50) == (9, 3)


def test_a_service_without_a_good_run_has_no_level() -> None:
    assert sweep_levels([Slot(OURS, 4, 0, [], 0, 5, ProcessorTime(1, 0, 0))]) == {}


def test_a_percentile_lies_between_two_values_in_proportion() -> None:
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([7], 95) == 7
    assert percentile(range(101), 95) == 95


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)
