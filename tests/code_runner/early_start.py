"""Programs that an image starts early: their recipes, and how the tests wait for them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

from places import WAIT, PlainProcess, encode
from repository import REPOSITORY
from waiting import wait_until

LANGUAGES = REPOSITORY / "images/languages"


# Our image does not start Bash early; it reads its script byte by byte, as no other interpreter here does.
BASH = "language bash\nrun bash {main}\nprestart main.sh\n"


# Where an image has what its recipe needs besides the packages.
LIBRARY = "/usr/lib/code-runner"


def section_of(language: str, name: str) -> str:
    lines = (LANGUAGES / language).read_text().splitlines()
    start = lines.index(f"[{name}]") + 1
    end = next(i for i in range(start, len(lines)) if lines[i].startswith("["))
    return "\n".join(lines[start:end]) + "\n"


def use_recipe(process: PlainProcess, language: str) -> None:
    """The recipe of the image, with what its setup puts into the library."""
    recipe = section_of(language, "recipe")
    if LIBRARY in recipe:
        setup = section_of(language, "setup").replace(LIBRARY, str(process.folder))
        subprocess.run(["sh", "-eu"], input=setup, text=True, check=True, timeout=WAIT)
    process.recipe.write_text(recipe.replace(LIBRARY, str(process.folder)))


def use_early_start(process: PlainProcess, language: str) -> None:
    """The same, with an early start of Bash."""
    if language == "bash":
        process.recipe.write_text(BASH)
    else:
        use_recipe(process, language)


def program(language: str, name: str, content: str, **members: Any) -> dict[str, Any]:
    return {"language": language, "files": [{"name": name, "content": content}], **members}


def bash(content: str, **members: Any) -> dict[str, Any]:
    return program("bash", "main.sh", content, **members)


def main_file_of(process: PlainProcess) -> Path:
    lines = [line.split() for line in process.recipe.read_text().splitlines()]
    return process.work / next(line[1] for line in lines if line[:1] == ["prestart"])


def is_fifo(path: Path) -> bool:
    return path.exists() and stat.S_ISFIFO(path.stat().st_mode)


def interpreter_of(runner: int) -> int | None:
    children = Path(f"/proc/{runner}/task/{runner}/children").read_text().split()
    return int(children[0]) if children else None


def holds(pid: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # one that was open a moment ago
        return any(Path(os.readlink(link)) == path for link in Path(f"/proc/{pid}/fd").iterdir())
    return False


def waits_for_its_script(pid: int, script: Path) -> bool:
    """It sleeps: in open(2) of the FIFO, or, as Ruby does, because nothing can be read from it yet."""
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    stack = Path(f"/proc/{pid}/stack").read_text()
    return state == "S" and ("fifo_open" in stack or ("poll" in stack and holds(pid, script)))


def run_after_waiting(process: PlainProcess, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The pid of the program that waited, and the answer."""
    script = main_file_of(process)
    with process.start(PRESTART=1) as started:
        wait_until(lambda: is_fifo(script), WAIT, "the FIFO")
        waiting = wait_until(lambda: interpreter_of(started.pid), WAIT, "the interpreter is started")
        wait_until(lambda: waits_for_its_script(waiting, script), WAIT, "the interpreter waits")
        stdout, stderr = started.communicate(encode(request), timeout=WAIT)
    assert stderr == b""
    answer: dict[str, Any] = json.loads(stdout)
    return waiting, answer


def is_started_early(process: PlainProcess) -> bool:
    return "\nprestart " in process.recipe.read_text()


def run_warm(process: PlainProcess, request: dict[str, Any]) -> dict[str, Any]:
    """The answer of a runner that has waited with all that its recipe starts early."""
    if is_started_early(process):
        return run_after_waiting(process, request)[1]
    return process.run(request, PRESTART=1).answer


def clear(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def visible(answer: dict[str, Any]) -> dict[str, Any]:
    names = ("stdout", "stderr", "error", "exitCode", "signal", "stage", "status")
    return {name: answer[name] for name in names}
