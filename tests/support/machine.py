"""A small Debian with systemd as its init, in a container of systemd-nspawn with a network of its own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from waiting import wait_until

# docker.io for its client and its group. Its daemon stays off, because the engine is the tests' own.
PACKAGES = ["systemd-sysv", "curl", "ca-certificates", "docker.io"]
BOOT_TIMEOUT = 60.0
STOP_TIMEOUT = 30.0


def dependencies_of(package: Path) -> list[str]:
    """The packages that a .deb depends on. Of alternatives it takes the first."""
    field = output_of("dpkg-deb", "--field", str(package), "Depends")
    real = providers_of_virtual_packages()
    names = [dependency.split()[0] for dependency in field.split(",")]
    return [real.get(name, name) for name in names]


def providers_of_virtual_packages() -> dict[str, str]:
    """Virtual package → the installed package that provides it, because debootstrap only knows real ones."""
    installed = output_of("dpkg-query", "--show", "--showformat=${Package}\t${Provides}\n")
    provided = (line.split("\t") for line in installed.splitlines())
    return {name.split()[0]: package for package, names in provided for name in names.split(", ") if name}


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def root_file_system(cache: Path, dependencies: list[str]) -> Path:
    """Makes it with debootstrap once and keeps it. It is read-only for every machine. The machines have no
    network, so it contains the dependencies of packages that are installed later."""
    packages = ",".join(sorted({*PACKAGES, *dependencies}))
    folder = cache / hashlib.sha256(packages.encode()).hexdigest()[:16]
    if not folder.exists():
        shutil.rmtree(cache, ignore_errors=True)
        unfinished = cache / "unfinished"
        unfinished.mkdir(parents=True)
        command = ["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", unfinished]
        subprocess.run(command, check=True, timeout=900, capture_output=True)
        units = ["docker.service", "docker.socket", "containerd.service"]
        command = ["systemctl", f"--root={unfinished}", "mask", *units]
        subprocess.run(command, check=True, timeout=60, capture_output=True)
        unfinished.rename(folder)
    return folder


class Machine:
    """A booted system. Its changes are lost when it ends. `binds` maps paths of the host to paths in it."""

    def __init__(self, root: Path, log: Path, binds: dict[str, str]) -> None:
        self.log_path = log
        options = [f"--bind={source}:{target}" for source, target in binds.items()]
        with log.open("ab") as output:
            self._nspawn = subprocess.Popen(
                [
                    "systemd-nspawn",
                    "--boot",
                    "--register=no",
                    "--keep-unit",
                    "--private-network",
                    "--volatile=overlay",
                    "--console=pipe",
                    f"--directory={root}",
                    f"--machine=docker-run-{os.getpid()}",
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def boot(self) -> Machine:
        wait_until(self._is_up, BOOT_TIMEOUT, f"the machine is up, see {self.log_path}", interval=0.1)
        return self

    @property
    def leader(self) -> int:
        """The pid of its init as the host sees it; 0 while there is none."""
        with contextlib.suppress(OSError, ValueError):
            children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text()
            return int(children.split()[0]) if children else 0
        return 0

    def _is_up(self) -> bool:
        assert self._nspawn.poll() is None, self.log_path.read_text(errors="replace")[-2000:]
        if not self.leader:
            return False
        return self.ask("systemctl", "is-system-running") in ("running", "degraded")

    def command(self, *command: str, network_only: bool = False) -> list[str]:
        """The command line that runs `command` in the machine, or only in its network."""
        namespaces = ["-n"] if network_only else ["-m", "-u", "-i", "-n", "-p", "--root", "--wd"]
        environment = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root"]
        prefix = [] if network_only else environment
        return ["nsenter", f"--target={self.leader}", *namespaces, "--", *prefix, *command]

    def run(
        self, *command: str, check: bool = True, input: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*command), input=input, capture_output=True, text=True, timeout=timeout
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def ask(self, *command: str) -> str:
        """The output of a command, with any exit status."""
        return self.run(*command, check=False).stdout.strip()

    def shell(self, script: str, check: bool = True, timeout: float = 120) -> str:
        return self.run("bash", "-euo", "pipefail", "-c", script, check=check, timeout=timeout).stdout.strip()

    def write(self, path: str, text: str) -> None:
        self.run("bash", "-c", 'mkdir -p "$(dirname "$0")" && cat >"$0"', path, input=text)

    def read(self, path: str) -> str:
        return self.run("cat", path).stdout

    def property(self, unit: str, name: str) -> str:
        """A property of a unit, in the words of systemctl show."""
        return self.ask("systemctl", "show", "--value", f"--property={name}", unit)

    def journal(self, unit: str) -> str:
        return self.ask("journalctl", "--no-pager", "-o", "cat", "-u", unit)

    def stop(self) -> None:
        if self._nspawn.poll() is None and self.leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.leader, signal.SIGRTMIN + 4)  # power off, systemd(1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._nspawn.wait(STOP_TIMEOUT)
        self._nspawn.kill()
        self._nspawn.wait()
