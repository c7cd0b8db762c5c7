"""What the command line prints for other programs: manual page, completions, and the answer of --health."""

from __future__ import annotations

import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from daemon_process import Daemon, MakeDaemon, free_port
from fake_engine import FakeEngine
from waiting import at_most, wait_until


def printed(binary: Path, *options: str) -> str:
    return subprocess.run(
        [binary, *options], env={}, capture_output=True, text=True, check=True, timeout=30
    ).stdout


def test_the_manual_page_has_no_fault_that_mandoc_finds(binary: Path, tmp_path: Path) -> None:
    page = tmp_path / "docker-run.8"
    page.write_text(printed(binary, "--print-manual"))
    checked = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", page], capture_output=True, text=True, timeout=30
    )
    assert checked.stdout == ""


def test_bash_completes_options_and_their_values(binary: Path, tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(printed(binary, "--print-completion", "bash"))
    ask = 'source "$0"; _docker_run docker-run "$1" "$2"; printf "%s\\n" "${COMPREPLY[@]}"'

    def complete(word: str, previous: str) -> list[str]:
        command = ["bash", "-c", ask, script, word, previous]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert complete("--print-m", "docker-run") == ["--print-manual"]
    assert complete("", "--print-settings") == ["markdown", "env"]
    assert complete(str(script)[:-3], "--env-file") == [str(script)]


def test_fish_completes_options_and_their_values(binary: Path, tmp_path: Path) -> None:
    script = tmp_path / "completion.fish"
    script.write_text(printed(binary, "--print-completion", "fish"))

    def complete(line: str) -> list[str]:
        command = ["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        return [found.split("\t")[0] for found in done.stdout.splitlines()]

    assert complete("docker-run --print-m") == ["--print-manual"]
    assert sorted(complete("docker-run --print-completion ")) == ["bash", "fish", "zsh"]


def test_the_completion_of_zsh_is_a_function_that_zsh_reads(binary: Path, tmp_path: Path) -> None:
    script = tmp_path / "_docker-run"
    script.write_text(printed(binary, "--print-completion", "zsh"))
    assert script.read_text().startswith("#compdef docker-run\n")
    done = subprocess.run(["zsh", "-n", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def ask_health(daemon: Daemon, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [daemon.binary, "--health"],
        env=daemon.process_environment() | changes,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_ready_daemon_is_healthy(make_daemon: MakeDaemon, fake_engine: FakeEngine, address: str) -> None:
    daemon = make_daemon(fake_engine, SERVER_LISTEN_ADDR=address)
    wait_until(daemon.is_ready, 10, "it is ready")
    done = ask_health(daemon)
    assert (done.returncode, "ready" in done.stdout) == (0, True)


@pytest.mark.parametrize(("address", "host"), [("::1", "[::1]"), ("::", "[::1]"), ("::", "127.0.0.1")])
def test_a_ready_daemon_that_listens_on_ipv6_is_healthy(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, address: str, host: str
) -> None:
    daemon = make_daemon(fake_engine, start=False, SERVER_LISTEN_ADDR=address).start(host=host)
    wait_until(daemon.is_ready, 10, "it is ready")
    done = ask_health(daemon)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("broken", ["API_ACCESS_TOKEN_FILE", "RUN_POLICY_FILE"])
def test_a_file_that_a_reload_refuses_does_not_make_the_daemon_unhealthy(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, broken: str
) -> None:
    daemon = make_daemon(fake_engine)
    wait_until(daemon.is_ready, 10, "it is ready")
    faulty = tmp_path / "faulty"
    faulty.write_text("no such thing as this\n")
    done = ask_health(daemon, **{broken: str(faulty), "SERVER_WORKER_THREADS": "many"})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"), [("SERVER_LISTEN_PORT", "0"), ("SERVER_LISTEN_PORT", ""), ("SERVER_LISTEN_ADDR", "")]
)
def test_a_health_check_without_an_address_is_a_fault_of_the_settings(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, name: str, value: str
) -> None:
    daemon = make_daemon(fake_engine)
    done = ask_health(daemon, **{name: value})
    assert (done.returncode, name in done.stderr) == (78, True)


def test_a_daemon_without_an_engine_is_not_healthy_and_says_why(
    make_daemon: MakeDaemon, tmp_path: Path
) -> None:
    daemon = make_daemon(str(tmp_path / "no-engine.sock"))
    done = ask_health(daemon)
    assert (done.returncode, "the engine does not answer" in done.stdout) == (1, True)


def test_nobody_there_is_not_healthy(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, start=False, SERVER_LISTEN_PORT=str(free_port()))
    daemon.expect_end = True
    done = ask_health(daemon)
    assert (done.returncode, "refused" in done.stderr) == (1, True)


def test_a_listener_that_says_nothing_is_given_up_in_time(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        daemon = make_daemon(fake_engine, start=False, SERVER_LISTEN_PORT=str(silent.getsockname()[1]))
        daemon.expect_end = True
        with at_most(10, "a listener that says nothing"):
            done = ask_health(daemon)
    assert (done.returncode, "timed out" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nready", b"x" * 100_000],
    ids=["silence", "cut off", "noise"],
)
def test_a_listener_that_is_no_daemon_is_not_healthy(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, answer: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        daemon = make_daemon(fake_engine, start=False, SERVER_LISTEN_PORT=str(other.getsockname()[1]))
        daemon.expect_end = True
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask_health, daemon)
            connection = other.accept()[0]
            with connection:
                connection.recv(4096)
                connection.sendall(answer)
            done = asked.result(20)
    assert (done.returncode, done.stdout, done.stderr == "") == (1, "", False)
