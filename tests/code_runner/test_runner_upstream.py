"""The contract: requests, and the answers that the earlier code-runner (1.4.0) is documented to give."""

from __future__ import annotations

from typing import Any

import pytest
from places import PlainProcess, Result, script, shell


def files(**contents: str) -> list[dict[str, str]]:
    return [{"name": name.replace("__", "/"), "content": content} for name, content in contents.items()]


OK = ""
ANSWERS: list[Any] = [
    pytest.param(shell("echo out; echo err >&2"), "out\n", "err\n", OK, id="both-outputs"),
    pytest.param(shell("true"), "", "", OK, id="no-output"),
    pytest.param(shell("exit 3"), "", "", "Exit code: 3", id="exit-code"),
    pytest.param(shell("cat", stdin="in"), "in", "", OK, id="stdin"),
    pytest.param(shell("cat", stdin=None), "", "", OK, id="stdin-null"),
    pytest.param(shell("cat"), "", "", OK, id="stdin-absent"),
    pytest.param(shell("cat", stdin="häß€😀\0"), "häß€😀\0", "", OK, id="stdin-unicode"),
    pytest.param(shell("cat a b/c", files=files(a="1", b__c="2")), "12", "", OK, id="files-in-folders"),
    pytest.param(shell("echo $0 $#"), "sh 0\n", "", OK, id="shell-arguments"),
    pytest.param(shell("cat x", build=["echo built > x"]), "built\n", "", OK, id="build"),
    pytest.param(shell("true", build=["echo out; echo err >&2"]), "", "", OK, id="build-output-is-dropped"),
    pytest.param(
        shell("echo run", build=["echo out; exit 2", "echo no"]),
        "out\n",
        "",
        "Exit code: 2",
        id="build-fails",
    ),
    pytest.param(shell("cat x", build=["wc -c > x"], stdin="in"), "0\n", "", OK, id="build-has-no-stdin"),
    pytest.param(shell("echo hi", files=[], extra=1), "hi\n", "", OK, id="unknown-member"),
    pytest.param(shell(""), "", "", OK, id="empty-run-command"),
    pytest.param(script("echo $0 $#"), "main.sh 0\n", "", OK, id="language"),
    pytest.param(script("exit 4"), "", "", "Exit code: 4", id="language-exit-code"),
    pytest.param(script("cat", stdin="in"), "in", "", OK, id="language-stdin"),
    pytest.param(script("x", command="echo mine"), "mine\n", "", OK, id="command"),
    pytest.param(script("echo recipe", command=""), "recipe\n", "", OK, id="command-empty"),
    pytest.param(script("echo recipe", command=None), "recipe\n", "", OK, id="command-null"),
    pytest.param({**script("echo v1"), **{"runInstructions": 5}}, "v1\n", "", OK, id="v1-wins-over-bad-v2"),
    pytest.param({**shell("echo v2"), **script("echo v1")}, "v1\n", "", OK, id="v1-wins-over-v2"),
    pytest.param(
        {**shell("echo v2"), "language": "other", "files": []}, "v2\n", "", OK, id="v2-where-v1-does-not-fit"
    ),
    pytest.param(script("echo a", name="a b.sh"), "a\n", "", OK, id="name-with-space"),
    pytest.param(script("echo a", name="a'\"$(id);`id`.sh"), "a\n", "", OK, id="name-with-shell-syntax"),
    pytest.param(script("echo a", name="-c"), "a\n", "", OK, id="name-like-an-option"),
    pytest.param(script("echo a", name="f/ü/main.sh"), "a\n", "", OK, id="name-in-folders"),
]


@pytest.mark.parametrize(("request_", "stdout", "stderr", "error"), ANSWERS)
def test_answers_as_documented(
    process: PlainProcess, request_: dict[str, Any], stdout: str, stderr: str, error: str
) -> None:
    answer = process.run(request_).answer
    assert (answer["stdout"], answer["stderr"], answer["error"]) == (stdout, stderr, error)
    assert isinstance(answer["duration"], int)
    assert answer["duration"] > 0


REFUSED: list[Any] = [
    pytest.param("", "Failed to parse request json", id="nothing"),
    pytest.param("nonsense", "Failed to parse request json", id="no-json"),
    pytest.param("{}", "Failed to parse request json", id="no-member"),
    pytest.param(
        {"language": "klingon", "files": files(a="x")}, "Failed to parse request json", id="unknown-language"
    ),
    pytest.param({"language": "sh", "files": []}, "Error, no files were given", id="no-files"),
    pytest.param(
        {"language": "sh", "files": files(a="")}, "Error, file with empty content", id="empty-content"
    ),
    pytest.param(script("x", name=""), "Error, file with empty name", id="empty-name"),
]


@pytest.mark.parametrize(("document", "complaint"), REFUSED)
def test_refuses_as_documented(process: PlainProcess, document: dict[str, Any] | str, complaint: str) -> None:
    result: Result = process.run(document)
    assert result.complaint.startswith(complaint)


def test_members_are_exactly_those_of_the_contract(process: PlainProcess) -> None:
    answer = process.run(shell("true")).answer
    documented = {"stdout": str, "stderr": str, "error": str, "duration": int}
    added = {"exitCode": int, "signal": type(None), "stage": str, "status": str}
    added |= {"truncated": dict, "cpuTime": int, "maxMemory": int}
    assert {name: type(value) for name, value in answer.items()} == documented | added


def test_a_shell_command_runs_in_the_work_directory(process: PlainProcess) -> None:
    answer = process.run(shell('pwd; echo "$PWD"')).answer
    assert answer["stdout"] == f"{process.work}\n" * 2


def test_signals_are_the_default_ones(process: PlainProcess) -> None:
    lines = process.run(shell("cat /proc/self/status")).answer["stdout"].splitlines()
    sets = dict(line.split(":\t") for line in lines if line.startswith("Sig"))
    internal = 0x180000000  # 32 and 33, which the C library keeps to itself
    assert int(sets["SigBlk"], 16) == 0
    assert int(sets["SigIgn"], 16) & ~internal == 0
