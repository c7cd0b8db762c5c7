"""What the README says is true."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

from daemon_process import MakeDaemon
from documented import is_json_as_printed
from real_engine import RealEngine
from repository import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_the_curl_line_is_answered_as_printed(
    make_daemon: MakeDaemon, images: RealEngine, tmp_path: Path
) -> None:
    example = re.search(r"```sh\n(curl .*?)```\n\n```json\n(.*?)\n```", README, re.DOTALL)
    assert example
    command, printed = example.groups()
    daemon = make_daemon(images, DOCKER_CONTAINER_USER="glot")
    header = tmp_path / ".local/state/docker-run/token.header"
    header.parent.mkdir(parents=True)
    header.write_text(f"X-Access-Token: {daemon.token}\n")
    done = subprocess.run(
        ["bash", "-c", command.replace("http://127.0.0.1:8088", daemon.url)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    )
    measured = re.sub(r'"(duration|cpuTime|maxMemory)":\d+', r'"\1":…', printed)
    assert is_json_as_printed(measured, done.stdout), done.stdout


def assert_each_row_names_tests_that_exist(text: str) -> None:
    tests = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py"))
    lines = text.splitlines()
    bodies = [line for line, below in itertools.pairwise([*lines, ""]) if not below.startswith("|---")]
    rows = [line for line in bodies if line.startswith("| ")]
    assert rows
    for row in rows:
        names = re.findall(r"`(test_\w+)`", row)
        assert names, row
        assert [name for name in names if f"def {name}(" not in tests] == []


def test_every_promise_names_tests_that_exist() -> None:
    assert_each_row_names_tests_that_exist(README.partition("## Promises")[2].partition("\n## ")[0])


def test_every_test_that_the_page_on_security_names_exists() -> None:
    page = (REPOSITORY / "docs/security.md").read_text()
    assert_each_row_names_tests_that_exist(page.partition("\n## What is not protected\n")[0])
    tests = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py"))
    assert [name for name in re.findall(r"`(test_\w+)`", page) if f"def {name}(" not in tests] == []


def test_every_link_leads_somewhere() -> None:
    pages = [*REPOSITORY.glob("*.md"), REPOSITORY / "api_docs/run.md", *(REPOSITORY / "docs").rglob("*.md")]
    for document in pages:
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
        assert [link for link in links if not (document.parent / link).exists()] == [], document
