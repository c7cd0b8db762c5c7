"""Names of tokens and their shares: who may run how much, in which order, and what a reload changes."""

from __future__ import annotations

import select
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from answers import assert_error, read_answer
from daemon_process import Daemon, MakeDaemon
from fake_containers import Process, echo, sleeping
from fake_engine import FakeEngine
from run_requests import head_of_run, send_half_a_run, send_run
from scrape import Scrape
from waiting import wait_until


class Tokens:
    """The token file of one daemon."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tokens"

    def write(self, *lines: str) -> dict[str, str | None]:
        """Returns the settings that name it."""
        self.path.write_text("".join(line + "\n" for line in lines))
        return {"API_ACCESS_TOKEN": None, "API_ACCESS_TOKEN_FILE": str(self.path)}


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path)


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    """Closes what a test leaves open, before the daemon is looked at."""
    with ExitStack() as stack:
        yield stack


class Gate:
    """Programs that wait until the test lets some of them end."""

    def __init__(self, engine: FakeEngine) -> None:
        self.let_go = 0
        self._permits = threading.Semaphore(0)
        engine.add_image("test/gated", self._program)

    def _program(self, process: Process) -> None:
        process.read_stdin()
        self._permits.acquire()
        process.print(b"{}")

    def let(self, runs: int) -> None:
        """So many of them may end."""
        self.let_go += runs
        self._permits.release(runs)


def reload(daemon: Daemon, event: str = "reloaded") -> None:
    seen = daemon.log().count(f"event={event}")
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: daemon.log().count(f"event={event}") > seen, 10, f"{event} is logged")


def figure(daemon: Daemon, token: str, name: str, **labels: str) -> float:
    return Scrape.parse(daemon.request("GET", "/metrics", token=token).text).value(name, **labels)


def starts(engine: FakeEngine) -> list[str]:
    """The names of the callers whose runs have begun, in this order."""
    return [call.body["Labels"].get("docker-run.caller", "") for call in engine.calls_of("create")]


@pytest.mark.parametrize("workers", [1, 4])
def test_a_name_waits_for_one_start_of_another_name_at_most(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack, workers: int
) -> None:
    """T2: a caller with a hundred runs at once beside one with a single run."""
    gate = Gate(fake_engine)
    daemon = make_daemon(
        fake_engine,
        SERVER_WORKER_THREADS=str(workers),
        RUN_QUEUE_SIZE="200",
        RUN_QUEUE_TIMEOUT="60",
        RUN_MAX_EXECUTION_TIME="60",
        **tokens.write("many-token name=many", "one-token name=one"),
    )

    def waiting(name: str) -> float:
        return figure(daemon, "one-token", "docker_run_caller_runs_waiting", caller=name)

    for _ in range(100):
        connections.enter_context(send_run(daemon, "test/gated", "many-token"))
    wait_until(
        lambda: waiting("many") == 100 - workers, 20, "the first caller fills the workers and the line"
    )
    for _ in range(3):
        wait_until(
            lambda: len(starts(fake_engine)) == gate.let_go + workers, 10, "all workers are taken again"
        )
        alone = connections.enter_context(send_run(daemon, "test/gated", "one-token"))
        wait_until(lambda: waiting("one") == 1, 10, "the second caller waits")
        gate.let(2)
        wait_until(lambda: len(starts(fake_engine)) == gate.let_go + workers, 10, "two more runs start")
        assert "one" in starts(fake_engine)[-2:]
        while not select.select([alone], [], [], 0.1)[0]:
            gate.let(1)
        assert read_answer(alone)[0] == 200
    connections.close()
    gate.let(200)


def test_a_share_bounds_what_runs_and_what_waits_and_leaves_the_rest_to_others(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(fake_engine, **tokens.write("small-token name=small runs=1 queue=2", "other-token"))
    for _ in range(3):
        connections.enter_context(send_run(daemon, "test/sleeping", "small-token"))
    wait_until(
        lambda: figure(daemon, "other-token", "docker_run_caller_runs_waiting", caller="small") == 2,
        10,
        "two of the three wait, though workers are free",
    )
    fake_engine.wait_for_call("start")
    refused = daemon.run("test/echo", token="small-token")
    message = (
        "The share of this token is used up: 1 may run and 2 may wait; no container was created, wait for "
        "one of them to end and try again"
    )
    assert_error(refused, 429, "server.share", message)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert daemon.run("test/echo", token="other-token").status_code == 200
    assert starts(fake_engine) == ["small", ""]
    outcomes = {"outcome": "server.share", "status": "429"}
    assert figure(daemon, "other-token", "docker_run_caller_runs_total", caller="small", **outcomes) == 1
    assert figure(daemon, "other-token", "docker_run_runs_total", **outcomes) == 1
    connections.close()
    wait_until(
        lambda: daemon.run("test/echo", token="small-token").status_code == 200, 10, "it is free again"
    )


def test_who_leaves_the_line_frees_the_share(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(fake_engine, **tokens.write("small-token name=small runs=1 queue=1", "other-token"))
    connections.enter_context(send_run(daemon, "test/sleeping", "small-token"))
    fake_engine.wait_for_call("start")
    waiting = send_run(daemon, "test/sleeping", "small-token")
    name = "docker_run_caller_runs_waiting"
    wait_until(lambda: figure(daemon, "other-token", name, caller="small") == 1, 10, "it waits")
    assert_error(daemon.run("test/echo", token="small-token"), 429, "server.share")
    waiting.close()
    follower = wait_until(lambda: taken_into_the_line(daemon), 10, "the share is free")
    connections.enter_context(follower)
    assert len(fake_engine.calls_of("create")) == 1


def taken_into_the_line(daemon: Daemon) -> socket.socket | None:
    connection = send_run(daemon, "test/sleeping", "small-token")
    connection.settimeout(0.3)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return connection
    connection.close()
    return None


def test_bodies_on_their_way_count_in_their_share(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    daemon = make_daemon(fake_engine, **tokens.write("small-token name=small runs=1 queue=1", "other-token"))
    for _ in range(2):
        connections.enter_context(send_half_a_run(daemon, "small-token"))
    wait_until(
        lambda: figure(daemon, "other-token", "docker_run_caller_runs_waiting", caller="small") == 2,
        10,
        "two bodies are on their way",
    )
    assert_error(daemon.run("test/echo", token="small-token"), 429, "server.share")
    assert daemon.run("test/echo", token="other-token").status_code == 200


def test_a_body_too_large_comes_before_the_share_and_the_share_before_the_line(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    """T1: 413, 429, 503, body."""
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(
        fake_engine,
        SERVER_WORKER_THREADS="1",
        RUN_QUEUE_SIZE="0",
        **tokens.write("small-token name=small runs=1 queue=0", "other-token"),
    )
    connections.enter_context(send_run(daemon, "test/sleeping", "small-token"))
    fake_engine.wait_for_call("start")

    def answer_to_head(token: str, length: int) -> int:
        with daemon.connect() as connection:
            connection.sendall(head_of_run(token, length))
            return read_answer(connection)[0]

    assert answer_to_head("small-token", 3_000_000) == 413
    assert answer_to_head("small-token", 1000) == 429
    assert answer_to_head("other-token", 1000) == 503
    assert len(fake_engine.calls_of("create")) == 1


def test_a_reload_changes_shares_and_keeps_counts(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(fake_engine, **tokens.write("t name=n runs=1 queue=1", "other"))
    for number in (1, 2):
        connections.enter_context(send_run(daemon, "test/sleeping", "t"))
        fake_engine.wait_for_call("start")
        wait_until(
            lambda number=number: (
                figure(daemon, "other", "docker_run_caller_runs_waiting", caller="n") == number - 1
            ),
            10,
            "one runs, one waits",
        )
    tokens.write("t name=n runs=0", "other")
    reload(daemon, "reload.refused")
    assert "line 1 has a wrong runs: it must be an integer from 1 to 1024" in daemon.log()
    assert_error(daemon.run("test/echo", token="t"), 429, "server.share")
    tokens.write("t name=n runs=2 queue=0", "other")
    reload(daemon)
    fake_engine.wait_for_call("start", 2)
    assert_error(daemon.run("test/echo", token="t"), 429, "server.share")
    tokens.write("other", "new name=m")
    reload(daemon)
    assert_error(daemon.run("test/echo", token="t"), 401, "access_token")
    assert figure(daemon, "other", "docker_run_caller_runs_active", caller="n") == 2
    assert daemon.run("test/echo", token="new").status_code == 200
    connections.close()
    fake_engine.wait_until_empty()
    names = Scrape.parse(daemon.request("GET", "/metrics", token="other").text)
    wait_until(
        lambda: figure(daemon, "other", "docker_run_caller_runs_active", caller="n") == 0, 10, "they are gone"
    )
    assert "m" in names.label_values("docker_run_caller_runs_active", "caller")


def test_a_token_may_be_bound_to_images_and_the_engine_is_not_asked_for_others(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens
) -> None:
    fake_engine.add_image("other/echo", echo)
    daemon = make_daemon(fake_engine, **tokens.write("t name=n images=test/*,other/*:2", "all name=all"))
    assert daemon.run("test/echo", {"a": 1}, token="t").json() == {"a": 1}
    calls = len(fake_engine.calls_of("image"))
    refusal = "Failed to create container: image is not allowed: other/echo"
    assert_error(daemon.run("other/echo", token="t"), 400, "docker.container.create", refusal)
    assert len(fake_engine.calls_of("image")) == calls
    assert daemon.run("other/echo", token="all").status_code == 200
    by_id = daemon.run(fake_engine.images["other/echo"].id, token="t")
    assert_error(by_id, 400, "docker.container.create", "Failed to create container: image is not allowed: ")


def test_a_name_with_many_runs_keeps_no_other_name_out_of_a_full_line(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    """Security review, 6: one caller with 40 connections, and nobody else was served."""
    gate = Gate(fake_engine)
    daemon = make_daemon(fake_engine, **tokens.write("many-token", "one-token name=one"))
    many = [connections.enter_context(send_run(daemon, "test/gated", "many-token")) for _ in range(40)]
    wait_until(
        lambda: figure(daemon, "one-token", "docker_run_queue_length") == 16, 10, "all places are taken"
    )
    for _ in range(5):
        alone = connections.enter_context(send_run(daemon, "test/gated", "one-token"))
        while not select.select([alone], [], [], 0.1)[0]:
            gate.let(1)
        assert read_answer(alone)[0] == 200
        many.append(connections.enter_context(send_run(daemon, "test/gated", "many-token")))
    gate.let(100)
    answers = [read_answer(each)[0] for each in many]
    assert set(answers) == {200, 503}
    assert len(fake_engine.calls_of("create")) == answers.count(200) + 5, "503 means that nothing was started"


def test_bare_tokens_share_one_line_without_a_bound(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tokens: Tokens, connections: ExitStack
) -> None:
    fake_engine.add_image("test/sleeping", sleeping)
    daemon = make_daemon(fake_engine, **tokens.write("first", "second"))
    for token in ["first"] * 12 + ["second"] * 8:
        connections.enter_context(send_run(daemon, "test/sleeping", token))
    wait_until(lambda: figure(daemon, "first", "docker_run_queue_length") == 16, 10, "all places are taken")
    assert_error(daemon.run("test/echo", token="second"), 503, "server.overloaded")
    assert figure(daemon, "first", "docker_run_caller_runs_active", caller="") == 4
