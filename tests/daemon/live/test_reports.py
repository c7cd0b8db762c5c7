"""What operators learn of live runs."""

from __future__ import annotations

import threading

from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, running
from live_client import live_run, run_live
from log_events import wait_for_event


def test_the_metrics_of_live_runs_move(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    gate = threading.Event()

    def waits(runner: Runner) -> None:
        runner.print(b"hello")
        gate.wait()

    image = add_runner(fake_engine, "test/waits", running(waits))
    daemon = make_daemon(fake_engine)
    daemon.run("test/echo")
    assert daemon.figure("docker_run_live_first_event_seconds_count") == 0, "a plain run is no live one"
    with live_run(daemon, image) as run:
        run.next_of("stdout")
        assert daemon.figure("docker_run_live_runs_active") == 1
        assert daemon.figure("docker_run_live_output_bytes_total") == 5
        gate.set()
        run.next_of("answer")
    assert daemon.figure("docker_run_live_runs_active") == 0
    assert daemon.figure("docker_run_live_first_event_seconds_count") == 1
    assert daemon.figure("docker_run_live_stalled_seconds_total") < 1
    assert daemon.figure("docker_run_runs_total", outcome="ok") == 2


def test_the_line_of_a_live_run_says_so_and_how_much_it_printed(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/hello", running(lambda runner: runner.print("Größe".encode())))
    daemon = make_daemon(fake_engine, LOG_FORMAT="json")
    daemon.run(image)
    assert "live" not in wait_for_event(daemon, "run")
    assert run_live(daemon, image).status_code == 200
    daemon.wait_for_log('"live":true')
    event = wait_for_event(daemon, "run")
    assert (event["live"], event["output_bytes"], event["outcome"]) == (True, 7, "ok")
