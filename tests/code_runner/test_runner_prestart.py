"""A prestarted program behaves as one that is started with the request: the same output, exit code, error
text, arguments, files and folders."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from places import WAIT, PlainProcess, encode

from waiting import wait_until

LANGUAGES = Path(__file__).resolve().parents[2] / "images/languages"


def recipe_of(language: str) -> str:
    lines = (LANGUAGES / language).read_text().splitlines()
    start = lines.index("[recipe]") + 1
    end = next(i for i in range(start, len(lines)) if lines[i].startswith("["))
    return "\n".join(lines[start:end]) + "\n"


def program(language: str, name: str, content: str, **members: Any) -> dict[str, Any]:
    return {"language": language, "files": [{"name": name, "content": content}], **members}


def python(content: str, **members: Any) -> dict[str, Any]:
    return program("python", "main.py", content, **members)


def bash(content: str, **members: Any) -> dict[str, Any]:
    return program("bash", "main.sh", content, **members)


def perl(content: str, **members: Any) -> dict[str, Any]:
    return program("perl", "main.pl", content, **members)


def main_file_of(process: PlainProcess) -> Path:
    lines = [line.split() for line in process.recipe.read_text().splitlines()]
    return process.work / next(line[1] for line in lines if line[:1] == ["prestart"])


def is_fifo(path: Path) -> bool:
    return path.exists() and stat.S_ISFIFO(path.stat().st_mode)


def interpreter_of(runner: int) -> int:
    return int(Path(f"/proc/{runner}/task/{runner}/children").read_text().split()[0])


def waits_for_its_script(pid: int) -> bool:
    """It sleeps, with nothing but its three pipes: in open(2) of the FIFO."""
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state == "S" and "fifo_open" in Path(f"/proc/{pid}/stack").read_text()


def run_after_waiting(process: PlainProcess, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The pid of the program that waited, and the answer."""
    with process.start(PRESTART=1) as started:
        wait_until(lambda: is_fifo(main_file_of(process)), WAIT, "the FIFO")
        waiting = interpreter_of(started.pid)
        wait_until(lambda: waits_for_its_script(waiting), WAIT, "the interpreter waits for its script")
        stdout, stderr = started.communicate(encode(request), timeout=WAIT)
    assert stderr == b""
    answer: dict[str, Any] = json.loads(stdout)
    return waiting, answer


def visible(answer: dict[str, Any]) -> dict[str, Any]:
    names = ("stdout", "stderr", "error", "exitCode", "signal", "stage", "status")
    return {name: answer[name] for name in names}


LONG = "x = 1\n" * 50_000  # several times what a pipe holds

PYTHON = [
    "print('Hello')",
    "import sys; print(sys.argv, __file__, __name__, sys.path[0], sys.flags, sys.stdin.read())",
    "import os; print(sorted(os.listdir()), os.getcwd(), sorted(os.environ.items()))",
    "import os, stat; print(stat.S_ISREG(os.stat(__file__).st_mode), len(open(__file__).read()))",
    "import os; print(sorted(os.listdir('/proc/self/fd'))[:3], os.get_terminal_size)",
    "import words.greeting; print(words.greeting.TEXT)",
    "def f():\n    1/0\n\nf()",
    "if True:\nprint(1)",
    "import sys; sys.exit(7)",
    "import os; os.kill(os.getpid(), 11)",
    "# -*- coding: latin-1 -*-\nprint('é')",
    "# -*- coding: utf-8 -*-\nprint('é')",
    "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\nprint('é')",
    "print('😀\\u0000')",
    "\ufeffprint('a mark')",
    LONG + "print('end')",
    "import os; os._exit(3)\n" + LONG,
    "input(); print(input())",
]
BASH = [
    "echo Hello $0 $# $BASH_SOURCE $LINENO",
    "read -r a; echo $a; cat",
    "ls -la | wc -l; [ -f $0 ] && cat $0",
    "no-such-command; echo $?",
    "if",
    "exit 9\n" + "# filler\n" * 50_000,
    "# filler\n" * 20_000 + "echo end",
    "kill -SEGV $$",
    "source words/greeting.py 2>&1; pwd",
]
PERL = [
    'print "Hello $0 @ARGV\\n", <STDIN>;',
    "die 'x'",
    "print <DATA>;\n__DATA__\nfrom data\n",
    "1 +* 2",
    "exit 5",
]

CASES = [
    *[pytest.param("python", python(content), id=f"python-{i}") for i, content in enumerate(PYTHON)],
    *[pytest.param("bash", bash(content), id=f"bash-{i}") for i, content in enumerate(BASH)],
    *[pytest.param("perl", perl(content), id=f"perl-{i}") for i, content in enumerate(PERL)],
]


@pytest.mark.parametrize(("language", "request_"), CASES)
def test_is_the_same_with_and_without(process: PlainProcess, language: str, request_: dict[str, Any]) -> None:
    process.recipe.write_text(recipe_of(language))
    request_ = {**request_, "stdin": "first\nsecond\n"}
    request_["files"] = [*request_["files"], {"name": "words/greeting.py", "content": "TEXT = 'Hello'"}]
    without = process.run(request_).answer
    main_file_of(process).unlink()
    _, prestarted = run_after_waiting(process, request_)
    assert visible(prestarted) == visible(without)


@pytest.mark.parametrize("language", ["python", "bash", "perl"])
def test_the_program_that_waited_is_the_one_that_runs(process: PlainProcess, language: str) -> None:
    process.recipe.write_text(recipe_of(language))
    own_pid = {"python": "import os; print(os.getpid())", "bash": "echo $$", "perl": "print $$"}
    name = main_file_of(process).name
    waiting, answer = run_after_waiting(process, program(language, name, own_pid[language]))
    assert int(answer["stdout"]) == waiting
    assert answer["duration"] < 60_000_000_000


def test_instructions_with_the_recipes_words_use_it_too(process: PlainProcess) -> None:
    process.recipe.write_text(recipe_of("bash"))
    request = {"runInstructions": {"buildCommands": [], "runCommand": "bash main.sh"}, **bash("echo $$")}
    del request["language"]
    waiting, answer = run_after_waiting(process, request)
    assert int(answer["stdout"]) == waiting


OTHERWISE = [
    pytest.param(program("bash", "other.sh", "echo $$; ls"), "other.sh\n", id="another-name"),
    pytest.param(bash("x", command="echo $$; ls"), "main.sh\n", id="a-command"),
    pytest.param(
        {
            "runInstructions": {"buildCommands": [], "runCommand": "bash main.sh arg"},
            "files": [{"name": "main.sh", "content": "echo $$; ls"}],
        },
        "main.sh\n",
        id="other-words",
    ),
    pytest.param(
        {"runInstructions": {"buildCommands": [], "runCommand": "echo $$; ls"}, "files": []},
        "",
        id="no-files",
    ),
]


@pytest.mark.parametrize(("request_", "listing"), OTHERWISE)
def test_anything_else_ends_it_and_runs_as_usual(
    process: PlainProcess, request_: dict[str, Any], listing: str
) -> None:
    process.recipe.write_text(recipe_of("bash"))
    waiting, answer = run_after_waiting(process, request_)
    pid, _, files = answer["stdout"].partition("\n")
    assert int(pid) != waiting
    assert files == listing
    assert not Path(f"/proc/{waiting}").exists()


def test_an_interpreter_that_died_is_replaced(process: PlainProcess) -> None:
    process.recipe.write_text("language sh\nrun cp {main} copy missing-folder\nprestart main.sh\n")
    with process.start(PRESTART=1) as started:
        wait_until(lambda: is_zombie_parent(started.pid), WAIT, "the interpreter has died")
        request = {"language": "sh", "files": [{"name": "main.sh", "content": "x"}]}
        stdout, _ = started.communicate(encode(request), timeout=WAIT)
    assert json.loads(stdout)["exitCode"] == 1
    assert main_file_of(process).read_text() == "x"


def test_an_interpreter_that_does_not_open_its_script_is_replaced(process: PlainProcess) -> None:
    process.recipe.write_text("language sh\nrun sleep {main}\nprestart 1000\n")
    request = {"language": "sh", "files": [{"name": "1000", "content": "x"}]}
    answer = process.run(request, PRESTART=1, TIME_LIMIT_MS=500).answer
    assert answer["status"] == "time"
    assert (process.work / "1000").read_text() == "x"


def test_a_missing_interpreter_is_no_harm(process: PlainProcess) -> None:
    process.recipe.write_text("language sh\nrun no-such-interpreter {main}\nprestart main.sh\n")
    answer = process.run(
        {"language": "sh", "files": [{"name": "main.sh", "content": "x"}]}, PRESTART=1
    ).answer
    assert answer["error"].startswith("Error while executing command.")


RESIDENT = "language sh\nbuild cp {main} copy\nrun cat copy\nresident-build xargs -0 cp\n"


def test_a_resident_build_gets_the_arguments_of_the_build(process: PlainProcess) -> None:
    process.recipe.write_text(RESIDENT)
    for prestart in (0, 1):
        request = {"language": "sh", "files": [{"name": "a 'b", "content": f"built {prestart}"}]}
        assert process.run(request, PRESTART=prestart).answer["stdout"] == f"built {prestart}"


def test_a_resident_build_that_fails_is_the_result(process: PlainProcess) -> None:
    process.recipe.write_text(RESIDENT.replace("xargs -0 cp", "sh -c cat>&2;exit${IFS}3"))
    request = {"language": "sh", "files": [{"name": "a", "content": "x"}]}
    answer = process.run(request, PRESTART=1).answer
    assert (answer["stage"], answer["status"], answer["error"]) == ("build", "build", "Exit code: 3")
    assert answer["stderr"] == "a\0copy\0"


def test_a_resident_build_that_died_is_replaced(process: PlainProcess) -> None:
    process.recipe.write_text(RESIDENT.replace("xargs -0 cp", "false"))
    request = {"language": "sh", "files": [{"name": "a", "content": "x"}]}
    with process.start(PRESTART=1) as started:
        wait_until(lambda: is_zombie_parent(started.pid), WAIT, "the resident build has died")
        stdout, _ = started.communicate(encode(request), timeout=WAIT)
    assert json.loads(stdout)["stdout"] == "x"


def is_zombie_parent(pid: int) -> bool:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return any(") Z " in Path(f"/proc/{child}/stat").read_text() for child in children)
