"""What the kernel says about a process."""

from __future__ import annotations

from pathlib import Path


def memory(pid: int, name: str) -> int:
    """A size of a process in KiB, as proc(5) names it."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def is_asleep(pid: int) -> bool:
    return "\nState:\tS" in Path(f"/proc/{pid}/status").read_text()
