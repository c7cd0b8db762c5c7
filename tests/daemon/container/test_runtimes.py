"""docs/install/gvisor.md, executed command by command, and what it says of the walls with gVisor."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from daemon_process import ENVIRONMENT_FILE, free_port
from documented import commands_of
from engine_kinds import RUNTIMES
from real_engine import RealEngine
from repository import REPOSITORY

PAGE = REPOSITORY / "docs/install/gvisor.md"


def test_the_installation_of_gvisor_works_as_written(
    images: RealEngine, binary: Path, tmp_path: Path
) -> None:
    """The tests' engine has the runtime that the page configures; nothing of the host's is restarted."""
    settings = tmp_path / "docker-run.env"
    text = ENVIRONMENT_FILE.read_text().replace("/var/run/docker.sock", images.socket)
    text = re.sub(r"(?m)^API_ACCESS_TOKEN_FILE=.*", "API_ACCESS_TOKEN=token", text)
    text = re.sub(r"(?m)^RUN_MAX_EXECUTION_TIME=.*", "RUN_MAX_EXECUTION_TIME=8", text)
    text = re.sub(r"(?m)^SERVER_STATE_DIRECTORY=.*\n", "", text)
    text = text.replace("/etc/docker-run/policy.json", str(ENVIRONMENT_FILE.parent / "policy.json"))
    settings.write_text(text.replace("SERVER_LISTEN_PORT=8088", f"SERVER_LISTEN_PORT={free_port()}"))
    changes = {
        "/etc/docker-run/docker-run.env": str(settings),
        "/etc/docker/daemon.json": str(tmp_path / "daemon.json"),
        "systemctl ": "true ",
        "docker-run --env-file": f"{binary} --env-file",
        "apt-get install": "apt-get install --no-upgrade",
    }
    commands = commands_of(PAGE)
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
    assert json.loads((tmp_path / "daemon.json").read_text()) == {"runtimes": {"runsc": RUNTIMES["runsc"]}}
    assert re.search(r"^runtime .* runsc .* enforced$", printed, re.MULTILINE)
    said = "fork bomb           held      coderunner.stdout.decode  the limit ended its whole container"
    assert said in printed
    assert re.search(r"^crowd of files +held .* no limit of files ended it", printed, re.MULTILINE), printed
    assert re.search(r"^CPU hog +held .* NOTE: not tried", printed, re.MULTILINE), printed
    assert re.search(r"^privileges +held .* NOTE: /proc says nothing of NoNewPrivs", printed, re.MULTILINE)
