"""Our seccomp profile: that it names every call of the kernel, and what it does to images that filter nothing
themselves, with a real engine."""

from __future__ import annotations

import errno
import json
import re
import subprocess
from pathlib import Path

import pytest
from daemon_process import Daemon, MakeDaemon
from real_engine import RealEngine
from repository import REPOSITORY

TABLE = [REPOSITORY / f"src/docker/system_calls_by_{kind}.cpp" for kind in ("name", "argument")]
HEADERS = [f"/usr/include/x86_64-linux-gnu/asm/unistd_{bits}.h" for bits in (32, 64)]
GROUPS = ["families", "programs", "rings", "aio", "keyrings", "name-spaces", "kernel"]

NO_PODMAN = pytest.mark.not_on("podman", reason="Podman takes no profile in the create call")
NO_GVISOR = pytest.mark.not_on("runsc", reason="gVisor is a kernel of its own and takes no profile")


def named_calls() -> set[str]:
    """The words of every text in the table: calls, and those of the reasons, which do no harm here."""
    text = "".join(path.read_text() for path in TABLE)
    return {word for literal in re.findall(r'"([^"]*)"', text) for word in literal.split()}


def test_the_table_names_every_system_call_of_the_kernels_headers() -> None:
    headers = "".join(Path(header).read_text() for header in HEADERS)
    assert set(re.findall(r"__NR_(\w+)", headers)) - named_calls() == set()


@pytest.fixture
def own_runner(engine: RealEngine, binary: Path) -> str:
    """An image with a runner of its own that tries the calls of the self-test."""
    script = (
        "/bin/busybox cat > /dev/null; for group in "
        + " ".join(GROUPS)
        + "; do /try_calls $group; done 2>&1 |"
        """ /bin/busybox tr '\\n' ',' | /bin/busybox sed 's/.*/{"found":"&"}/'"""
    )
    busybox = Path(
        subprocess.run(["which", "busybox"], capture_output=True, text=True, check=True).stdout.strip()
    )
    program = binary.parent / "src/cli/try_calls/try_calls"
    files = {"/bin/busybox": busybox, "/bin/sh": busybox, "/try_calls": program}
    return engine.import_image(
        "test/own-runner", files, f"ENTRYPOINT {json.dumps(['/bin/sh', '-c', script])}"
    )


def found(daemon: Daemon, image: str) -> list[str]:
    return [line for line in str(daemon.run(image).json()["found"]).split(",") if line not in ("", "tried")]


@NO_PODMAN
@NO_GVISOR
@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_a_program_of_an_image_with_a_runner_of_its_own_reaches_no_call_that_leads_out(
    make_daemon: MakeDaemon, engine: RealEngine, own_runner: str, runtime: str
) -> None:
    """Only the profile keeps it: it reaches some of them under the profile of Debian's engine."""
    assert found(make_daemon(engine, DOCKER_CONTAINER_RUNTIME=runtime), own_runner) == []


@NO_PODMAN
@NO_GVISOR
def test_the_engines_own_profile_stands_where_the_operator_wants_it(
    make_daemon: MakeDaemon, engine: RealEngine, own_runner: str
) -> None:
    reached = found(make_daemon(engine, DOCKER_CONTAINER_SECCOMP="engine"), own_runner)
    assert "BREACH: SO_ATTACH_FILTER" in reached


@pytest.fixture(scope="session")
def foreign_architecture(engine: RealEngine, tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Images of foreign_architectures.c by the bits of the program."""
    source = Path(__file__).with_name("foreign_architectures.c")
    folder = tmp_path_factory.mktemp("architectures")
    images = {}
    for bits in (32, 64):
        program = folder / f"program-{bits}"
        options = [
            f"-m{bits}",
            "-O1",
            "-Wall",
            "-static",
            "-nostdlib",
            "-fno-stack-protector",
            "-fno-pie",
            "-no-pie",
        ]
        subprocess.run(["gcc", *options, "-o", program, source], check=True, timeout=60)
        name = f"test/architecture:{bits}"
        images[bits] = engine.import_image(name, {"/program": program}, 'ENTRYPOINT ["/program"]')
    return images


@NO_PODMAN
@NO_GVISOR
@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_programs_of_i386_run_and_are_refused_the_same_calls(
    make_daemon: MakeDaemon, engine: RealEngine, foreign_architecture: dict[int, str], runtime: str
) -> None:
    """The commonest assembly of beginners; socketcall(2), whose arguments no filter sees, is not there."""
    daemon = make_daemon(engine, DOCKER_CONTAINER_RUNTIME=runtime)
    answer = daemon.run(foreign_architecture[32]).json()
    assert answer.pop("getpid") == 1
    assert answer.pop("socket of AF_UNIX") >= 0
    assert answer == {
        "bits": 32,
        "socket of AF_NETLINK": -errno.EAFNOSUPPORT,
        "socket of AF_VSOCK": -errno.EAFNOSUPPORT,
        "socketcall, AF_UNIX": -errno.ENOSYS,
        "socketcall, AF_NETLINK": -errno.ENOSYS,
        "io_setup": -errno.EPERM,
        "unshare": -errno.EPERM,
    }


@NO_PODMAN
@NO_GVISOR
@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_a_call_of_x32_is_an_error_where_the_image_has_our_runner_and_ends_the_program_elsewhere(
    make_daemon: MakeDaemon,
    engine: RealEngine,
    foreign_architecture: dict[int, str],
    runtime: str,
    tmp_path: Path,
) -> None:
    """A third architecture costs the long list of other images too much."""
    daemon = make_daemon(engine, DOCKER_CONTAINER_RUNTIME=runtime)
    message = daemon.run(foreign_architecture[64]).json()["message"]
    assert "ended with signal 31 (SIGSYS)" in message
    labelled = tmp_path / "Dockerfile"
    labelled.write_text(
        f"FROM {foreign_architecture[64]}\nCOPY --from={foreign_architecture[64]} /program /code_runner\n"
        'LABEL docker-run.runner=1\nENTRYPOINT ["/code_runner"]\n'
    )
    engine.docker("build", "-q", "-t", "test/architecture:x32", str(tmp_path))
    assert daemon.run("test/architecture:x32").json() == {"bits": 64, "getpid of x32": -errno.ENOSYS}


@NO_PODMAN
@NO_GVISOR
def test_without_sockets_of_the_internet_a_program_of_any_image_opens_none(
    make_daemon: MakeDaemon, engine: RealEngine, binary: Path, busybox_image: str
) -> None:
    daemon = make_daemon(
        engine,
        DOCKER_CONTAINER_INET="false",
        DOCKER_STOCK_IMAGES="test/busybox:*",
        DOCKER_STOCK_RUNNER_PATH=str(binary.parent / "code_runner/code_runner"),
    )
    command = "busybox nc -l -p 8080 127.0.0.1 -w 1 2>&1; busybox nslookup localhost 127.0.0.1 2>&1; true"
    payload = {"runInstructions": {"buildCommands": [], "runCommand": command}, "files": []}
    printed = daemon.run(busybox_image, payload).json()["stdout"]
    assert printed.count("Address family not supported") == 2, printed
