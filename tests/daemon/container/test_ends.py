"""A container that ends by itself after its result is removed when it has ended, any other one by force."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from daemon_process import MakeDaemon
from fake_containers import Process, Program
from fake_engine import Exchange, FakeEngine
from waiting import wait_until

OURS = {"Entrypoint": ["/usr/local/bin/code_runner"], "Labels": {"docker-run.runner": "1"}}


class Removals:
    """The state in which the engine finds each container that it is to remove."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self.states: list[str] = []
        engine.script_always("delete", self._remove)

    def _remove(self, exchange: Exchange) -> None:
        container = self._engine.find(exchange.call.ref)
        if container:
            self.states.append(container.status)
        exchange.default()


def lingering(seconds: float) -> Program:
    """A program that ends so long after its result."""

    def program(process: Process) -> None:
        process.read_stdin()
        process.print(b"{}")
        process.killed.wait(seconds)

    return program


def test_a_container_that_ends_after_its_result_is_not_killed(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    fake_engine.add_image("test/lingering", lingering(0.1), **OURS)
    removals = Removals(fake_engine)
    daemon = make_daemon(fake_engine, POOL_ENABLED="false")
    assert daemon.run("test/lingering").status_code == 200
    fake_engine.wait_until_empty()
    assert removals.states == ["exited"]


def test_a_container_that_does_not_end_is_killed(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    for name, config in {"test/ours": OURS, "test/other": {}}.items():
        fake_engine.add_image(name, lingering(60), **config)
    removals = Removals(fake_engine)
    daemon = make_daemon(fake_engine, POOL_ENABLED="false")
    for name in ("test/ours", "test/other"):
        assert daemon.run(name).status_code == 200
        fake_engine.wait_until_empty()
    assert removals.states == ["running", "running"]


def test_containers_that_do_not_end_keep_no_run_waiting(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Each may take a second to end: one after the other they would take a minute and a half."""
    fake_engine.add_image("test/lingering", lingering(60), **OURS)
    daemon = make_daemon(
        fake_engine,
        POOL_ENABLED="false",
        SERVER_WORKER_THREADS="2",
        RUN_QUEUE_SIZE="200",
        RUN_QUEUE_TIMEOUT="60",
    )
    with ThreadPoolExecutor(10) as callers:
        runs = [callers.submit(daemon.run, "test/lingering") for _ in range(100)]
        assert [run.result().status_code for run in runs] == [200] * 100
    wait_until(lambda: not fake_engine.own_containers(), 15, "all are gone")


def test_a_stop_waits_for_no_end(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    fake_engine.add_image("test/lingering", lingering(60), **OURS)
    removals = Removals(fake_engine)
    daemon = make_daemon(fake_engine, POOL_ENABLED="false")
    assert daemon.run("test/lingering").status_code == 200
    assert daemon.stop() == 0
    assert removals.states == ["running"]
    assert not fake_engine.own_containers()
