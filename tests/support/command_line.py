"""The daemon's binary, called from the command line."""

from __future__ import annotations

import subprocess

from daemon_process import MakeDaemon, free_port
from fake_engine import FakeEngine

CONFIGURATION_FAULT = 78  # EX_CONFIG of sysexits.h


class CommandLine:
    """Calls the daemon's binary with the tests' settings and the changes of a test."""

    def __init__(self, make_daemon: MakeDaemon, engine: FakeEngine) -> None:
        self._make_daemon = make_daemon
        self._engine = engine

    def __call__(self, *arguments: str, **overrides: str | None) -> subprocess.CompletedProcess[str]:
        overrides.setdefault("SERVER_LISTEN_PORT", str(free_port()))
        daemon = self._make_daemon(self._engine, start=False, **overrides)
        daemon.expect_end = True
        command = [daemon.binary, *arguments]
        environment = daemon.process_environment()
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, cwd=daemon.folder
        )
