"""Which programs were started, told by the programs themselves."""

from __future__ import annotations

import collections
import json
import os
import threading
from pathlib import Path

from waiting import wait_until

# A FIFO can be written through a mount that is read-only, and a line this short arrives whole.
PROGRAM = """\
read -r run
[ "$run" ] || exit
echo "$run" >/starts/fifo
seconds=${run##*:}
sleep "${seconds%\\}}"
echo "$run"
"""


class Starts:
    """A FIFO in `folder` into which each program writes its payload first; mounted into containers as
    /starts. A payload is {"id": text, "seconds": how long it runs}."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o755)
        path = folder / "fifo"
        os.mkfifo(path)
        path.chmod(0o666)
        # Open for writing too, so that it neither ends nor makes a program wait.
        self._descriptor = os.open(path, os.O_RDWR)
        self._counts: collections.Counter[str] = collections.Counter()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.write(self._descriptor, b'{"id": "the end"}\n')
        self._thread.join(10)
        os.close(self._descriptor)

    def of(self, name: str) -> int:
        """How often a program with that id was started."""
        return self._counts[name]

    def twice(self) -> dict[str, int]:
        return {name: count for name, count in self._counts.items() if count > 1}

    def wait_for(self, names: list[str], timeout: float) -> None:
        wait_until(lambda: all(self.of(name) for name in names), timeout, f"{names} are started")

    def _read(self) -> None:
        rest = b""
        while "the end" not in self._counts:
            *lines, rest = (rest + os.read(self._descriptor, 65536)).split(b"\n")
            for line in lines:
                self._counts[json.loads(line)["id"]] += 1
