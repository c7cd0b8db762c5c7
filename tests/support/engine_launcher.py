#!/usr/bin/env python3
"""A throw-away engine (engine_kinds.py): with its own images, socket and containerd, nothing of the host's.

It runs in a private mount namespace without /sys/fs/cgroup/unified: crun refuses a hybrid cgroup
set-up, and every mount of the engine disappears with it. The namespace is held by a small process of its
own, so that an engine that was killed can be started again among the mounts of its containers.

    python3 tests/support/engine_launcher.py FOLDER   starts one, prints its socket when it answers, and
                                                      stops it on SIGTERM
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parent))
from engine_kinds import DEFAULT, KINDS, Places
from processes import children_of, kill_process, kill_with_children, processes_naming
from waiting import wait_until

START_TIMEOUT = 60.0  # seconds; a dockerd that finds containers of a killed one needs ten of them
STOP_TIMEOUT = 30.0


class EngineProcess:
    """One engine. `folder` holds everything it writes; images in it are kept for the next start.

    Raises BlockingIOError if another engine runs in `folder`."""

    namespaces: ClassVar = ["-m"]  # the engine's own ones, as unshare(1) and nsenter(1) name them

    def __init__(self, folder: Path, kind: str = DEFAULT) -> None:
        self.kind = KINDS[kind]
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise
        # Short, because the path of a unix socket has at most 107 characters.
        self.run_folder = Path(tempfile.mkdtemp(prefix="docker-run-engine-"))
        self.socket = str(self.run_folder / "docker.sock")
        self.log_path = self.folder / "engine.log"
        self._places = Places(self.folder, self.run_folder, self.socket)
        self._namespace: subprocess.Popen[bytes] | None = None
        self._engine: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._engine is not None
        return self._engine.pid

    def start(self) -> EngineProcess:
        if self._namespace is None:
            self._remove_leftovers()
            self._namespace = self._hold_namespace()
        # With the root of the holder process: in a chroot, the root of its namespace is another one.
        enter = ["nsenter", "-t", str(self._namespace.pid), *self.namespaces, "--root", "--wd=/"]
        command = [*enter, *self.kind.command(self._places)]
        with self.log_path.open("ab") as log:
            self._engine = subprocess.Popen(
                command,
                env=self.kind.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, START_TIMEOUT, f"the engine answers, see {self.log_path}", interval=0.05)
        return self

    def stop(self) -> None:
        """Ends the engine and its containers and removes its run folder. Safe to call twice."""
        if self._engine is not None and self._engine.poll() is None:
            self._engine.send_signal(signal.SIGCONT)
            self._engine.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._engine.wait(STOP_TIMEOUT)
        self.kill()
        self._remove_leftovers()
        if self._namespace is not None:
            self._namespace.kill()
            self._namespace.wait()
            self._namespace = None
        shutil.rmtree(self.run_folder, ignore_errors=True)
        self._lock.close()

    def kill(self) -> None:
        """Sends SIGKILL. The containers continue without the engine; `start` brings it back."""
        if self._engine is None:
            return
        for pid in children_of(self.pid):
            kill_process(pid)
        self._engine.kill()
        self._engine.wait()
        # A new dockerd waits ten seconds for a containerd whose pid file names a zombie.
        for name in ("dockerd.pid", "exec/containerd/containerd.pid"):
            (self.run_folder / name).unlink(missing_ok=True)

    def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def containerd_pid(self) -> int:
        return next(
            pid
            for pid in children_of(self.pid)
            if Path(f"/proc/{pid}/comm").read_text().strip() == "containerd"
        )

    def _hold_namespace(self) -> subprocess.Popen[bytes]:
        steps = [
            "umount /sys/fs/cgroup/unified 2>/dev/null || true",
            *self.kind.mounts(self._places),
            "echo",
            "exec cat",
        ]
        holder = subprocess.Popen(
            ["unshare", *self.namespaces, "--propagation", "private", "sh", "-c", " && ".join(steps)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert holder.stdout is not None
        if not holder.stdout.readline():
            raise RuntimeError("no private mount namespace: this needs root")
        return holder

    def _answers(self) -> bool:
        assert self._engine is not None
        if self._engine.poll() is not None:
            tail = self.log_path.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"the engine ended with {self._engine.returncode}:\n{tail}")
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.settimeout(2)
            probe.connect(self.socket)
            probe.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return b" 200 " in probe.recv(64)
        return False

    def _remove_leftovers(self) -> None:
        """Removes everything that a killed engine left in this folder: shims, their containers, mounts, its
        run folder."""
        note = self.folder / "run-folder"
        earlier = Path(note.read_text()) if note.exists() else self.run_folder
        for pid in [*processes_naming(earlier), *processes_naming(self.folder)]:
            kill_with_children(pid)
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in sorted(mounts, reverse=True):
            if mount.startswith((f"{self.folder}/", f"{earlier}/")):
                subprocess.run(["umount", "-l", mount], check=False)
        if earlier != self.run_folder:
            shutil.rmtree(earlier, ignore_errors=True)
        note.write_text(str(self.run_folder))


def first_free(parent: Path, kind: str = DEFAULT) -> EngineProcess:
    """An engine in the first folder below `parent` that no other engine uses."""
    for number in range(16):
        with contextlib.suppress(BlockingIOError):
            return EngineProcess(parent / f"{KINDS[kind].store}-{number}", kind)
    raise RuntimeError(f"16 engines run in {parent}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="holds everything the engine writes")
    parser.add_argument("--kind", choices=KINDS, default=DEFAULT)
    parser.add_argument("--until-stdin-ends", action="store_true", help="stops the engine then, too")
    parser.add_argument("--owner", type=int, default=os.getuid(), help="uid that may use the socket")
    arguments = parser.parse_args()
    engine = EngineProcess(arguments.folder, arguments.kind)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        started = time.monotonic()
        engine.start()
        os.chown(engine.socket, arguments.owner, -1)
        os.chown(engine.run_folder, arguments.owner, -1)
        print(f"{engine.socket}", flush=True)
        print(f"engine up after {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
        while not signal.sigtimedwait({signal.SIGTERM, signal.SIGINT}, 0.2):
            if arguments.until_stdin_ends and select.select([sys.stdin], [], [], 0)[0]:
                break
    finally:
        engine.stop()


if __name__ == "__main__":
    main()
