"""Secrets that others may touch are refused, and every wall that is taken away is warned of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import CONFIGURATION_FAULT, CommandLine
from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from repository import REPOSITORY

SHIPPED_POLICY = REPOSITORY / "systemd/policy.json"


@pytest.fixture
def command_line(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> CommandLine:
    return CommandLine(make_daemon, fake_engine)


OPEN = {
    "API_ACCESS_TOKEN": "short",
    "DOCKER_CONTAINER_USER": "root",
    "DOCKER_CONTAINER_CAP_ADD": "ALL",
    "DOCKER_CONTAINER_CAP_DROP": None,
    "DOCKER_CONTAINER_NETWORK_DISABLED": "false",
    "RUN_POLICY_FILE": None,
    "SERVER_REALTIME": "true",
    "SERVER_LISTEN_ADDR": "0.0.0.0",
}


def test_every_wall_that_is_taken_away_is_warned_about(command_line: CommandLine) -> None:
    done = command_line("--check-config", **OPEN)
    assert done.returncode == 0
    warned = [line.removeprefix("docker-run: warning: ") for line in done.stderr.splitlines()]
    for name in OPEN:
        assert any(line.startswith(name) for line in warned), name
    assert "short" not in done.stderr, "a token is in no message"


def test_settings_that_are_closed_are_not_warned_about(command_line: CommandLine) -> None:
    done = command_line("--check-config", RUN_POLICY_FILE=str(SHIPPED_POLICY))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("mode", "owner", "reason"),
    [
        (0o620, 0, "writable by its group"),
        (0o602, 0, "writable by others"),
        pytest.param(
            0o600,
            65534,
            "owned by user 65534, who is neither root nor the daemon's own",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away"),
        ),
    ],
)
@pytest.mark.parametrize("place", ["API_ACCESS_TOKEN_FILE", "--env-file"])
def test_a_secret_that_others_may_write_stops_the_start(
    command_line: CommandLine, tmp_path: Path, place: str, mode: int, owner: int, reason: str
) -> None:
    """T6"""
    file = tmp_path / "secret"
    file.write_text(
        "0123456789abcdef\n" if place.startswith("API") else "API_ACCESS_TOKEN=0123456789abcdef\n"
    )
    file.chmod(mode)
    if owner:
        os.chown(file, owner, -1)
    settings = {"API_ACCESS_TOKEN": None} | ({place: str(file)} if place.startswith("API") else {})
    arguments = [] if place.startswith("API") else [place, str(file)]
    for check in ([], ["--check-config"]):
        done = command_line(*arguments, *check, **settings)
        assert done.returncode == CONFIGURATION_FAULT
        assert reason in done.stderr
        assert str(file) in done.stderr


@pytest.mark.parametrize("mode", [0o640, 0o444])
@pytest.mark.parametrize("place", ["API_ACCESS_TOKEN_FILE", "--env-file"])
def test_a_secret_that_everybody_reads_is_warned_about(
    command_line: CommandLine, tmp_path: Path, place: str, mode: int
) -> None:
    """T6: a secret of Docker Swarm has the mode 0444."""
    file = tmp_path / "secret"
    file.write_text(
        "0123456789abcdef\n" if place.startswith("API") else "API_ACCESS_TOKEN=0123456789abcdef\n"
    )
    file.chmod(mode)
    settings = {"API_ACCESS_TOKEN": None} | ({place: str(file)} if place.startswith("API") else {})
    arguments = [] if place.startswith("API") else [place, str(file)]
    done = command_line(*arguments, "--check-config", **settings)
    assert done.returncode == 0, done.stderr
    assert ("readable by everybody" in done.stderr) == (mode == 0o444)


def test_a_file_of_variables_without_a_token_is_no_secret(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text("LOG_LEVEL=info\n")
    file.chmod(0o664)
    done = command_line("--env-file", str(file), "--check-config", RUN_POLICY_FILE=str(SHIPPED_POLICY))
    assert (done.returncode, done.stderr) == (0, "")
