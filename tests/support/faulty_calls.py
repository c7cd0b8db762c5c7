"""Makes system calls of a program fail for a while: compiles and preloads faulty_calls.c."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).with_name("faulty_calls.c")
CALLS = {"socket": 1, "connect": 2, "accept": 3, "epoll_ctl": 4, "recv": 5, "send": 6, "ioctl": 7}
WISH = struct.Struct("=4i")
# A sanitizer requires to be the first library.
SANITIZER = "detect_leaks=1:quarantine_size_mb=16:verify_asan_link_order=0"


class FaultyCalls:
    """Makes calls fail in a program whose environment contains `settings`."""

    def __init__(self, folder: Path) -> None:
        library, path = folder / "faulty_calls.so", folder / "wish"
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"], check=True
        )
        path.write_bytes(bytes(WISH.size))
        descriptor = os.open(path, os.O_RDWR)
        try:
            self._memory = mmap.mmap(descriptor, WISH.size)
        finally:
            os.close(descriptor)
        self.settings = {
            "LD_PRELOAD": str(library),
            "FAULTY_CALLS": str(path),
            "ASAN_OPTIONS": SANITIZER,
        }

    @contextmanager
    def failing(self, call: str, error: int, every: int = 1) -> Iterator[None]:
        """Each `every`-th `call` fails with `error`. At least one call must fail."""
        self._memory[: WISH.size] = WISH.pack(CALLS[call], error, every, 0)
        try:
            yield
            failed = WISH.unpack(self._memory[: WISH.size])[3]
        finally:
            self._memory[: WISH.size] = WISH.pack(0, 0, 0, 0)
        assert failed > 0, f"no {call} was tried"
