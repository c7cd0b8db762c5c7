"""A token file that is wrong stops the start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from daemon_process import MakeDaemon
from fake_engine import FakeEngine


@pytest.mark.parametrize(
    "line", ["t name=n runs=0", "t runs=1", "t name=n size=1", "t name=a b", "a\nt name=n\nu name=n runs=1"]
)
def test_a_line_that_is_wrong_stops_the_start_and_shows_no_token(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, line: str, binary: Path, tmp_path: Path
) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(line.replace("t ", "geheim ", 1) if line[0] == "t" else line)
    daemon = make_daemon(fake_engine, start=False, API_ACCESS_TOKEN=None, API_ACCESS_TOKEN_FILE=str(tokens))
    daemon.expect_end = True
    done = subprocess.run(
        [binary, "--check-config"],
        env=daemon.process_environment() | {"SERVER_LISTEN_PORT": "1"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 78
    assert f'"{tokens}": line ' in done.stderr
    assert "geheim" not in done.stderr
