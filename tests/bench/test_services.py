"""The way of the predecessor, at the scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.programs import PROGRAMS
from bench.progress import Progress
from bench.scripted_engine import OURS
from bench.services import WORKERS, PredecessorService
from bench.workbench import Workbench
from fake_containers import Process, printing, taking
from fake_engine import Exchange, FakeEngine

PROGRAM = PROGRAMS["python"]
TIMEOUT = 30.0


@pytest.fixture
def predecessor(binary: Path, fake_engine: FakeEngine) -> Iterator[PredecessorService]:
    fake_engine.add_image(PROGRAM.image, printing(b'{"stdout": ""}'), **OURS)
    with Workbench(binary, fake_engine.socket, Progress({})) as bench:
        service = PredecessorService(bench, PROGRAM)
        yield service
        service.close()


def test_the_predecessor_answers_when_the_container_is_gone(
    predecessor: PredecessorService, fake_engine: FakeEngine
) -> None:
    (call,) = predecessor.load(1, TIMEOUT, count=1)
    assert call.status == 200
    assert not fake_engine.containers
    steps = [made.name for made in fake_engine.calls if made.name in ("create", "attach", "start", "delete")]
    assert steps == ["create", "attach", "start", "delete"]


def test_the_predecessor_reads_the_stream_to_its_end_before_it_removes(
    predecessor: PredecessorService, fake_engine: FakeEngine
) -> None:
    """A container that is removed at its answer is still running."""
    states: list[str] = []

    def delete(exchange: Exchange) -> None:
        container = exchange.engine.find(exchange.call.ref)
        assert container is not None
        states.append(container.status)
        exchange.default()

    def answering_and_then_ending(process: Process) -> None:
        process.read_stdin()
        process.print(b"{}")
        process.killed.wait(0.1)

    fake_engine.add_image(PROGRAM.image, answering_and_then_ending, **OURS)
    fake_engine.script("delete", delete)
    predecessor.load(1, TIMEOUT, count=1)
    assert states == ["exited"]


def test_the_predecessor_has_as_many_runs_at_once_as_workers(
    predecessor: PredecessorService, fake_engine: FakeEngine
) -> None:
    at_once: list[int] = []

    def create(exchange: Exchange) -> None:
        exchange.default()
        at_once.append(len(fake_engine.containers))

    fake_engine.add_image(PROGRAM.image, taking(0.2), **OURS)
    fake_engine.script_always("create", create)
    calls = predecessor.load(3 * WORKERS, TIMEOUT, count=3 * WORKERS)
    assert [call.status for call in calls] == [200] * 3 * WORKERS
    assert max(at_once) == WORKERS


def test_a_run_of_the_predecessor_that_fails_leaves_no_container(
    predecessor: PredecessorService, fake_engine: FakeEngine
) -> None:
    fake_engine.add_image(PROGRAM.image, printing(b"no object"), **OURS)
    (call,) = predecessor.load(1, TIMEOUT, count=1)
    assert call.status == 0
    assert not fake_engine.containers
