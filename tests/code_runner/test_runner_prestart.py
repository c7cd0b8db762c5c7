"""A prestarted program behaves as one that is started with the request: the same output, exit code, error
text, arguments, files and folders."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from early_start import (
    BASH,
    bash,
    clear,
    is_fifo,
    main_file_of,
    program,
    run_after_waiting,
    run_warm,
    use_early_start,
    use_recipe,
    visible,
)
from places import WAIT, PlainProcess, encode
from prestart_programs import EARLY_FILES, MAIN_FILES, PROGRAMS, WORDS
from waiting import wait_until

CASES = [
    pytest.param(language, content, id=f"{language}-{number}")
    for language, contents in PROGRAMS.items()
    for number, content in enumerate(contents)
]


@pytest.mark.parametrize(("language", "content"), CASES)
def test_is_the_same_with_and_without(process: PlainProcess, language: str, content: str) -> None:
    use_early_start(process, language)
    request_ = program(language, MAIN_FILES[language], content, stdin="first\nsecond\n")
    request_["files"] += [{"name": name, "content": text} for name, text in WORDS.items()]
    without = process.run(request_).answer
    main_file_of(process).unlink()
    _, prestarted = run_after_waiting(process, request_)
    assert visible(prestarted) == visible(without)


def user_packages(home: Path) -> str:
    """The folder of packages below `home` in which Python looks when it starts, relative to it."""
    code = "import site; print(site.getusersitepackages())"
    found = subprocess.run(["python", "-c", code], capture_output=True, text=True, check=True)
    return str(Path(found.stdout.strip()).relative_to(home))


@pytest.mark.parametrize(
    ("language", "content", "files"), [pytest.param(*case, id=name) for name, case in EARLY_FILES.items()]
)
def test_is_the_same_with_files_that_an_interpreter_looks_for_when_it_starts(
    process: PlainProcess, monkeypatch: pytest.MonkeyPatch, language: str, content: str, files: dict[str, str]
) -> None:
    """In our images the home directory is the work directory."""
    process.work.mkdir()
    monkeypatch.setenv("HOME", str(process.work))
    use_recipe(process, language)
    request = program(language, MAIN_FILES[language], content)
    packages = user_packages(process.work)
    request["files"] += [
        {"name": name.replace("PACKAGES", packages), "content": text} for name, text in files.items()
    ]
    cold = process.run(request).answer
    clear(process.work)
    assert visible(run_warm(process, request)) == visible(cold)


TWICE = [("main.py", "main.py"), ("main.py", "./main.py"), (".//main.py", "main.py")]


@pytest.mark.parametrize("names", TWICE)
def test_a_file_that_is_named_twice_has_its_last_content(
    process: PlainProcess, names: tuple[str, str]
) -> None:
    use_recipe(process, "python")
    request = program("python", names[0], "print('first')")
    request["files"].append({"name": names[1], "content": "print('last', __file__)"})
    cold = process.run(request).answer
    assert cold["stdout"] == f"last {process.work}/main.py\n"
    clear(process.work)
    assert visible(run_warm(process, request)) == visible(cold)


def test_another_spelling_of_the_main_file_runs_in_the_program_that_waited(process: PlainProcess) -> None:
    use_recipe(process, "python")
    waiting, answer = run_after_waiting(
        process, program("python", ".//main.py", "import os; print(os.getpid())")
    )
    assert int(answer["stdout"]) == waiting


@pytest.mark.parametrize("language", ["python", "bash", "perl"])
def test_the_program_that_waited_is_the_one_that_runs(process: PlainProcess, language: str) -> None:
    use_early_start(process, language)
    own_pid = {"python": "import os; print(os.getpid())", "bash": "echo $$", "perl": "print $$"}
    name = main_file_of(process).name
    waiting, answer = run_after_waiting(process, program(language, name, own_pid[language]))
    assert int(answer["stdout"]) == waiting
    assert answer["duration"] < 60_000_000_000


def test_instructions_with_the_recipes_words_use_it_too(process: PlainProcess) -> None:
    process.recipe.write_text(BASH)
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
    process.recipe.write_text(BASH)
    waiting, answer = run_after_waiting(process, request_)
    pid, _, files = answer["stdout"].partition("\n")
    assert int(pid) != waiting
    assert files == listing
    assert not Path(f"/proc/{waiting}").exists()


@pytest.mark.parametrize("name", ["main.sh", "./main.sh"])
def test_a_file_with_the_fifos_name_is_a_file_like_any_other(process: PlainProcess, name: str) -> None:
    process.recipe.write_text(BASH)
    request = bash("[ -f main.sh ] && cat main.sh; ls")
    request["files"] = [{"name": "other.sh", "content": request["files"][0]["content"]}]
    request["files"].append({"name": name, "content": "text\n"})
    _, answer = run_after_waiting(process, request)
    assert answer["stdout"] == "text\nmain.sh\nother.sh\n"


def test_a_folder_with_the_fifos_name_is_refused_warm_as_cold(process: PlainProcess) -> None:
    process.recipe.write_text(BASH)
    request = bash("echo never")
    request["files"].append({"name": "main.sh/inner", "content": "x"})
    cold = process.run(request).complaint
    (process.work / "main.sh").unlink()
    with process.start(PRESTART=1) as started:
        wait_until(lambda: is_fifo(main_file_of(process)), WAIT, "the FIFO")
        stdout, stderr = started.communicate(encode(request), timeout=WAIT)
    assert (stdout, stderr.decode()) == (b"", cold)


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
