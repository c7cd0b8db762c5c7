"""When a printed line leaves: the words that a recipe has in live runs only, and interpreters that wait."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
from early_start import (
    clear,
    is_fifo,
    main_file_of,
    program,
    section_of,
    use_recipe,
    visible,
)
from live import LiveRun, task
from places import WAIT, PlainProcess
from prestart_programs import MAIN_FILES, PROGRAMS, WORDS
from repository import REPOSITORY
from waiting import wait_until

LINES = REPOSITORY / "images/lines"
LINE_BUFFERING = REPOSITORY / "images/line_buffering.c"


def begin(process: PlainProcess, request: dict[str, Any], prestart: int = 0, **options: object) -> LiveRun:
    started = process.start(PRESTART=prestart, TIME_LIMIT_MS=50_000)
    if prestart:
        wait_until(lambda: is_fifo(main_file_of(process)), WAIT, "the FIFO")
    run = LiveRun(started)
    run.write(task(request, **options))
    return run


def is_printed_at_once(run: LiveRun) -> bool:
    """Whether the first line arrives before the second one is printed, a minute later."""
    return b"second" not in run.read_until(b"first")


@pytest.mark.parametrize("prestart", [0, 1], ids=["cold", "warm"])
@pytest.mark.parametrize("language", ["javascript", "lua", "perl", "php", "ruby"])
def test_interpreters_print_lines_at_once(process: PlainProcess, language: str, prestart: int) -> None:
    use_recipe(process, language)
    (source,) = LINES.glob(f"{language}.*")
    request = program(language, MAIN_FILES[language], source.read_text())
    with begin(process, request, prestart) as run:
        assert is_printed_at_once(run)


def answers_of(process: PlainProcess, language: str) -> list[dict[str, Any]]:
    """The answers of programs that look at how they were started."""
    answers = []
    for content in PROGRAMS[language]:
        request = program(language, MAIN_FILES[language], content, stdin="first\nsecond\n")
        request["files"] += [{"name": name, "content": text} for name, text in WORDS.items()]
        answers.append(visible(process.run(request).answer))
        clear(process.work)
    return answers


@pytest.mark.parametrize("language", ["lua", "perl", "python", "ruby"])
def test_programs_run_as_without_line_buffering(
    process: PlainProcess, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    use_recipe(process, language)
    site = process.folder / "sitecustomize.py"  # what the image of Python has in place of words
    if language == "python":
        monkeypatch.setenv("PYTHONPATH", str(process.folder))
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        code = re.search(r"<< 'END'\n(.*?)^END$", section_of("python", "setup"), re.DOTALL | re.MULTILINE)
        assert code
        site.write_text(code[1])
    with_lines = answers_of(process, language)
    site.write_text("")
    process.recipe.write_text(re.sub(r"\{live:\S*\} ", "", process.recipe.read_text()))
    assert with_lines == answers_of(process, language)


def test_a_program_does_not_see_how_its_lines_leave(process: PlainProcess) -> None:
    """-e of Lua is an argument, too."""
    use_recipe(process, "lua")
    content = "for k = -9, 9 do if arg[k] then print(k, arg[k]) end end"
    assert process.run(program("lua", "main.lua", content)).answer["stdout"] == "-1\tlua\n0\tmain.lua\n"


@pytest.fixture(params=["dynamic", "static"])
def c_recipe(process: PlainProcess, request: pytest.FixtureRequest) -> None:
    """C with the object of our images, by the host's compiler."""
    object_file = process.folder / "line_buffering.o"
    subprocess.run(["gcc", "-O2", "-c", "-o", object_file, LINE_BUFFERING], check=True, timeout=WAIT)
    static = "-static " if request.param == "static" else ""
    process.recipe.write_text(
        f"language c\nbuild gcc {static}-o a.out {{live:{object_file}}} {{main}}\nrun ./a.out\n"
    )


def c_program(*statements: str) -> dict[str, Any]:
    text = "#include <stdio.h>\n#include <unistd.h>\nint main(void) {\n" + "\n".join(statements) + "\n}\n"
    return program("c", "main.c", text)


@pytest.mark.usefixtures("c_recipe")
def test_a_c_program_prints_lines_at_once_in_live_runs(process: PlainProcess) -> None:
    with begin(process, program("c", "main.c", (LINES / "c.c").read_text())) as run:
        assert is_printed_at_once(run)


@pytest.mark.usefixtures("c_recipe")
def test_a_plain_run_of_a_c_program_is_as_it_was(process: PlainProcess) -> None:
    """What is held back when the program ends by _exit is lost."""
    request = c_program('puts("held");', "_exit(0);")
    assert process.run(request).answer["stdout"] == ""
    with begin(process, request) as run:
        assert run.finish().answer["stdout"] == "held\n"


@pytest.mark.usefixtures("c_recipe")
def test_a_prompt_of_a_c_program_leaves_before_it_reads(process: PlainProcess) -> None:
    request = c_program("int n;", 'printf("number? ");', 'scanf("%d", &n);', 'printf("twice: %d", 2 * n);')
    with begin(process, request, interactive=True) as run:
        run.read_until(b"number? ")
        run.send("I", b"21\n")
        assert run.finish().answer["stdout"] == "number? twice: 42"
