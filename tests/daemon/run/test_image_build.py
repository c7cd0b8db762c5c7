"""images/build finds or builds the runner that it puts into images; docker and cmake are scripts here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import REPOSITORY

DOCKER = """
case $1 in
    stats) echo '10MiB / 1GiB' ;;
    build)
        for context; do :; done
        [ "$context" != - ] || exec cat > "$TOOLS/label"
        cp "$context/code_runner" "$TOOLS/in-the-image"
        ;;
    *) echo container ;;
esac
"""
CMAKE = """
echo "$@" >> "$TOOLS/cmake.log"
[ "$1" = --build ] || exit 0
mkdir -p "$2/code_runner"
echo built > "$2/code_runner/code_runner"
chmod +x "$2/code_runner/code_runner"
"""


class Tree:
    """A copy of the sources that images/build needs, and tools that note what they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "share/docker-run"
        self.tools = folder / "tools"
        self.tools.mkdir()
        shutil.copytree(REPOSITORY / "images", self.folder / "images")
        for name, text in {"docker": DOCKER, "cmake": CMAKE, "sleep": ""}.items():
            self.write_program(self.tools / name, f"#!/bin/sh\n{text}")

    def add_sources(self) -> None:
        (self.folder / "scripts").mkdir()
        shutil.copy(REPOSITORY / "scripts/common.sh", self.folder / "scripts")
        shutil.copytree(REPOSITORY / "code_runner", self.folder / "code_runner")

    @staticmethod
    def write_program(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def build(self, **variables: str) -> str:
        """What is in the image then."""
        environment = os.environ | {"PATH": f"{self.tools}:{os.environ['PATH']}", "TOOLS": str(self.tools)}
        environment.pop("CODE_RUNNER", None)
        done = subprocess.run(
            [self.folder / "images/build", "bash"],
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return (self.tools / "in-the-image").read_text()

    def builds(self) -> int:
        """How often the runner was built."""
        log = self.tools / "cmake.log"
        return log.read_text().count("--target code_runner") if log.exists() else 0


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_missing_runner_is_built(tree: Tree) -> None:
    tree.add_sources()
    assert tree.build() == "built\n"
    assert tree.builds() == 1


def test_a_runner_is_built_again_when_its_sources_are_newer(tree: Tree) -> None:
    tree.add_sources()
    tree.build()
    tree.build()
    assert tree.builds() == 1
    os.utime(tree.folder / "code_runner/src/main.cpp", (2**32, 2**32))
    tree.build()
    assert tree.builds() == 2


def test_a_runner_that_is_named_is_taken_as_it_is(tree: Tree, tmp_path: Path) -> None:
    tree.add_sources()
    tree.write_program(tmp_path / "runner", "named\n")
    assert tree.build(CODE_RUNNER=str(tmp_path / "runner")) == "named\n"
    assert tree.builds() == 0


def test_an_installed_package_brings_its_runner(tree: Tree, tmp_path: Path) -> None:
    tree.write_program(tmp_path / "lib/docker-run/code_runner", "installed\n")
    assert tree.build() == "installed\n"
