"""Sends every example of api_docs/run.md and compares the answer with the one that is printed there.

An example with an image of ours runs in a real container, any other one at the scripted engine. A comment
`<!-- given: ... -->` in front of an example names a circumstance of CIRCUMSTANCES.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from daemon_process import Daemon, MakeDaemon
from documented import is_as_printed, is_json_as_printed
from fake_containers import Exit, Process, echo, printing, sleeping
from fake_engine import FakeEngine
from real_engine import RealEngine
from repository import REPOSITORY

DOCUMENT = (REPOSITORY / "api_docs/run.md").read_text()
EXAMPLE = re.compile(
    r"(?:<!-- given: (?P<given>[^>]*) -->\n)?"
    r"```http request\n(?P<request>.*?)```\n\n```http response\n(?P<response>.*?)```",
    re.DOTALL,
)


@dataclass(frozen=True)
class Message:
    """A request or an answer as it is printed."""

    start: list[str]
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Example:
    name: str
    given: str
    request: Message
    response: Message

    @property
    def is_real(self) -> bool:
        return '"docker-run/' in self.request.body


def parse_message(text: str) -> Message:
    head, _, body = text.partition("\n\n")
    start, *fields = head.strip().split("\n")
    headers = {name: value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return Message(start.split(" ", 2), headers, body.strip())


def parse_examples() -> list[Example]:
    found = []
    for number, match in enumerate(EXAMPLE.finditer(DOCUMENT), 1):
        request, response = parse_message(match["request"]), parse_message(match["response"])
        name = f"{number} {request.start[0]} {request.start[1]} {response.start[1]}"
        found.append(Example(name, match["given"] or "", request, response))
    return found


EXAMPLES = parse_examples()


def silent(process: Process) -> None:
    process.read_stdin()
    raise Exit(7)


PROGRAMS = {
    "example/echo": echo,
    "example/endless": sleeping,
    "example/talkative": printing(b'{"stdout":"' + b"x" * 100_000 + b'"}'),
    "example/silent": silent,
}


@contextmanager
def nothing_special(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    yield make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="3")


@contextmanager
def engine_is_down(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    daemon = make_daemon(fake_engine)
    fake_engine.stop()
    try:
        yield daemon
    finally:
        fake_engine.start()


@contextmanager
def every_worker_is_busy(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    with one_run(daemon, fake_engine):
        yield daemon


@contextmanager
def one_run(daemon: Daemon, fake_engine: FakeEngine) -> Iterator[None]:
    running = threading.Thread(target=daemon.run, args=("example/endless",))
    running.start()
    fake_engine.wait_for_call("start")
    try:
        yield
    finally:
        for container in list(fake_engine.containers.values()):
            container.kill()
        running.join(30)


@contextmanager
def share_is_used(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    daemon = make_daemon(fake_engine, start=False, API_ACCESS_TOKEN=None)
    tokens = daemon.folder / "tokens"
    tokens.write_text(f"{daemon.token} name=small runs=1 queue=0\n")
    daemon.env["API_ACCESS_TOKEN_FILE"] = str(tokens)
    daemon.start()
    with one_run(daemon, fake_engine):
        yield daemon


@contextmanager
def sigterm_was_sent(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    daemon = make_daemon(fake_engine, SERVER_DRAIN_DELAY="30")
    daemon.expect_end = True
    daemon.signal(signal.SIGTERM)
    daemon.wait_for_log("stopping")
    yield daemon


@contextmanager
def interactive_runs_are_on(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    yield make_daemon(fake_engine, RUN_INTERACTIVE_MAX="1")


CIRCUMSTANCES: dict[str, Callable[[MakeDaemon, FakeEngine], AbstractContextManager[Daemon]]] = {
    "": nothing_special,
    "the engine is down": engine_is_down,
    "every worker is busy and the line is full": every_worker_is_busy,
    "the token may have one run and has it": share_is_used,
    "SIGTERM has been sent": sigterm_was_sent,
    "interactive runs are on": interactive_runs_are_on,
}


def send(daemon: Daemon, request: Message) -> Message:
    method, path, _ = request.start
    headers = {name: value.replace("TOKEN", daemon.token) for name, value in request.headers.items()}
    with contextlib.closing(HTTPConnection("127.0.0.1", daemon.port, timeout=90)) as connection:
        connection.request(method, path, request.body.encode() or None, headers)
        answer = connection.getresponse()
        return Message(
            ["HTTP/1.1", str(answer.status), answer.reason],
            dict(answer.getheaders()),
            answer.read().decode(),
        )


def assert_as_documented(daemon: Daemon, example: Example) -> None:
    answer, documented = send(daemon, example.request), example.response
    assert is_as_printed(" ".join(documented.start), " ".join(answer.start)), answer
    for name, value in documented.headers.items():
        assert is_as_printed(value, answer.headers[name]), answer.headers
    if answer.headers["Content-Type"].startswith("text/plain"):
        lines = answer.body.splitlines()
        for printed in documented.body.splitlines():
            assert any(is_as_printed(printed, line) for line in lines), printed
    elif answer.headers["Content-Type"] == "application/x-ndjson":
        for printed, line in zip(documented.body.splitlines(), answer.body.splitlines(), strict=True):
            assert is_json_as_printed(printed, line), line
    elif documented.body:
        assert is_json_as_printed(documented.body, answer.body), answer.body
    else:
        assert answer.body == ""


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) == DOCUMENT.count("```http request") == DOCUMENT.count("```http response")
    assert {example.given for example in EXAMPLES} == set(CIRCUMSTANCES)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.is_real], ids=lambda e: e.name)
def test_an_example_is_answered_as_documented(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, example: Example
) -> None:
    for name, program in PROGRAMS.items():
        fake_engine.add_image(name, program)
    with CIRCUMSTANCES[example.given](make_daemon, fake_engine) as daemon:
        assert_as_documented(daemon, example)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.is_real], ids=lambda e: e.name)
def test_an_example_with_an_image_of_ours_is_answered_as_documented(
    make_daemon: MakeDaemon, images: RealEngine, example: Example
) -> None:
    assert_as_documented(make_daemon(images, DOCKER_CONTAINER_USER="glot"), example)
