"""The filter of system calls, as a plain process and as PID 1: what it refuses and lets pass, by name."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from places import Compile, Place, PlainProcess, shell
from repository import REPOSITORY
from system_calls import ALLOWED, OF_I386, OF_RUNNER, REFUSED, Call, expected, python_program

SOURCES = Path(__file__).parent / "programs"


@pytest.fixture(scope="session")
def probe(compiled: Compile) -> Path:
    return compiled("probe.c", "-static", "-no-pie")


def run_program(place: Place, program: Path, **members: str) -> dict[str, object]:
    """The answer of a compiled program, which knows its runner's process id."""
    if isinstance(place, PlainProcess):
        return place.run(shell(f"RUNNER=$PPID {program}", **members), TIME_LIMIT_MS=40_000).answer
    options = ("-v", f"{program}:/program:ro")
    return place.run(shell("RUNNER=$PPID /program", **members), options, TIME_LIMIT_MS=40_000).answer


def outcomes(place: Place, probe: Path, calls: list[Call], bits: int = 64) -> dict[str, str]:
    lines = "".join(call.line(bits) + "\n" for call in calls)
    answer = run_program(place, probe, stdin=lines)
    assert answer["status"] == "ok"
    return dict(zip([call.name for call in calls], str(answer["stdout"]).split(), strict=True))


def test_no_refused_call_is_made(place: Place, probe: Path) -> None:
    assert outcomes(place, probe, REFUSED) == expected(REFUSED)


def test_the_runner_is_nobodys_to_change(place: Place, probe: Path) -> None:
    assert outcomes(place, probe, OF_RUNNER) == expected(OF_RUNNER)


def test_calls_beside_the_refused_ones_are_made(place: Place, probe: Path) -> None:
    assert outcomes(place, probe, ALLOWED) == expected(ALLOWED)


@pytest.mark.parametrize("kind", ["process", "runc"])
def test_32_bit_calls_are_refused_the_same(kind: str, request: pytest.FixtureRequest, probe: Path) -> None:
    assert outcomes(request.getfixturevalue(kind), probe, OF_I386, bits=32) == expected(OF_I386)


def test_python_programs_see_the_same_errors(process: PlainProcess) -> None:
    calls = [*REFUSED, *OF_RUNNER]
    (process.folder / "program.py").write_text(python_program(calls))
    answer = process.run(shell(f"exec python3 {process.folder}/program.py")).answer
    assert answer["stdout"].splitlines() == [f"{name}: {error}" for name, error in expected(calls).items()]


# The filter of the engine may refuse the one; gVisor has both not, or not for everybody.
EXCUSED: dict[str, set[str]] = {
    "process": set(),
    "runc": {"memory_of_child"},
    "runsc": {"memory_of_child", "message_queue"},
}


def test_ordinary_programs_go_on(place: Place, compiled: Compile) -> None:
    lines = str(run_program(place, compiled("allowed.c"))["stdout"]).splitlines()
    failed = {line.split()[0] for line in lines if not line.endswith(" ok")}
    assert failed <= EXCUSED[place.kind], lines
    assert len(lines) == 12


@pytest.mark.parametrize("kind", ["process", "runc"])
def test_a_leak_is_found_by_the_sanitizers(
    kind: str, request: pytest.FixtureRequest, compiled: Compile
) -> None:
    program = compiled("leak.c", "-fsanitize=address,leak", "-static-libasan")
    answer = run_program(request.getfixturevalue(kind), program)
    assert answer["stdout"] == "lost\n"
    assert "4711 byte(s) leaked in 1 allocation" in str(answer["stderr"])


@pytest.mark.parametrize("kind", ["process", "runc"])
def test_a_32_bit_program_runs(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    program = tmp_path / "hello"
    subprocess.run(["as", "--32", "-o", tmp_path / "hello.o", SOURCES / "hello_i386.s"], check=True)
    subprocess.run(["ld", "-m", "elf_i386", "-o", program, tmp_path / "hello.o"], check=True)
    answer = run_program(request.getfixturevalue(kind), program)
    assert (answer["stdout"], answer["exitCode"]) == ("hello\n", 7)


def test_gdb_debugs_a_program(process: PlainProcess, compiled: Compile) -> None:
    program = compiled("leak.c")
    command = f"gdb -q -batch -ex 'break main' -ex run -ex continue {program}"
    assert "lost\n" in process.run(shell(command), TIME_LIMIT_MS=50_000).answer["stdout"]


def test_the_page_on_images_names_every_call_of_the_table() -> None:
    table = (REPOSITORY / "code_runner/src/refused_system_calls.hpp").read_text()
    page = (REPOSITORY / "docs/images.md").read_text()
    section = page.partition("## What programs may not call\n")[2].partition("\n## ")[0]
    names = set(re.findall(r"\{__NR_(\w+),", table))
    assert len(names) > 60
    assert names - set(re.findall(r"`(\w+)`", section)) == set()


NO_KERNEL_FILTER = """
import ctypes, os, struct, sys
# A filter of another's that answers prctl(PR_SET_SECCOMP) as a kernel without filters does.
load, jump, end, allow = 0x20, 0x15, 6, 0x7FFF0000
code = [(load, 0, 0, 0), (jump, 0, 3, 157), (load, 0, 0, 16), (jump, 0, 1, 22)]
code += [(end, 0, 0, 0x50016), (end, 0, 0, allow)]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in code))
described = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(program)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, described) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


class Unfiltered(PlainProcess):
    """A runner whose kernel cannot filter."""

    @property
    def command(self) -> list[str]:
        return ["python3", "-c", NO_KERNEL_FILTER, *super().command]


def test_a_kernel_that_cannot_filter_runs_nothing(runner_binary: Path, tmp_path: Path) -> None:
    place = Unfiltered(runner_binary, tmp_path)
    assert "Failed to filter the system calls" in place.run(shell("echo ran > ran")).complaint
    assert not (place.work / "ran").exists()


def test_it_runs_programs_where_the_operator_said_so(runner_binary: Path, tmp_path: Path) -> None:
    place = Unfiltered(runner_binary, tmp_path)
    answer = place.run(shell("env"), SECCOMP="unenforced").answer
    assert answer["status"] == "ok"
    assert "CODE_RUNNER_SECCOMP" not in answer["stdout"]


def test_another_word_is_a_bad_setting(process: PlainProcess) -> None:
    assert "CODE_RUNNER_SECCOMP" in process.run(shell("x"), SECCOMP="no").complaint


def test_a_prestarted_program_is_filtered_too(process: PlainProcess, probe: Path) -> None:
    process.recipe.write_text("language sh\nrun sh {main}\nprestart main.sh\n")
    request = {
        "language": "sh",
        "files": [{"name": "main.sh", "content": f"RUNNER=$PPID exec {probe}"}],
        "stdin": "".join(call.line() + "\n" for call in OF_RUNNER),
    }
    answer = process.run(request, PRESTART=1).answer
    assert answer["stdout"].split() == [call.error for call in OF_RUNNER]
