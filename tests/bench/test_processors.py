"""The processor time of a measurement."""

from __future__ import annotations

import time

from bench.processors import ProcessorTime, Ticks

STAT = "cpu  100 20 30 4000 500 6 7 80 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n"


def test_what_is_spent_is_neither_idle_nor_waiting_nor_stolen() -> None:
    assert Ticks.parse(STAT) == Ticks(spent=100 + 20 + 30 + 6 + 7, idle=4000 + 500, stolen=80)


def test_the_time_of_guests_does_not_count_twice() -> None:
    assert Ticks.parse(STAT) == Ticks.parse(STAT.replace(" 90 10\n", " 0 0\n"))


def test_a_service_costs_what_the_machine_spent_without_the_callers() -> None:
    spent = ProcessorTime(900, 50, 30).since(ProcessorTime(100, 20, 10))
    assert (spent.machine, spent.callers, spent.daemon, spent.service) == (800, 30, 20, 770)


def test_the_work_of_this_process_is_the_callers() -> None:
    before = ProcessorTime.now()
    began = time.process_time()
    while time.process_time() - began < 0.05:
        pass
    assert ProcessorTime.now().since(before).callers >= 50
