"""deploy/swarm and deploy/haproxy: what can be said of them without a swarm; tests/scale runs them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from daemon_process import shipped_settings

REPOSITORY = Path(__file__).resolve().parents[2]
PROXY = REPOSITORY / "deploy/haproxy/haproxy.cfg"
STACK = yaml.safe_load((REPOSITORY / "deploy/swarm/stack.yml").read_text())
DAEMON = STACK["services"]["daemon"]
SETTINGS = shipped_settings() | DAEMON["environment"]


def proxy_option(name: str) -> str:
    found = re.search(rf"\b{name} (\w+)", re.search(r"^ *default-server .*$", PROXY.read_text(), re.M)[0])
    assert found, name
    return found[1]


def test_haproxy_accepts_its_configuration_without_a_warning() -> None:
    done = subprocess.run(["haproxy", "-c", "-f", PROXY], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr, done.stderr


def test_the_proxy_sends_a_daemon_as_many_runs_as_it_has_workers() -> None:
    assert proxy_option("maxconn") == SETTINGS["SERVER_WORKER_THREADS"]


def test_the_proxy_notices_a_draining_daemon_while_it_still_serves() -> None:
    noticed = int(proxy_option("fall")) * int(proxy_option("inter").removesuffix("ms"))
    assert 2 * noticed <= 1000 * int(SETTINGS["SERVER_DRAIN_DELAY"])


def test_a_task_may_stop_for_as_long_as_its_daemon_does() -> None:
    stop_timeout = int(SETTINGS["RUN_MAX_EXECUTION_TIME"]) + 15
    wanted = int(SETTINGS["SERVER_DRAIN_DELAY"]) + stop_timeout + 10
    assert int(DAEMON["stop_grace_period"].removesuffix("s")) >= wanted
