"""What a program can reach of its runner in the second protocol: nothing that a verdict hangs on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import make_place
from live import LiveResult, LiveRun, run_live, task
from places import Compile, InContainer, Place, PlainProcess, shell

SETUP = """
mount -t tmpfs -o mode=1777 tmpfs /mnt && cp {files} /mnt && cd / || exit
exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"
"""


class FirstProcess(PlainProcess):
    """code_runner as PID 1 and as nobody, in name spaces of its own, without an engine."""

    kind = "namespaces"
    program: Path

    @property
    def command(self) -> list[str]:
        enter = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c"]
        setup = SETUP.format(files=f"{self.binary} {self.recipe} {self.program}")
        return [*enter, setup, "sh", "/mnt/code_runner", "--path", "/mnt/work", "--recipe", "/mnt/recipe"]


@pytest.fixture(params=["namespaces", "runc", "runsc"])
def guarded(
    runner_binary: Path, tmp_path: Path, compiled: Compile, request: pytest.FixtureRequest
) -> tuple[Place, str, tuple[str, ...]]:
    """A place in which the runner is PID 1, the program's path in it, and the container's options."""
    program = compiled("forge.c", "-static")
    if request.param == "namespaces":
        first = FirstProcess(runner_binary, tmp_path)
        first.program = program
        return first, "/mnt/forge", ()
    place = make_place(request.param, runner_binary, tmp_path, request)
    return place, "/program", ("-v", f"{program}:/program:ro")


def assert_not_forged(place: Place, result: LiveResult) -> None:
    """With gVisor a program may spoil the live stream of its own run. Elsewhere not even that."""
    answer = result.bare_answer
    assert "forged" not in json.dumps(answer)
    assert answer["status"] == "ok"
    if place.kind != "runsc":
        assert "honest\n" in result.answer["stdout"]
        assert "traced" not in result.answer["stdout"]
        assert "memory" not in result.answer["stdout"]


def start(place: Place, options: tuple[str, ...]) -> LiveRun:
    limits = {"TIME_LIMIT_MS": 40_000, "OUTPUT_LIMIT": 1 << 28}
    if isinstance(place, InContainer):
        return LiveRun(place.start(options, **limits))
    return LiveRun(place.start(**limits))


def test_the_answer_cannot_be_forged(guarded: tuple[Place, str, tuple[str, ...]]) -> None:
    """Forgers are at work from the build on, until they are killed."""
    place, program, options = guarded
    with start(place, options) as run:
        run.write(task(shell(f"exec {program} 30", [f"{program} 30"])))
        result = run.finish()
    assert_not_forged(place, result)


def test_the_answer_of_an_interactive_run_cannot_be_forged(
    guarded: tuple[Place, str, tuple[str, ...]],
) -> None:
    """Its stdin is open, too. What a thief takes is missing in its own run only."""
    place, program, options = guarded
    with start(place, options) as run:
        run.write(task(shell(f"exec {program} 30", [f"{program} 30"]), interactive=True))
        result = run.wait()
    assert_not_forged(place, result)


def test_not_even_root_finds_the_answers_descriptor(process: PlainProcess) -> None:
    command = "cd /proc/$PPID/fd; for fd in 0 1 2 *; do readlink $fd; done"
    with LiveRun(process.start()) as run:
        assert run.process.stdout
        answer = Path(f"/proc/self/fd/{run.process.stdout.fileno()}").readlink()
        run.write(task(shell(command)))
        found = run.finish().answer["stdout"].split()
    assert found[:3] == ["/dev/null"] * 3
    assert str(answer) not in found


WINDOW = {"rows": 24, "columns": 80}


@pytest.mark.parametrize("options", [{}, {"interactive": True}, {"interactive": True, **WINDOW}])
def test_a_program_finds_three_descriptors(process: PlainProcess, options: dict[str, object]) -> None:
    process.recipe.write_text("language sh\nbuild sh {main}\nrun sh {main}\nprestart main.sh\n")
    command = "for n in 3 4 5 6 7 8 9; do (: <&$n) 2> /dev/null && echo open $n; done; env"
    with LiveRun(process.start(PRESTART=1)) as run:
        request = {"language": "sh", "files": [{"name": "main.sh", "content": command}]}
        run.write(task(request, **options))
        text = run.finish().joined("O").decode()
    assert "PWD=" in text
    assert "open " not in text
    assert "CODE_RUNNER_" not in text


def test_a_failure_never_writes_plain_text(process: PlainProcess) -> None:
    """The failure is the runner's own: it cannot write a file of the request."""
    process.work.mkdir()
    (process.work / "main.sh").mkdir()
    result = run_live(process, {"language": "sh", "files": [{"name": "main.sh", "content": "x"}]})
    assert "Failed to write file 'main.sh'" in result.complaint
    assert result.live == b""
