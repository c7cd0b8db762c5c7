"""How the daemon starts, or says why not."""

from __future__ import annotations

import resource
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
from command_line import CONFIGURATION_FAULT, CommandLine
from daemon_process import MakeDaemon, free_port
from fake_engine import FakeEngine

FAILURE = 1
REQUIRED = [
    "SERVER_LISTEN_ADDR",
    "SERVER_LISTEN_PORT",
    "SERVER_WORKER_THREADS",
    "API_ACCESS_TOKEN",
    "DOCKER_UNIX_SOCKET_PATH",
    "DOCKER_UNIX_SOCKET_READ_TIMEOUT",
    "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT",
    "DOCKER_CONTAINER_HOSTNAME",
    "DOCKER_CONTAINER_USER",
    "DOCKER_CONTAINER_MEMORY",
    "DOCKER_CONTAINER_NETWORK_DISABLED",
    "DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT",
    "DOCKER_CONTAINER_ULIMIT_NOFILE_HARD",
    "DOCKER_CONTAINER_ULIMIT_NPROC_SOFT",
    "DOCKER_CONTAINER_ULIMIT_NPROC_HARD",
    "RUN_MAX_EXECUTION_TIME",
    "RUN_MAX_OUTPUT_SIZE",
]
NUMBERS = [
    name for name in REQUIRED if name.endswith(("PORT", "THREADS", "TIMEOUT", "MEMORY", "SOFT", "HARD"))
]
NUMBERS += ["RUN_MAX_EXECUTION_TIME", "RUN_MAX_OUTPUT_SIZE"]
BOOLEANS = ["DOCKER_CONTAINER_NETWORK_DISABLED", "DOCKER_CONTAINER_READONLY_ROOTFS", "POOL_ENABLED"]


@pytest.fixture
def command_line(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> CommandLine:
    return CommandLine(make_daemon, fake_engine)


def test_a_good_configuration_is_checked_without_starting(
    command_line: CommandLine, fake_engine: FakeEngine
) -> None:
    done = command_line("--check-config")
    assert done.returncode == 0, done.stderr
    assert fake_engine.calls == []


def test_the_version_is_printed(command_line: CommandLine) -> None:
    done = command_line("--version")
    assert done.returncode == 0
    assert any(character.isdigit() for character in done.stdout)


def test_help_names_every_required_setting(command_line: CommandLine) -> None:
    done = command_line("--help")
    assert done.returncode == 0
    assert [name for name in REQUIRED if name not in done.stdout] == []


def test_an_unknown_option_is_refused_with_a_sentence(command_line: CommandLine) -> None:
    done = command_line("--no-such-option")
    assert done.returncode != 0
    assert "--no-such-option" in done.stderr


@pytest.mark.parametrize("mode", [[], ["--check-config"]], ids=["start", "check"])
def test_all_missing_settings_are_named_at_once(command_line: CommandLine, mode: list[str]) -> None:
    done = command_line(*mode, **dict.fromkeys(REQUIRED))
    assert done.returncode == CONFIGURATION_FAULT
    assert [name for name in REQUIRED if name not in done.stderr] == []


@pytest.mark.parametrize("mode", [[], ["--check-config"]], ids=["start", "check"])
@pytest.mark.parametrize(
    "value", ["", "x", "-1", "99999999999999999999", "1 2", " 1", "1 ", "0x10", "1e3", "1.5", "+1"]
)
def test_every_bad_number_is_named_with_all_others(
    command_line: CommandLine, mode: list[str], value: str
) -> None:
    done = command_line(*mode, **dict.fromkeys(NUMBERS, value))
    assert done.returncode == CONFIGURATION_FAULT
    assert [name for name in NUMBERS if name not in done.stderr] == []


def test_a_zero_limit_is_refused_where_it_makes_no_sense(command_line: CommandLine) -> None:
    done = command_line("--check-config", **dict.fromkeys(NUMBERS, "0"))
    assert done.returncode == CONFIGURATION_FAULT
    assert [name for name in NUMBERS if name not in done.stderr] == []


@pytest.mark.parametrize("value", ["maybe", "TRUE ", "2", "ja", '"true"'])
def test_what_is_no_boolean_is_never_silently_false(command_line: CommandLine, value: str) -> None:
    done = command_line("--check-config", **dict.fromkeys(BOOLEANS, value))
    assert done.returncode == CONFIGURATION_FAULT
    assert [name for name in BOOLEANS if name not in done.stderr] == []


@pytest.mark.parametrize("value", ["true", "false", "1", "0", "yes", "no", "on", "off"])
def test_every_way_to_write_a_boolean_is_one(command_line: CommandLine, value: str) -> None:
    assert command_line("--check-config", **dict.fromkeys(BOOLEANS, value)).returncode == 0


@pytest.mark.parametrize(("port", "status"), [("0", 78), ("1", 0), ("65535", 0), ("65536", 78)])
def test_a_port_is_1_to_65535(command_line: CommandLine, port: str, status: int) -> None:
    assert command_line("--check-config", SERVER_LISTEN_PORT=port).returncode == status


@pytest.mark.parametrize(("threads", "status"), [("0", 78), ("1", 0), ("1024", 0), ("1025", 78)])
def test_there_are_1_to_1024_workers(command_line: CommandLine, threads: str, status: int) -> None:
    assert command_line("--check-config", SERVER_WORKER_THREADS=threads).returncode == status


def test_the_stop_time_is_at_least_five_seconds_longer_than_a_run(command_line: CommandLine) -> None:
    assert (
        command_line("--check-config", RUN_MAX_EXECUTION_TIME="15", SERVER_STOP_TIMEOUT="20").returncode == 0
    )
    refused = command_line("--check-config", RUN_MAX_EXECUTION_TIME="15", SERVER_STOP_TIMEOUT="19")
    assert (refused.returncode, "SERVER_STOP_TIMEOUT" in refused.stderr) == (CONFIGURATION_FAULT, True)


def test_an_empty_optional_variable_is_unset(command_line: CommandLine) -> None:
    optional = {
        "DOCKER_CONTAINER_TMP_DIR_PATH": "",
        "DOCKER_CONTAINER_CAP_ADD": "",
        "DOCKER_CONTAINER_CAP_DROP": "",
    }
    assert command_line("--check-config", **optional).returncode == 0


def test_an_unknown_variable_with_our_prefix_is_a_warning(command_line: CommandLine) -> None:
    done = command_line("--check-config", RUN_MAX_EXECUTION_TIM="5", DOCKER_HOST="unix:///x")
    assert done.returncode == 0
    assert "RUN_MAX_EXECUTION_TIM" in done.stdout + done.stderr
    assert "DOCKER_HOST" not in done.stdout + done.stderr


def test_a_writable_root_file_system_is_warned_about(command_line: CommandLine) -> None:
    done = command_line("--check-config", DOCKER_CONTAINER_READONLY_ROOTFS=None)
    assert done.returncode == 0
    assert "DOCKER_CONTAINER_READONLY_ROOTFS" in done.stdout + done.stderr


def test_the_token_is_in_no_message(command_line: CommandLine) -> None:
    secret = "s3cret-" * 4 + " with a space"
    done = command_line("--check-config", API_ACCESS_TOKEN=secret)
    assert done.returncode == CONFIGURATION_FAULT
    assert "API_ACCESS_TOKEN" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_both_ways_to_give_a_token_at_once_are_refused(command_line: CommandLine, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("one\n")
    done = command_line("--check-config", API_ACCESS_TOKEN_FILE=str(tokens))
    assert done.returncode == CONFIGURATION_FAULT
    assert "API_ACCESS_TOKEN_FILE" in done.stderr


def test_each_token_of_the_file_is_accepted(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("first-token\nsecond-token\n")
    tokens.chmod(0o640)
    daemon = make_daemon(fake_engine, API_ACCESS_TOKEN=None, API_ACCESS_TOKEN_FILE=str(tokens))
    statuses = [
        daemon.request("GET", "/version", token=token).status_code
        for token in ("first-token", "second-token")
    ]
    assert statuses == [200, 200]
    assert daemon.request("GET", "/version", token="third-token").status_code == 401


def test_settings_come_from_a_file(make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path) -> None:
    daemon = make_daemon(fake_engine, start=False, SERVER_LISTEN_PORT=str(free_port()))
    daemon.expect_end = True
    settings = tmp_path / "docker-run.env"
    settings.write_text(
        "# a comment\n\n" + "".join(f"{name}={value}\n" for name, value in daemon.env.items())
    )
    command = [daemon.binary, "--env-file", settings, "--check-config"]
    done = subprocess.run(command, env={}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def test_a_settings_file_that_is_missing_is_named(command_line: CommandLine) -> None:
    done = command_line("--env-file", "/no/such/file", "--check-config")
    assert done.returncode != 0
    assert "/no/such/file" in done.stderr


def assert_one_sentence(done: subprocess.CompletedProcess[str], part: str) -> None:
    """It ended in order, and its last words are one sentence that holds `part`."""
    assert done.returncode == FAILURE
    last = done.stderr.splitlines()[-1]
    assert last.startswith("docker-run: ")
    assert part in last
    assert "terminate" not in done.stderr


def test_a_port_in_use_is_a_sentence(command_line: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = command_line(SERVER_LISTEN_PORT=str(taken.getsockname()[1]))
    assert_one_sentence(done, "in use")


@pytest.mark.parametrize("address", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_a_sentence(command_line: CommandLine, address: str) -> None:
    assert_one_sentence(command_line(SERVER_LISTEN_ADDR=address), address)


def test_a_host_name_is_listened_on(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    """Configurations of the predecessor have them."""
    daemon = make_daemon(fake_engine, start=False, SERVER_LISTEN_ADDR="localhost")
    first_address = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)[0][4][0]
    daemon.start(host="localhost")
    daemon.wait_for_log(f"address={first_address} ")


def test_too_many_connections_for_the_open_files_are_fewer_with_a_warning(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Runs keep the descriptors that they need."""
    daemon = make_daemon(fake_engine, SERVER_MAX_CONNECTIONS="1000000")
    hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    assert hard[0] == hard[1]
    daemon.wait_for_log("connections.limited")
    assert f"open_files={hard[1]}" in daemon.log()
    assert daemon.run("test/echo").status_code == 200


def test_two_daemons_may_share_a_port_when_both_say_so(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    first = make_daemon(fake_engine, SERVER_REUSE_PORT="true")
    second = make_daemon(fake_engine, SERVER_REUSE_PORT="true", SERVER_LISTEN_PORT=str(first.port))
    for daemon in (first, second):
        assert daemon.alive
        assert httpx.get(daemon.url + "/").status_code == 200
        assert daemon.stop() == 0


def test_the_token_is_in_no_argument_list(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    assert daemon.token.encode() not in Path(f"/proc/{daemon.pid}/cmdline").read_bytes()
