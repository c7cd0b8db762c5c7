"""The Debian package: its contents, and what it does on installation, upgrade, removal and purge."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from machine import Machine

SERVICE = "docker-run.service"
SETTINGS = "/etc/docker-run/docker-run.env"
POLICY = "/etc/docker-run/policy.json"
TOKEN = "/etc/docker-run/token"


def test_lintian_has_nothing_to_say(package: Path) -> None:
    """What is excused, and why, is in packaging/debian/lintian-overrides."""
    command = ["lintian", "--allow-root", "--fail-on=error,warning", package]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_token_is_in_no_file_of_the_package(installed: Machine) -> None:
    token = installed.read(TOKEN).strip()
    assert len(token) == 64
    files = installed.ask("dpkg-query", "--listfiles", "docker-run").splitlines()
    assert TOKEN not in files
    assert installed.ask("dpkg-query", "-W", "-f", "${Conffiles}", "docker-run").split()[::2] == [
        SETTINGS,
        POLICY,
    ]
    assert token not in installed.read(SETTINGS)


def test_the_runner_is_static_and_says_so(installed: Machine) -> None:
    """It is copied into images of every distribution."""
    done = installed.run("ldd", "/usr/lib/docker-run/code_runner", check=False)
    assert "statically linked" in done.stdout  # what ldd says of a static PIE


def test_the_shipped_settings_are_valid_for_the_service(installed: Machine) -> None:
    done = installed.run("docker-run", "--env-file", SETTINGS, "--check-config")
    assert done.stderr == ""


def test_the_health_of_the_installed_service_is_told(installed: Machine) -> None:
    installed.shell(
        f"for i in $(seq 100); do docker-run --env-file {SETTINGS} --health && exit; sleep 0.1; done; exit 1"
    )


def answer_of_a_run(machine: Machine, image: str) -> str:
    """The body of the answer, by curl on the machine."""
    machine.shell(f'(umask 077; echo "X-Access-Token: $(cat {TOKEN})" >/root/header)')
    machine.shell(
        "for i in $(seq 100); do curl -fso /dev/null 127.0.0.1:8088/readyz && exit; sleep 0.1; done; exit 1"
    )
    body = f'{{"image": "{image}", "payload": {{}}}}'
    headers = "-H @/root/header -H 'Content-Type: application/json'"
    return machine.shell(f"curl -s --max-time 60 {headers} -d '{body}' 127.0.0.1:8088/run")


def test_the_installed_service_runs_our_images_alone(installed: Machine) -> None:
    assert "image is not allowed" in answer_of_a_run(installed, "glot/python")
    assert "image is not allowed" not in answer_of_a_run(installed, "docker-run/bash")


def test_the_programs_are_last_in_line_for_the_cpus(installed: Machine) -> None:
    assert installed.property("dockerrun.slice", "ActiveState") == "active"
    assert installed.property("dockerrun.slice", "CPUWeight") == "idle"


@pytest.fixture(scope="module")
def next_package(make_package: Callable[..., Path]) -> Path:
    return make_package("2.0.1")


def test_an_upgrade_keeps_settings_and_token_and_restarts_the_service(
    installed: Machine, next_package: Path
) -> None:
    installed.shell(f"sed -i s/SERVER_WORKER_THREADS=4/SERVER_WORKER_THREADS=3/ {SETTINGS}")
    token = installed.read(TOKEN)
    before = installed.property(SERVICE, "MainPID")
    installed.shell(f"apt-get install -y --no-install-recommends /packages/{next_package.name}")
    assert installed.ask("dpkg-query", "-W", "-f", "${Version}", "docker-run") == "2.0.1"
    assert "SERVER_WORKER_THREADS=3" in installed.read(SETTINGS)
    assert installed.read(TOKEN) == token
    assert installed.property(SERVICE, "ActiveState") == "active"
    assert installed.property(SERVICE, "MainPID") != before


def test_an_upgrade_leaves_an_installation_without_a_policy_open(
    installed: Machine, package: Path, next_package: Path
) -> None:
    """Who has no RUN_POLICY_FILE has the images that he had."""
    installed.shell(f"sed -i /^RUN_POLICY_FILE=/d {SETTINGS}")
    installed.shell(f"apt-get install -y --allow-downgrades --no-install-recommends /packages/{package.name}")
    assert "RUN_POLICY_FILE=" not in installed.read(SETTINGS)
    assert "image is not allowed" not in answer_of_a_run(installed, "glot/python")
    installed.shell(f"apt-get install -y --no-install-recommends /packages/{next_package.name}")
    assert "image is not allowed" not in answer_of_a_run(installed, "glot/python")


def test_an_upgrade_starts_nothing_that_was_disabled(installed: Machine, package: Path) -> None:
    installed.run("systemctl", "disable", "--now", SERVICE)
    installed.shell(f"apt-get install -y --allow-downgrades --no-install-recommends /packages/{package.name}")
    assert installed.property(SERVICE, "ActiveState") == "inactive"
    assert installed.ask("systemctl", "is-enabled", SERVICE) == "disabled"
    installed.run("systemctl", "enable", "--now", SERVICE)


def test_a_removal_stops_the_service_and_keeps_settings_and_token(installed: Machine, package: Path) -> None:
    token = installed.read(TOKEN)
    installed.run("apt-get", "remove", "-y", "docker-run")
    assert installed.property(SERVICE, "ActiveState") == "inactive"
    assert installed.read(TOKEN) == token
    assert "SERVER_WORKER_THREADS=3" in installed.read(SETTINGS)
    installed.shell(f"apt-get install -y --no-install-recommends /packages/{package.name}")
    assert installed.property(SERVICE, "ActiveState") == "active"
    assert installed.read(TOKEN) == token


def test_a_purge_leaves_nothing(installed: Machine) -> None:
    installed.run("apt-get", "purge", "-y", "docker-run")
    ours = "find /etc /usr /var/lib -name '*docker-run*'"
    # The manual of "docker run" has that name too.
    assert installed.shell(f"{ours} -not -path '*/man1/*'") == ""
