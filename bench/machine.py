"""Describes the machine and the versions of a measurement."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bench.engine_calls import Engine


def _first_match(path: str, pattern: str) -> str:
    try:
        found = re.search(pattern, Path(path).read_text(errors="replace"), re.MULTILINE)
    except OSError:
        return ""
    return found[1].strip() if found else ""


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip()
    except OSError:
        return ""


def describe(engine: Engine, binary: Path, command: str) -> dict[str, str]:
    """The properties in the order of the table."""
    version, info = engine.version(), engine.info()
    parts = {part["Name"]: part["Version"] for part in version.get("Components", [])}
    processor = _first_match("/proc/cpuinfo", r"^model name\s*:(.*)") or platform.machine()
    memory = int(_first_match("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0) / 1024 / 1024
    cores = f"{os.cpu_count()} processors"
    return {
        "Date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Command": f"`{command}`",
        "docker-run": _output(str(binary), "--version"),
        "Machine": f"{processor}, {cores}, {memory:.0f} GiB, load before: {os.getloadavg()[0]:.2f}",
        "System": f"{_first_match('/etc/os-release', r'^PRETTY_NAME=(.*)').strip(chr(34))}, "
        f"kernel {platform.release()}, cgroup v{info.get('CgroupVersion', '?')}",
        "Engine": f"{version['Version']}, API {version['ApiVersion']}, {info.get('Driver')}, "
        + ", ".join(f"{name} {parts[name]}" for name in ("containerd", "runc") if name in parts),
        "Runtimes": ", ".join(sorted(name for name in info.get("Runtimes", {}) if "." not in name)),
        "docker CLI": _output("docker", "--version").removeprefix("Docker version "),
    }
