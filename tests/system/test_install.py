"""docs/install/systemd.md, executed command by command."""

from __future__ import annotations

import re
from pathlib import Path

from documented import commands_of
from machine import Machine
from repository import REPOSITORY

PAGE = REPOSITORY / "docs/install/systemd.md"


def test_the_installation_as_a_service_works_as_written(machine: Machine, package: Path) -> None:
    """docker.io is there already, and its engine is the one of the tests."""
    commands = commands_of(PAGE)
    assert len(commands) == 8
    for block in commands:
        script = block.replace("./docker-run_2.0.0_amd64.deb", f"/packages/{package.name}")
        if "--health" in script or "/run -H" in script:
            machine.shell(
                "for i in $(seq 100); do curl -fso /dev/null 127.0.0.1:8088/readyz && exit; sleep 0.1; done"
            )
        printed = machine.shell(script)
        if "/run -H" in script:
            assert '"stdout":"hello\\n"' in printed
        if "/version" in script:
            assert "apiVersion" in printed
        if "--self-test" in script:
            assert re.findall(r" (?:held|NOT HELD) ", printed) == [" held "] * 30
    assert machine.ask("systemctl", "is-active", "docker-run.service") == "inactive"
