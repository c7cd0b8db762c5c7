"""api_docs/openapi.yaml and the daemon say the same.

Besides what is tested here, every answer that any test gets by Daemon.request is judged by contract.check.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contract
import pytest
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from openapi_spec_validator import validate
from repository import REPOSITORY

SOURCES = "\n".join(path.read_text() for path in sorted((REPOSITORY / "src").rglob("*.cpp")))


def responses() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every response of every operation and of no operation, with its status."""
    for operations in contract.document()["paths"].values():
        for operation in operations.values():
            yield from operation["responses"].items()
    for status, name in [*contract.ROUTING.items(), *contract.WEBSOCKET.items()]:
        yield status, contract.document()["components"]["responses"][name]


def error_codes(schema: dict[str, Any]) -> set[str]:
    """What `error` may be in a body of that schema."""
    error = schema.get("properties", {}).get("error", {})
    found = set(error.get("enum", [])) | ({error["const"]} if "const" in error else set())
    return found.union(*(error_codes(part) for part in schema.get("allOf", [])))


def documented_errors() -> set[tuple[str, str]]:
    return {
        (code, status)
        for status, response in responses()
        for content in response.get("content", {}).values()
        for code in error_codes(content["schema"])
    }


def test_the_document_is_valid_openapi() -> None:
    raw = contract.yaml.safe_load(contract.DOCUMENT.read_text())
    assert raw["openapi"].startswith("3.1.")
    validate(raw)


def test_the_documented_routes_are_those_of_the_daemon(daemon: Daemon) -> None:
    routes = re.findall(r'return \{\.path = "(/[^"]*)",(.*?)\};\n\}', SOURCES, re.DOTALL)
    assert routes
    paths = contract.document()["paths"]
    assert {path for path, _ in routes} == set(paths)
    for path, definition in routes:
        verbs = set(re.findall(r"\{verb::(\w+),", definition))
        assert set(paths[path]) == verbs | ({"head"} if "get" in verbs else set()), path
        for operation in paths[path].values():
            assert (operation.get("security") == []) == ("token_policy::open" in definition), path
    assert contract.document()["info"]["version"] == daemon.request("GET", "/").json()["version"]


def test_the_documented_errors_are_those_of_the_sources_and_of_the_manual() -> None:
    families = r"docker\.(?!io\b)|(?:coderunner|limits|server|request|route|method)\."
    literals = set(re.findall(rf'"((?:{families})[a-z_.]+|internal|access_token)"', SOURCES))
    assert {code for code, _ in documented_errors()} == literals
    manual = (REPOSITORY / "api_docs/run.md").read_text()
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\d{3}(?:, \d{3})*)", manual, re.MULTILINE)
    in_manual = {(code, status) for code, statuses in rows for status in statuses.split(", ")}
    assert documented_errors() == in_manual


def test_every_header_that_the_daemon_sets_is_documented() -> None:
    patterns = [r'fields\.emplace_back\("([\w-]+)"', r'append_field\(head, "([\w-]+)"']
    sent = {name.lower() for pattern in patterns for name in re.findall(pattern, SOURCES)}
    documented = {name.lower() for _, response in responses() for name in response["headers"]}
    assert sent == documented | contract.HTTP_HEADERS


@pytest.mark.timeout(600)
def test_requests_made_from_the_document_get_documented_answers(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, tmp_path: Path, full: bool
) -> None:
    """Not among the checks: that there is no 500, which an engine may cause; that valid requests succeed,
    since nearly every image is one that the engine does not have; that any other method is a 405, since HTTP
    does not know some of them, which is a 501."""
    daemon = make_daemon(fake_engine)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            "--no-color",
            "run",
            str(contract.DOCUMENT),
            f"--url={daemon.url}",
            f"--header=X-Access-Token: {daemon.token}",
            "--exclude-checks=not_a_server_error,positive_data_acceptance,unsupported_method",
            "--phases=examples,coverage,fuzzing",
            f"--max-examples={300 if full else 25}",
            "--request-timeout=10",
            "--continue-on-failure",
            "--generation-database=none",
            "--warnings=off",
            *([] if full else ["--seed=1"]),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested, done.stdout
    assert int(tested[1]) == sum(len(operations) for operations in contract.document()["paths"].values())
