"""Who gets the processor first: everything but the programs, and the daemon alone only where it is set so."""

from __future__ import annotations

import os
import re
from pathlib import Path

from daemon_process import Daemon, MakeDaemon, shipped_settings
from fake_engine import FakeEngine
from repository import REPOSITORY

ENVIRONMENT = REPOSITORY / "systemd/docker-run.env"


def policies(daemon: Daemon) -> list[int]:
    """Of its threads; the first one's first."""
    threads = sorted(int(thread.name) for thread in Path(f"/proc/{daemon.pid}/task").iterdir())
    return [os.sched_getscheduler(thread) for thread in threads]


def the_kernel_gives_this_cgroup_real_time() -> bool:
    child = os.fork()
    if child == 0:
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        except PermissionError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def test_what_callers_wait_for_has_real_time_priority_where_it_is_set(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Every thread but the one that writes the log. Where the kernel refuses, the log says so."""
    daemon = make_daemon(fake_engine, SERVER_REALTIME="true")
    found = policies(daemon)
    if the_kernel_gives_this_cgroup_real_time():
        serving = min(int(daemon.env["SERVER_WORKER_THREADS"]), len(os.sched_getaffinity(0)))
        assert found[0] == os.SCHED_RR
        assert found.count(os.SCHED_RR) == serving
        assert found.count(os.SCHED_OTHER) == len(found) - serving > 0
    else:
        assert set(found) == {os.SCHED_OTHER}
        daemon.wait_for_log("realtime.refused")
    assert daemon.run("test/echo").status_code == 200


def test_without_the_setting_the_priority_stays_as_it_was(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    assert set(policies(make_daemon(fake_engine))) == {os.SCHED_OTHER}


def test_what_is_shipped_runs_as_an_ordinary_process() -> None:
    """T5: real-time priority handed 95 % of the CPUs to whoever sent `GET /`."""
    assert "SERVER_REALTIME" not in shipped_settings()
    for path in ("systemd/docker-run.service", "deploy/swarm/stack.yml", "Dockerfile", "scripts/start"):
        text = (REPOSITORY / path).read_text()
        privileges = r"^\s*(LimitRTPRIO|Nice|CPUWeight|CPUSchedulingPolicy|SERVER_REALTIME|ulimits?)\b"
        assert not re.search(privileges, text, re.MULTILINE), path


def test_what_is_shipped_puts_the_programs_last() -> None:
    settings = dict(re.findall(r"^(\w+)=(.*)$", ENVIRONMENT.read_text(), re.MULTILINE))
    parent = settings["DOCKER_CONTAINER_CGROUP_PARENT"]
    unit = (REPOSITORY / "systemd" / parent).read_text()
    assert re.findall(r"^CPUWeight=(.*)$", unit, re.MULTILINE) == ["1", "idle"]
    service = (REPOSITORY / "systemd/docker-run.service").read_text()
    assert parent in re.search(r"^Wants=(.*)$", service, re.MULTILINE)[1].split()
