"""Interactive runs are idle most of the time: then they hold no buffers."""

from __future__ import annotations

import contextlib

from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, running
from interactive_client import InteractiveRun, interactive_run

RUNS = 200
BYTES_EACH = 64 * 1024  # the size of a full buffer; scripts/bench measures what is used


def reads_once(runner: Runner) -> None:
    runner.print(runner.next_input()[1])


def test_two_hundred_idle_runs_take_less_than_one_buffer_each(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/reads", running(reads_once))
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_MAX=str(RUNS + 1))
    with contextlib.ExitStack() as opened:

        def open_run() -> InteractiveRun:
            run = opened.enter_context(interactive_run(daemon, image))
            run.next_of("stage")
            return run

        open_run()
        before = daemon.resident_bytes()
        runs = [open_run() for _ in range(RUNS)]
        assert daemon.figure("docker_run_interactive_runs_active") == RUNS + 1
        if b"san" not in str(daemon.binary).encode():
            assert (daemon.resident_bytes() - before) / RUNS <= BYTES_EACH
        for number, run in enumerate(runs):
            run.type(f"{number}")
            assert run.read_output(len(f"{number}")) == f"{number}"
