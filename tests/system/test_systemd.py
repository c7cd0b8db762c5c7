"""The service under a systemd that booted: started, stopped, killed, watched, and activated by its socket."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from machine import Machine
from real_engine import RealEngine
from waiting import wait_until

SERVICE = "docker-run.service"
SOCKET = "docker-run.socket"
URL = "http://127.0.0.1:8088"
KNOCKING = Path(__file__).parent / "knocking.py"


def payload(code: str) -> str:
    files = [{"name": "main.sh", "content": code}]
    return json.dumps({"image": "docker-run/bash", "payload": {"language": "bash", "files": files}})


def post_run(machine: Machine, code: str) -> dict[str, str]:
    """A run by curl on the machine, with the token that was installed there."""
    printed = machine.shell(
        f"""curl -sS --max-time 60 {URL}/run -H "X-Access-Token: $(cat /etc/docker-run/token)" \
            -H 'Content-Type: application/json' --data-binary @- <<'BODY'
{payload(code)}
BODY"""
    )
    answer: dict[str, str] = json.loads(printed)
    return answer


def main_pid(machine: Machine) -> int:
    return int(machine.property(SERVICE, "MainPID") or 0)


def is_serving(machine: Machine) -> bool:
    return machine.property(SERVICE, "StatusText").startswith("Serving")


def wait_until_serving(machine: Machine) -> None:
    wait_until(lambda: is_serving(machine), 60, "the service serves", interval=0.1)


@contextmanager
def drop_in(machine: Machine, unit: str, text: str) -> Iterator[None]:
    """A change of a unit; the unit is not restarted."""
    path = f"/run/systemd/system/{unit}.d/test.conf"
    machine.write(path, text)
    machine.run("systemctl", "daemon-reload")
    try:
        yield
    finally:
        machine.run("rm", path)
        machine.run("systemctl", "daemon-reload")


@pytest.fixture(autouse=True)
def service(installed: Machine) -> Iterator[Machine]:
    """Every test begins with the service running by itself, with the unit as it is installed."""
    if not is_serving(installed):
        installed.run("systemctl", "restart", SERVICE)
        wait_until_serving(installed)
    yield installed
    # What a test changed or activated is not to be seen by the next one.
    if installed.property(SOCKET, "ActiveState") != "inactive" or not is_serving(installed):
        installed.run("systemctl", "stop", SOCKET, SERVICE)
        installed.run("systemctl", "reset-failed", SOCKET, SERVICE, check=False)


def test_the_service_runs_after_the_installation(service: Machine) -> None:
    assert service.property(SERVICE, "ActiveState") == "active"
    assert service.ask("systemctl", "is-enabled", SERVICE) == "enabled"
    assert service.ask("stat", "-c", "%a %U:%G", "/etc/docker-run/token") == "640 root:docker-run"
    assert service.ask("stat", "-c", "%a %U", "/var/lib/docker-run") == "700 docker-run"
    owner = service.ask("ps", "-o", "user=", "-p", str(main_pid(service)))
    assert owner == "docker-run"


def test_the_version_is_told_to_who_has_the_token(service: Machine) -> None:
    told = service.shell(f'curl -fsS {URL}/version -H "X-Access-Token: $(cat /etc/docker-run/token)"')
    assert json.loads(told)["docker"]["apiVersion"]
    assert service.ask("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"{URL}/version") == "401"


def test_a_program_runs_under_the_hardening(service: Machine) -> None:
    assert post_run(service, "echo hello")["stdout"] == "hello\n"


def test_the_exposure_is_at_most_1_5(service: Machine) -> None:
    verdict = service.run("systemd-analyze", "security", "--no-pager", "--threshold=15", SERVICE, check=False)
    assert verdict.returncode == 0, verdict.stdout


def test_a_stop_loses_no_run_and_leaves_nothing(service: Machine, images: RealEngine) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(post_run, service, "sleep 8; echo done") for _ in range(4)]
        wait_until(lambda: "; 4 runs active" in service.property(SERVICE, "StatusText"), 20, "all four run")
        service.run("systemctl", "stop", SERVICE)
        assert [run.result(10)["stdout"] for run in runs] == ["done\n"] * 4
    assert service.property(SERVICE, "Result") == "success"
    assert images.own_containers() == []


def test_a_stop_that_takes_longer_than_the_unit_says_is_granted(service: Machine) -> None:
    """The daemon asks for what its own settings allow."""
    with (
        drop_in(service, SERVICE, "[Service]\nTimeoutStopSec=2\n"),
        ThreadPoolExecutor(1) as pool,
    ):
        running = pool.submit(post_run, service, "sleep 8; echo done")
        wait_until(lambda: "; 1 runs active" in service.property(SERVICE, "StatusText"), 20, "it runs")
        service.run("systemctl", "stop", SERVICE)
        assert running.result(10)["stdout"] == "done\n"
    assert service.property(SERVICE, "Result") == "success"


def test_a_killed_daemon_is_back_and_has_cleaned_up(service: Machine, images: RealEngine) -> None:
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(post_run, service, "sleep 10")
        wait_until(lambda: "; 1 runs active" in service.property(SERVICE, "StatusText"), 20, "it runs")
        before = set(images.own_containers())
        assert before
        killed = main_pid(service)
        service.run("systemctl", "kill", "--signal=KILL", SERVICE)
        with pytest.raises(AssertionError, match="curl"):
            lost.result(30)
    wait_until(lambda: main_pid(service) not in (0, killed), 20, "it was started again")
    wait_until_serving(service)
    wait_until(lambda: not before & set(images.own_containers()), 10, "the old containers are gone")
    assert post_run(service, "echo again")["stdout"] == "again\n"


def test_a_daemon_that_hangs_is_replaced_by_the_watchdog(service: Machine) -> None:
    with drop_in(service, SERVICE, "[Service]\nWatchdogSec=2\n"):
        service.run("systemctl", "restart", SERVICE)
        hanging = main_pid(service)
        service.run("systemctl", "kill", "--signal=STOP", SERVICE)
        wait_until(lambda: main_pid(service) not in (0, hanging), 30, "it was replaced", interval=0.2)
        wait_until_serving(service)
    service.run("systemctl", "stop", SERVICE)
    assert "Watchdog timeout" in service.journal(SERVICE)


def test_wrong_settings_are_told_and_not_tried_again(service: Machine) -> None:
    service.shell(
        "cp /etc/docker-run/docker-run.env /root/ && echo RUN_QUEUE_SIZE=x >>/etc/docker-run/docker-run.env"
    )
    try:
        assert service.run("systemctl", "restart", SERVICE, check=False).returncode != 0
        assert service.property(SERVICE, "ExecMainStatus") == "78"
        assert service.property(SERVICE, "NRestarts") == "0"
        assert "RUN_QUEUE_SIZE must be" in service.journal(SERVICE)
    finally:
        service.run("cp", "/root/docker-run.env", "/etc/docker-run/docker-run.env")


def test_a_token_comes_as_a_credential_too(service: Machine) -> None:
    service.write("/root/token", "a-token-of-the-credential\n")
    service.run("chmod", "600", "/root/token")
    service.write("/etc/docker-run/local.env", f"API_ACCESS_TOKEN_FILE=/run/credentials/{SERVICE}/token\n")
    text = "[Service]\nLoadCredential=token:/root/token\nEnvironmentFile=/etc/docker-run/local.env\n"
    with drop_in(service, SERVICE, text):
        service.run("systemctl", "restart", SERVICE)
        header = "X-Access-Token: a-token-of-the-credential"
        service.run("curl", "-fsS", f"{URL}/version", "-H", header)
    service.run("systemctl", "stop", SERVICE)


def activate(machine: Machine) -> None:
    machine.run("systemctl", "stop", SERVICE)
    machine.run("systemctl", "start", SOCKET)


def test_the_first_caller_of_the_socket_starts_the_service(service: Machine) -> None:
    activate(service)
    assert service.property(SERVICE, "ActiveState") == "inactive"
    assert post_run(service, "echo woken")["stdout"] == "woken\n"
    assert service.property(SERVICE, "ActiveState") == "active"


def test_no_caller_is_refused_while_the_service_restarts_behind_its_socket(service: Machine) -> None:
    activate(service)
    command = service.command(sys.executable, str(KNOCKING), "127.0.0.1", "8088", network_only=True)
    callers = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert callers.stdout is not None
    assert callers.stdout.readline() == "knocking\n"
    for _ in range(3):
        service.run("systemctl", "restart", SERVICE)
    printed, _ = callers.communicate("enough\n", timeout=60)
    counted = json.loads(printed)
    assert counted["refused"] == 0
    assert counted["failed"] == 0
    assert counted["answered"] >= 3


def test_stopping_both_units_stops(service: Machine) -> None:
    activate(service)
    service.run("curl", "-fsS", URL)
    service.run("systemctl", "stop", SOCKET, SERVICE)
    assert service.property(SERVICE, "ActiveState") == "inactive"
    assert service.run("curl", "-sS", URL, check=False).returncode == 7  # connection refused


def test_a_socket_unit_with_two_sockets_is_refused_with_a_sentence(service: Machine) -> None:
    with drop_in(service, SOCKET, "[Socket]\nListenStream=127.0.0.1:8089\n"):
        activate(service)
        assert service.run("systemctl", "start", SERVICE, check=False).returncode != 0
        assert service.property(SERVICE, "ExecMainStatus") == "78"
        assert "2 sockets were passed" in service.journal(SERVICE)
        service.run("systemctl", "stop", SOCKET)
