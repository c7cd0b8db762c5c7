"""Places of interactive runs: taken before the 101, beside those of other runs, and given back."""

from __future__ import annotations

import contextlib
import threading

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import add_runner
from interactive_client import connected, echo_input, interactive_run, refusal, talking, upgrade
from waiting import at_most, wait_until


@pytest.fixture
def image(fake_engine: FakeEngine) -> str:
    return add_runner(fake_engine, "test/echo-input", talking(echo_input))


def test_overload_is_a_503_before_anything_is_started(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_MAX="1")
    with upgrade(daemon):
        refused = refusal(daemon)
        assert (refused.status, refused.error) == (503, "server.overloaded")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert daemon.figure("docker_run_interactive_runs_active") == 1
        assert daemon.figure("docker_run_interactive_max") == 1
    wait_until(lambda: daemon.figure("docker_run_interactive_runs_active") == 0, 10, "the place is free")
    upgrade(daemon).close()


def test_interactive_runs_hold_no_worker(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0", RUN_INTERACTIVE_MAX="3")
    with contextlib.ExitStack() as open_runs:
        for _ in range(3):
            open_runs.enter_context(interactive_run(daemon, image)).next_of("stage")
        assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}
        assert daemon.figure("docker_run_runs_active") == 0


def with_tokens(make_daemon: MakeDaemon, fake_engine: FakeEngine, lines: str) -> Daemon:
    daemon = make_daemon(fake_engine, start=False, API_ACCESS_TOKEN=None, RUN_INTERACTIVE_MAX="4")
    tokens = daemon.folder / "tokens"
    tokens.write_text(lines)
    tokens.chmod(0o600)
    daemon.env["API_ACCESS_TOKEN_FILE"] = str(tokens)
    return daemon.start()


def test_an_interactive_run_counts_in_the_share_of_its_name(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    small, other = "token-of-small-caller", "token-of-another-one"
    daemon = with_tokens(make_daemon, fake_engine, f"{small} name=small runs=1 queue=0\n{other} name=other\n")
    with interactive_run(daemon, image, token=small) as run:
        run.next_of("stage")
        refused = refusal(daemon, X_Access_Token=small)
        assert (refused.status, refused.error) == (429, "server.share")
        assert daemon.run("test/echo", token=small).status_code == 429
        assert daemon.run("test/echo", token=other).status_code == 200
        name = "docker_run_caller_interactive_runs_active"
        assert Daemon.figure(_as(daemon, other), name, caller="small") == 1
    with connected(daemon, token=small):
        pass


def _as(daemon: Daemon, token: str) -> Daemon:
    daemon.token = token
    return daemon


def test_a_place_is_free_when_the_run_has_ended(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_MAX="1")
    for _ in range(3):
        with interactive_run(daemon, image) as run:
            run.send("eof")
            assert run.rest()[1] == 1000
        wait_until(lambda: daemon.figure("docker_run_interactive_runs_active") == 0, 10, "the place is free")


def test_fifty_idle_runs_are_open_at_once_and_each_is_answered(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_MAX="50")
    with contextlib.ExitStack() as open_runs:
        runs = [open_runs.enter_context(interactive_run(daemon, image)) for _ in range(50)]
        for run in runs:
            run.next_of("stage")
        with at_most(5, "idle runs hold a thread up"):
            assert daemon.request("GET", "/", token=None).status_code == 200
        for number, run in enumerate(runs):
            run.type(str(number))
            assert run.read_output(len(str(number))) == str(number)
        for run in runs:
            run.send("eof")
        assert [run.rest()[1] for run in runs] == [1000] * 50
    assert daemon.figure("docker_run_runs_total", outcome="ok", status="200") == 50


def test_containers_that_may_exist_include_those_of_interactive_runs(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, image: str
) -> None:
    """And the label with the end of their lives, the longest interactive run."""
    plain = make_daemon(fake_engine)
    plain.run(image)
    lives = make_daemon(fake_engine, RUN_INTERACTIVE_MAX="1", RUN_INTERACTIVE_TIME="1000")
    with interactive_run(lives, image) as run:
        run.next_of("stage")
    times = [int(call.body["Labels"]["docker-run.ttl"]) for call in fake_engine.calls_of("create")]
    assert times[1] == times[0] + 1000


def test_other_runs_go_on_while_many_wait_for_a_place(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, RUN_INTERACTIVE_MAX="1")
    with upgrade(daemon):
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(refusal(daemon))) for _ in range(20)]
        for thread in threads:
            thread.start()
        assert daemon.run("test/echo").status_code == 200
        for thread in threads:
            thread.join(30)
    assert [answer.status for answer in answers] == [503] * 20
