"""What a program can reach of its runner and of the files around it: nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from places import InContainer, Place, PlainProcess, Result, script, shell

FORGE = """
for owner in /proc/1 /proc/$PPID; do
    for number in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
        echo '{"stdout":"forged"}' > $owner/fd/$number
    done
    cat $owner/environ $owner/mem
done 2> /dev/null
echo honest
"""


def test_the_answer_cannot_be_forged(container: InContainer) -> None:
    assert_not_forged(container.run(shell(FORGE), TIME_LIMIT_MS=20_000))


def assert_not_forged(result: Result) -> None:
    assert json.loads(result.stdout) == result.answer
    assert result.answer["stdout"].endswith("honest\n")
    own_text = {"stdout", "stderr"}  # its own pipes it may write to, by any name
    assert "forged" not in json.dumps({k: v for k, v in result.answer.items() if k not in own_text})


def test_not_even_root_finds_the_answers_descriptor(process: PlainProcess) -> None:
    answer = process.run(shell("readlink /proc/$PPID/fd/1 /proc/$PPID/fd/2 /proc/$PPID/fd/0")).answer
    assert answer["stdout"] == "/dev/null\n" * 3


def test_pid_1_cannot_be_read_traced_or_killed(runc: InContainer) -> None:
    command = "cat /proc/1/environ; ls /proc/1/fd; cat /proc/1/mem; kill -9 1; kill -STOP 1; echo alive"
    answer = runc.run(shell(command)).answer
    assert answer["stdout"] == "alive\n"
    assert answer["stderr"].count("Permission denied") == 3


def test_a_program_that_signals_its_group_or_everybody_spares_the_runner(container: InContainer) -> None:
    answer = container.run(shell("trap '' TERM; kill 0; kill -1; echo alive; kill -9 0")).answer
    assert (answer["stdout"], answer["status"], answer["signal"]) == ("alive\n", "signal", 9)


# Keeps as many descriptors on their way between sockets as the kernel lets a user have.
HOG = """
import os, resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
kept = []
try:
    while True:
        kept.append(socket.socketpair())
        socket.send_fds(kept[-1][0], [b"x"], [0] * 253)
except OSError as error:
    print(error, flush=True)
sys.stdin.read()
"""
OF_THE_HOG = 61234  # nobody else's user id, so that no other test is hindered


@pytest.fixture
def hog() -> Iterator[None]:
    command = ["/usr/bin/python3", "-c", HOG]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, user=OF_THE_HOG, group=OF_THE_HOG, extra_groups=[], stdin=pipe, stdout=pipe
    ) as process:
        assert process.stdout
        assert b"Too many references" in process.stdout.readline()
        yield
        process.kill()


@pytest.mark.usefixtures("hog")
def test_a_neighbour_of_the_same_user_cannot_break_the_seal_nor_forge(runc: InContainer) -> None:
    """Fault 1: descriptors that travel count for each user, over all containers."""
    user = ("--user", f"{OF_THE_HOG}:{OF_THE_HOG}", "--ulimit", "nofile=1024:1024")
    result = runc.run(shell(FORGE), user, TIME_LIMIT_MS=20_000)
    assert_not_forged(result)


def test_a_program_finds_three_descriptors_and_nothing_of_our_settings(place: Place) -> None:
    command = "for n in 3 4 5 6 7 8 9; do (: <&$n) 2> /dev/null && echo open $n; done; env"
    lines = place.run(shell(command), TIME_LIMIT_MS=20_000, PRESTART=1).answer["stdout"].splitlines()
    assert not [line for line in lines if line.startswith("open")]
    assert not [line for line in lines if "CODE_RUNNER_" in line]
    assert [line for line in lines if line.startswith("PWD=")]


REAP = """
i=0
while [ $i -lt 200 ]; do (true &) ; i=$((i + 1)); done
while grep -q ') Z ' /proc/[0-9]*/stat 2> /dev/null; do :; done
echo none
"""


def test_orphans_are_reaped_and_do_not_fill_the_pids_limit(runc: InContainer) -> None:
    answer = runc.run(shell(REAP), ("--pids-limit", "40"), TIME_LIMIT_MS=40_000).answer
    assert (answer["stdout"], answer["stderr"]) == ("none\n", "")


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "/", "..", "a/", "."])
def test_no_file_name_leads_out_of_the_work_directory(process: PlainProcess, name: str) -> None:
    before = {path.name for path in process.folder.iterdir()}
    request = script("x")
    request["files"].append({"name": name, "content": "out"})
    assert "file name" in process.run(request).complaint
    assert {path.name for path in process.folder.iterdir()} - before == {"work"}


def test_no_file_name_leads_out_through_a_link(process: PlainProcess) -> None:
    process.work.mkdir()
    (process.work / "link").symlink_to(process.folder)
    assert "link/x" in process.run(script("x", name="link/x")).complaint
    assert not (process.folder / "x").exists()
