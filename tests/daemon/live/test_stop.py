"""Live runs when the daemon stops."""

from __future__ import annotations

import math
import signal
import threading

from answers import read_answers
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import Flood, Runner, add_runner, running
from live_client import MESSAGES, begin_run, dechunked, live_run, parse_events, read_some
from waiting import wait_until


def test_a_stop_lets_a_live_run_end(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    gate = threading.Event()

    def waits(runner: Runner) -> None:
        runner.print(b"before")
        gate.wait()
        runner.print(b"after")

    image = add_runner(fake_engine, "test/waits", running(waits))
    daemon = make_daemon(fake_engine)
    with live_run(daemon, image) as run:
        assert run.next_of("stdout")["text"] == "before"
        daemon.signal(signal.SIGTERM)
        daemon.wait_for_log("stopping")
        wait_until(lambda: not accepts(daemon), 20, "the listener is closed")
        gate.set()
        assert run.next_of("stdout")["text"] == "after"
        assert run.next_event()["answer"]["status"] == "ok"
    assert daemon.wait() == 0
    assert fake_engine.own_containers() == []


def accepts(daemon: Daemon) -> bool:
    try:
        daemon.connect(timeout=1).close()
    except OSError:
        return False
    return True


def test_a_second_signal_ends_the_stream_with_an_event(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    image = add_runner(fake_engine, "test/waits", running(lambda runner: runner.process.sleep_until_killed()))
    daemon = make_daemon(fake_engine)
    with begin_run(daemon, image, accept=MESSAGES) as connection:
        begun = read_some(connection, b'"stage":"run"}\n\n')
        stop_at_once(daemon)
        received = begun + read_answers(connection)
    data, is_complete = dechunked(received.partition(b"\r\n\r\n")[2])
    last = parse_events(data.decode(), MESSAGES)[-1]
    assert (last["type"], last["error"], last["status"]) == ("error", "server.stopped", 500)
    assert is_complete
    assert daemon.wait() == 0


def test_a_second_signal_cuts_a_stream_that_nobody_reads(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    flood = Flood(fake_engine, math.inf)
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="1000000000", RUN_MAX_EXECUTION_TIME="60")
    with begin_run(daemon, flood.image) as connection:
        read_some(connection, b'"type":"stdout"')
        flood.wait_until_held_up()
        stop_at_once(daemon)
        assert daemon.wait(20) == 0
        assert not read_answers(connection).endswith(b"\r\n0\r\n\r\n")


def stop_at_once(daemon: Daemon) -> None:
    daemon.signal(signal.SIGTERM)
    daemon.wait_for_log("stopping")
    daemon.signal(signal.SIGTERM)
    daemon.wait_for_log("stopping.hurried")
    daemon.expect_end = True
