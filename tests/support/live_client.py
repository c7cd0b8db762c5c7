"""Callers of live runs: what they send, and the events that they get."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import contract
import httpx
from daemon_process import CLIENT, Daemon
from run_requests import head_of_run
from waiting import wait_until

LINES = "application/x-ndjson"
MESSAGES = "text/event-stream"

Event = dict[str, Any]


def run_live(
    daemon: Daemon, image: str, payload: Any = None, accept: str = LINES, **members: Any
) -> httpx.Response:
    """POST /run to its end. The response is checked against the documentation."""
    body = {"image": image, "payload": {} if payload is None else payload, **members}
    return daemon.request("POST", "/run", json=body, headers={"Accept": accept})


def parse_events(body: str, content_type: str = LINES) -> list[Event]:
    """The events of a whole body. Comments of messages are events of the type alive."""
    if content_type == LINES:
        assert body.endswith("\n"), body[-100:]
        return [json.loads(line) for line in body[:-1].split("\n")]
    assert body.endswith("\n\n"), body[-100:]
    return [parse_message(each) for each in body[:-2].split("\n\n")]


def parse_message(message: str) -> Event:
    if message == ":":
        return {"type": "alive"}
    assert message.startswith("data: ")
    assert "\n" not in message
    event: Event = json.loads(message.removeprefix("data: "))
    return event


def events_of(response: httpx.Response) -> list[Event]:
    """The events of a response, each as it is documented."""
    assert response.status_code == 200, response.text
    events = parse_events(response.text, response.headers["content-type"])
    documented = contract.document()["components"]["schemas"]["RunEvent"]
    assert [event for event in events if not contract.is_valid(event, documented)] == []
    return events


def text_of(events: list[Event], kind: str) -> str:
    """The output of the last stage."""
    text = ""
    for event in events:
        if event["type"] == "stage":
            text = ""
        if event["type"] == kind:
            text += event["text"]
    return text


def plain_answer(events: list[Event]) -> dict[str, Any]:
    """The object that the events stand for. Exactly one of them is the answer, the last one."""
    assert [event["type"] for event in events if event["type"] in ("answer", "error")] == ["answer"], events
    answer: dict[str, Any] = events[-1]["answer"]
    return {"stdout": text_of(events, "stdout"), "stderr": text_of(events, "stderr"), **answer}


class LiveRun:
    """A live run whose events are read one by one."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def next_event(self) -> Event:
        event: Event = json.loads(next(self._lines))
        return event

    def next_of(self, kind: str) -> Event:
        """The next event of that type; others are skipped."""
        while (event := self.next_event())["type"] != kind:
            pass
        return event


@contextmanager
def live_run(daemon: Daemon, image: str, timeout: float = 30, payload: Any = None) -> Iterator[LiveRun]:
    """Begins a run; leaving closes the connection."""
    headers = {"X-Access-Token": daemon.token, "Accept": LINES}
    body = {"image": image, "payload": {} if payload is None else payload}
    with CLIENT.stream("POST", daemon.url + "/run", json=body, headers=headers, timeout=timeout) as response:
        assert response.status_code == 200, response.read()
        yield LiveRun(response)


def begin_run(
    daemon: Daemon,
    image: str,
    payload: Any = None,
    buffer: int = 4096,
    version: str = "1.1",
    accept: str = LINES,
) -> socket.socket:
    """Sends a live run on a bare connection whose kernel keeps at most some `buffer` bytes unread."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", daemon.port))
    body = json.dumps({"image": image, "payload": {} if payload is None else payload}).encode()
    head = head_of_run(daemon.token, len(body), f"Accept: {accept}\r\n")
    connection.sendall(head.replace(b"HTTP/1.1", f"HTTP/{version}".encode()) + body)
    return connection


def rest_of_events(connection: socket.socket, begun: bytes) -> list[Event]:
    """All events of a response whose beginning was read already."""
    body = begun.partition(b"\r\n\r\n")[2]
    while not body.endswith(b"\r\n0\r\n\r\n"):
        more = connection.recv(65536)
        assert more, "closed before the last event"
        body += more
    return [json.loads(line) for line in dechunked(body)[0].splitlines()]


def read_some(connection: socket.socket, until: bytes) -> bytes:
    """Reads until these bytes have come, at most some kilobytes further."""
    data = b""
    while until not in data:
        more = connection.recv(1024)
        assert more, f"closed after {data[-200:]!r}"
        data += more
    return data


def dechunked(body: bytes) -> tuple[bytes, bool]:
    """The data of a chunked body, and whether its last chunk has come."""
    data = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return data, rest == b"\r\n"
        data += rest[:length]
        body = rest[length + 2 :]
    return data, False


def wait_for_waiting(daemon: Daemon) -> None:
    """Waits until a container waits in the pool."""
    wait_until(
        lambda: daemon.figure("docker_run_pool_containers", state="waiting") >= 1, 20, "a container waits"
    )
