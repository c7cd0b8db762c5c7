"""docs/install/crun.md and gvisor.md, executed command by command, and what they say of the walls."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_process import ENVIRONMENT_FILE, free_port
from documented import commands_of
from engine_kinds import RUNTIMES
from real_engine import RealEngine
from repository import REPOSITORY


def installed_settings(folder: Path, engine: RealEngine) -> Path:
    """The shipped settings, for a daemon beside others."""
    settings = folder / "docker-run.env"
    text = ENVIRONMENT_FILE.read_text().replace("/var/run/docker.sock", engine.socket)
    text = re.sub(r"(?m)^API_ACCESS_TOKEN_FILE=.*", "API_ACCESS_TOKEN=token", text)
    text = re.sub(r"(?m)^RUN_MAX_EXECUTION_TIME=.*", "RUN_MAX_EXECUTION_TIME=8", text)
    text = re.sub(r"(?m)^SERVER_STATE_DIRECTORY=.*\n", "", text)
    text = text.replace("/etc/docker-run/policy.json", str(ENVIRONMENT_FILE.parent / "policy.json"))
    settings.write_text(text.replace("SERVER_LISTEN_PORT=8088", f"SERVER_LISTEN_PORT={free_port()}"))
    return settings


@pytest.fixture
def install(images: RealEngine, binary: Path, tmp_path: Path) -> Callable[[str, str], str]:
    """Runs the commands of a page that installs a runtime, and returns what they print. The tests' engine has
    the runtime that the page configures; nothing of the host's is restarted."""
    changes = {
        "/etc/docker-run/docker-run.env": str(installed_settings(tmp_path, images)),
        "/etc/docker/daemon.json": str(tmp_path / "daemon.json"),
        "systemctl ": "true ",
        "docker-run --env-file": f"{binary} --env-file",
        "apt-get install": "apt-get install --no-upgrade",
    }

    def run(page: str, runtime: str) -> str:
        commands = commands_of(REPOSITORY / "docs/install" / page)
        assert len(commands) == 4
        printed = ""
        for script in commands:
            for old, new in changes.items():
                script = script.replace(old, new)
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                env={"PATH": os.environ["PATH"]},
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, script + done.stdout + done.stderr
            printed += done.stdout
        configured = json.loads((tmp_path / "daemon.json").read_text())
        assert configured == {"runtimes": {runtime: RUNTIMES[runtime]}}
        assert re.search(rf"^runtime .* {runtime} .* enforced$", printed, re.MULTILINE)
        return printed

    return run


def test_the_installation_of_crun_works_as_written(install: Callable[[str, str], str]) -> None:
    printed = install("crun.md", "crun")
    assert re.findall(r" (?:held|NOT HELD) ", printed) == [" held "] * 30
    assert "DOCKER_CONTAINER_RUNTIME=crun selects it" not in printed


def test_the_installation_of_gvisor_works_as_written(install: Callable[[str, str], str]) -> None:
    printed = install("gvisor.md", "runsc")
    said = "fork bomb           held      coderunner.stdout.decode  the limit ended its whole container"
    assert said in printed
    assert re.search(r"^crowd of files +held .* no limit of files ended it", printed, re.MULTILINE), printed
    assert re.search(r"^CPU hog +held .* NOTE: not tried", printed, re.MULTILINE), printed
    assert re.search(r"^privileges +held .* NOTE: /proc says nothing of NoNewPrivs", printed, re.MULTILINE)
