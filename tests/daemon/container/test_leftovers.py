"""Nothing is ever left: the daemon is killed, the engine stops, dies or comes late.

Short forms by default; `--full` runs the numbers of the promises in the README.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import hang_up, held
from fake_containers import sleeping
from fake_engine import FakeEngine
from real_engine import RealEngine
from waiting import at_most, wait_until

ProgramImage = Callable[..., str]


def run_unheard(daemon: Daemon, image: str) -> httpx.Response | None:
    """A run of which nobody minds whether the daemon lives to answer it."""
    with suppress(httpx.HTTPError):
        return daemon.run(image, {"filler": "x" * 1000})
    return None


@contextmanager
def foreign_container(engine: RealEngine, image: str, seconds: int = 3600) -> Iterator[str]:
    """A container that another daemon made: it lives and is not overdue for so long."""
    labels = {
        "docker-run.instance": "somebody-else",
        "docker-run.deadline": str(int(time.time()) + seconds),
        "docker-run.ttl": str(max(seconds, 1)),
    }
    options = [part for name, value in labels.items() for part in ("--label", f"{name}={value}")]
    # Podman would raise them, which it may not where it lacks CAP_SYS_RESOURCE.
    options += ["--ulimit", "nofile=100", "--ulimit", "nproc=1000"]
    identity = engine.docker("run", "-d", "--network", "none", *options, image)
    try:
        yield identity
    finally:
        with suppress(AssertionError):
            engine.docker("rm", "-f", identity)


@pytest.mark.timeout(1500)
def test_a_daemon_killed_among_many_runs_leaves_nothing_after_its_restart(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage, full: bool
) -> None:
    """And nobody else's container is touched."""
    rounds, runs = (20, 200) if full else (2, 24)
    daemon = make_daemon(engine, RUN_QUEUE_SIZE="1000", RUN_QUEUE_TIMEOUT="60")
    images = [program_image("echo"), program_image("sleep")]
    with foreign_container(engine, program_image("sleep")) as foreign, ThreadPoolExecutor(runs) as pool:
        for turn in range(rounds):
            running = [pool.submit(run_unheard, daemon, images[n % 2]) for n in range(runs)]
            under_way = 2 + turn % 4  # the foreign one among them; each turn is killed at another moment
            wait_until(lambda n=under_way: len(engine.own_containers()) >= n, 60, "runs are under way")
            daemon.kill()
            for run in running:
                run.result(60)
            daemon.start()
            only_foreign = "only the foreign container is left"
            wait_until(lambda: engine.own_containers() == [foreign], 5 if full else 30, only_foreign)


@pytest.mark.parametrize("step", ["create", "attach", "start", "delete"])
@pytest.mark.parametrize("done", [True, False], ids=["carried out", "lost"])
def test_a_daemon_killed_at_any_step_of_a_run_leaves_nothing_after_its_restart(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, step: str, done: bool
) -> None:
    release = threading.Event()
    daemon = make_daemon(fake_engine)
    fake_engine.script(step, held(release) if done else hang_up)
    if not done:
        release.set()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_unheard, daemon, "test/echo")
        fake_engine.wait_for_call(step)
        daemon.kill()
        release.set()
        running.result(30)
    if step == "create" and done:
        wait_until(lambda: fake_engine.containers, 10, "the create is carried out without its caller")
    daemon.start()
    fake_engine.wait_until_empty(30)


def test_a_waiting_container_ends_by_itself_when_the_daemon_is_killed(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    """Its stdin ends, without any restart."""
    daemon = make_daemon(engine, POOL_ENABLED="true", POOL_PREWARM=program_image("echo"))
    wait_until(lambda: running_containers(engine), 30, "a container waits")
    daemon.kill()
    wait_until(lambda: not running_containers(engine), 30, "it has ended by itself")
    engine.remove_containers()


def running_containers(engine: RealEngine) -> list[str]:
    return engine.docker("ps", "-q", "--filter", "label=docker-run.instance").split()


@pytest.mark.not_on("runsc", reason="gVisor did not end a loop by RLIMIT_CPU within 60 s")
def test_a_foreign_runner_is_bounded_by_its_processor_time_when_the_daemon_is_killed(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    """RLIMIT_CPU ends what burns, the next start the rest."""
    daemon = make_daemon(engine, RUN_MAX_EXECUTION_TIME="2", DOCKER_CONTAINER_CPUS="1")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_unheard, daemon, program_image("loop"))
        wait_until(lambda: running_containers(engine), 30, "it runs")
        daemon.kill()
        running.result(30)
    wait_until(lambda: not running_containers(engine), 60, "the kernel has ended it")
    engine.remove_containers()


def not_ready(daemon: Daemon) -> bool:
    return daemon.request("GET", "/readyz", token=None).status_code == 503


def ready(daemon: Daemon) -> bool:
    return daemon.is_ready()


def test_an_engine_that_stops_in_the_middle_of_a_run_costs_no_more_than_the_time_limit(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    """Not ready meanwhile; when the engine goes on, everything is removed."""
    daemon = make_daemon(engine, RUN_MAX_EXECUTION_TIME="3", DOCKER_UNIX_SOCKET_READ_TIMEOUT="2")
    image = program_image("sleep")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(daemon.run, image)
        wait_until(lambda: running_containers(engine), 30, "it runs")
        engine.process.pause()
        try:
            assert_error(running.result(30), 400, "limits.execution_time")
            wait_until(lambda: not_ready(daemon), 20, "not ready")
        finally:
            engine.process.resume()
    wait_until(lambda: ready(daemon), 30, "ready again")
    wait_until(lambda: not engine.own_containers(), 30, "nothing is left")


def test_an_engine_that_stops_before_a_run_is_answered_within_the_time_of_its_calls(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage
) -> None:
    """What was asked of the engine meanwhile is carried out afterwards, and removed."""
    daemon = make_daemon(engine, DOCKER_UNIX_SOCKET_READ_TIMEOUT="1")
    image = program_image("echo")
    assert daemon.run(image).status_code == 200
    engine.process.pause()
    try:
        with at_most(50, "the time of the engine's calls"):
            assert daemon.run(image).status_code in (500, 503)
    finally:
        engine.process.resume()
    wait_until(lambda: ready(daemon), 30, "ready again")
    assert daemon.run(image).status_code == 200
    wait_until(lambda: not engine.own_containers(), 60, "nothing is left")


@pytest.mark.not_on("podman", reason="Podman has no containerd")
def test_a_stopped_containerd_makes_the_daemon_not_ready(make_daemon: MakeDaemon, engine: RealEngine) -> None:
    """`_ping` goes on answering."""
    daemon = make_daemon(engine, DOCKER_UNIX_SOCKET_READ_TIMEOUT="2")
    wait_until(lambda: ready(daemon), 20, "ready")
    containerd = engine.process.containerd_pid()
    os.kill(containerd, signal.SIGSTOP)
    try:
        wait_until(lambda: not_ready(daemon), 10, "not ready")
    finally:
        os.kill(containerd, signal.SIGCONT)
    wait_until(lambda: ready(daemon), 30, "ready again")


def programs_that_were_fed() -> list[str]:
    return subprocess.run(["pgrep", "-x", "fed-program"], capture_output=True, text=True).stdout.split()


@pytest.mark.not_on("runsc", reason="the host does not see the programs inside of gVisor")
@pytest.mark.timeout(900)
def test_an_engine_killed_in_the_middle_of_runs_is_reported_and_recovered_from(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage, full: bool
) -> None:
    daemon = make_daemon(engine, RUN_MAX_EXECUTION_TIME="60")
    fed, echo = program_image("fed"), program_image("echo")
    for _ in range(16 if full else 1):
        with ThreadPoolExecutor(4) as pool:
            running: list[Future[httpx.Response]] = [pool.submit(daemon.run, fed) for _ in range(4)]
            wait_until(lambda: len(programs_that_were_fed()) == 4, 60, "four have their payload")
            engine.process.kill()
            for run in running:
                assert_error(run.result(60), 500, "docker.container.stream.read")
        engine.process.start()
        wait_until(lambda: daemon.run(echo).status_code == 200, 60, "the next run works")
        wait_until(lambda: not engine.own_containers(), 60, "leftovers are removed", interval=0.2)


def test_a_daemon_that_restarts_leaves_the_containers_of_another_alone(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    first, second = make_daemon(fake_engine), make_daemon(fake_engine)
    fake_engine.add_image("test/sleeping", sleeping)
    with ThreadPoolExecutor(2) as pool:
        lost = pool.submit(run_unheard, first, "test/sleeping")
        kept = pool.submit(second.run, "test/sleeping")
        fake_engine.wait_for_call("start", 2)
        first.kill()
        lost.result(30)
        first.start()
        wait_until(lambda: len(fake_engine.containers) == 1, 20, "the leftover of the first is removed")
        assert not kept.done()
        for container in list(fake_engine.containers.values()):
            container.kill()
        assert_error(kept.result(30), 500, "coderunner.stdout.decode")


def test_two_daemons_with_one_state_directory_are_two_instances(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    """The lock on the instance file keeps them apart."""
    state = tmp_path / "state"
    state.mkdir()
    daemons = [make_daemon(fake_engine, SERVER_STATE_DIRECTORY=str(state)) for _ in range(2)]
    for daemon in daemons:
        assert daemon.run("test/echo").status_code == 200
    instances = {call.body["Labels"]["docker-run.instance"] for call in fake_engine.calls_of("create")}
    assert len(instances) == 2


def test_a_restarted_daemon_is_the_same_instance(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    for _ in range(2):
        assert daemon.run("test/echo").status_code == 200
        assert daemon.stop() == 0
        daemon.start()
    instances = {call.body["Labels"]["docker-run.instance"] for call in fake_engine.calls_of("create")}
    assert len(instances) == 1


CLOCK_LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


@pytest.mark.parametrize("step", ["+3600", "-3600"])
def test_a_stepped_clock_moves_no_limit_and_sweeps_nobody(
    make_daemon: MakeDaemon, engine: RealEngine, program_image: ProgramImage, tmp_path: Path, step: str
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    daemon = make_daemon(
        engine,
        RUN_MAX_EXECUTION_TIME="3",
        LD_PRELOAD=CLOCK_LIBRARY,
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    sleep = program_image("sleep")
    with foreign_container(engine, sleep, seconds=1800) as foreign, ThreadPoolExecutor(1) as pool:
        running = pool.submit(daemon.run, sleep)
        wait_until(lambda: len(running_containers(engine)) == 2, 30, "it runs")
        clock.write_text(step)
        with at_most(10, "the step of the clock moved the limit"):
            assert_error(running.result(30), 400, "limits.execution_time")
        wait_until(lambda: engine.own_containers() == [foreign], 20, "its own container is removed")
        assert daemon.run(program_image("echo")).status_code == 200
        assert foreign in engine.own_containers()


def test_the_library_that_steps_the_clock_is_there() -> None:
    assert Path(CLOCK_LIBRARY).exists(), "install faketime"
    shown = subprocess.run(
        ["date", "+%s"],
        env={"LD_PRELOAD": CLOCK_LIBRARY, "FAKETIME": "+3600"},
        capture_output=True,
        check=True,
    )
    assert int(shown.stdout) - time.time() > 3000
