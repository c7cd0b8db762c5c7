"""docs/policy.schema.json says of a policy what the daemon says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from jsonschema import Draft202012Validator
from repository import REPOSITORY

DOCS = REPOSITORY / "docs"
SCHEMA = json.loads((DOCS / "policy.schema.json").read_text())
INTERACTIVE = ("RUN_INTERACTIVE_TIME", "RUN_INTERACTIVE_IDLE_TIME")
JSON_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}


def one(**members: Any) -> dict[str, Any]:
    return {"images": [{"match": ["x"]} | members]}


def properties_of_the_table(binary: Path) -> dict[str, Any]:
    """What the table of settings demands of those that a rule may set."""
    command = [binary, "--print-settings", "markdown"]
    table = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    properties: dict[str, Any] = {}
    for line in table.splitlines():
        name, kind, _, rule, _, meaning = (cell.strip(" `") for cell in line.split("|")[1:-1])
        if not name.startswith(("DOCKER_CONTAINER_", "RUN_MAX_")) and name not in INTERACTIVE:
            continue
        entry: dict[str, Any] = {"type": JSON_TYPES.get(kind, "string"), "description": meaning}
        if kind in ("integer", "number"):
            bounds = [float(number) for number in re.findall(r"[0-9.]+", rule)]
            entry |= dict(zip(("minimum", "maximum"), bounds, strict=False))
        elif entry["type"] == "string":
            entry["minLength"] = 1
        properties[name] = entry
    return properties


def test_the_schema_has_every_setting_of_the_table_with_its_type_and_range(binary: Path) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    rule = SCHEMA["properties"]["images"]["items"]
    assert rule["properties"]["settings"]["properties"] == properties_of_the_table(binary)


@pytest.mark.parametrize(
    ("policy", "valid"),
    [
        (json.loads((DOCS / "policy.json").read_text()), True),
        ({"images": []}, True),
        (one(stock=False, settings={}), True),
        ({}, False),
        ({"images": {}}, False),
        ({"images": [], "version": 1}, False),
        ({"images": [{}]}, False),
        (one(match=[]), False),
        (one(match="x"), False),
        (one(match=[1]), False),
        (one(stock="yes"), False),
        (one(memory=1), False),
        (one(settings=[]), False),
        (one(settings={"SERVER_LISTEN_PORT": 1}), False),
        (one(settings={"DOCKER_CONTAINER_MEMORY": "33554432"}), False),
        (one(settings={"DOCKER_CONTAINER_MEMORY": 6291455}), False),
        (one(settings={"DOCKER_CONTAINER_NETWORK_DISABLED": "true"}), False),
        (one(settings={"DOCKER_CONTAINER_RUNTIME": ""}), False),
        (one(settings={"RUN_MAX_OUTPUT_SIZE": 1.5}), False),
    ],
    ids=json.dumps,
)
def test_schema_and_daemon_take_the_same_policies(
    binary: Path,
    make_daemon: MakeDaemon,
    fake_engine: FakeEngine,
    tmp_path: Path,
    policy: dict[str, Any],
    valid: bool,
) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(policy))
    daemon = make_daemon(fake_engine, start=False, RUN_POLICY_FILE=str(path))
    daemon.expect_end = True
    environment = daemon.env | {"SERVER_LISTEN_PORT": "1"}
    done = subprocess.run([binary, "--check-config"], env=environment, capture_output=True, timeout=20)
    assert done.returncode == (0 if valid else 78), done.stderr
    assert Draft202012Validator(SCHEMA).is_valid(policy) == valid
