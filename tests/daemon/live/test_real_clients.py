"""Live runs with the clients that people use."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading

import httpx
import pytest
import requests
from daemon_process import Daemon
from fake_engine import FakeEngine
from fake_runner import Runner, add_runner, running
from live_client import LINES, MESSAGES, parse_events, plain_answer

TEXT = "Größe\n\u2028\x85 ☠\r\n"
NODE = """
const response = await fetch(process.env.URL, {
    method: "POST",
    headers: {"X-Access-Token": process.env.TOKEN, "Content-Type": "application/json",
              Accept: process.env.FORM},
    body: JSON.stringify({image: "test/slow", payload: {}}),
});
let rest = "";
for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    rest += piece;
    const lines = rest.split("\\n");
    rest = lines.pop();
    for (const line of lines) console.log(JSON.stringify(JSON.parse(line)));
}
"""


@pytest.fixture
def first_is_seen(fake_engine: FakeEngine) -> threading.Event:
    """The image test/slow prints the second half of its output once the event is set."""
    event = threading.Event()

    def slow(runner: Runner) -> None:
        runner.print(TEXT.encode())
        assert event.wait(20), "the client did not show the first half while the program ran"
        runner.print(TEXT.encode())

    add_runner(fake_engine, "test/slow", running(slow))
    return event


def headers(daemon: Daemon, accept: str) -> dict[str, str]:
    return {"X-Access-Token": daemon.token, "Accept": accept}


REQUEST = {"image": "test/slow", "payload": {}}


@pytest.mark.parametrize("accept", [LINES, MESSAGES])
def test_httpx_with_its_defaults(daemon: Daemon, first_is_seen: threading.Event, accept: str) -> None:
    lines = []
    url = daemon.url + "/run"
    with httpx.stream("POST", url, json=REQUEST, headers=headers(daemon, accept)) as response:
        for line in response.iter_lines():
            lines.append(line)
            if '"type":"stdout"' in line:
                first_is_seen.set()
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.strip(":")]
    assert plain_answer(events)["stdout"] == TEXT * 2


def test_requests(daemon: Daemon, first_is_seen: threading.Event) -> None:
    url = daemon.url + "/run"
    events = []
    with requests.post(
        url, json=REQUEST, headers=headers(daemon, LINES), stream=True, timeout=30
    ) as response:
        for line in response.iter_lines(chunk_size=None):
            events.append(json.loads(line))
            if events[-1]["type"] == "stdout":
                first_is_seen.set()
    assert plain_answer(events)["stdout"] == TEXT * 2


def show_first(client: subprocess.Popen[str], first_is_seen: threading.Event) -> str:
    """All that the client shows."""
    assert client.stdout is not None
    shown = ""
    for line in client.stdout:
        shown += line
        if '"type":"stdout"' in line:
            first_is_seen.set()
    assert client.wait(30) == 0
    return shown


@pytest.mark.parametrize("accept", [LINES, MESSAGES])
def test_curl(daemon: Daemon, first_is_seen: threading.Event, accept: str) -> None:
    fields = [f"-H{name}: {value}" for name, value in headers(daemon, accept).items()]
    command = [
        "curl",
        "-sN",
        *fields,
        "-HContent-Type: application/json",
        f"-d{json.dumps(REQUEST)}",
        daemon.url + "/run",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        shown = show_first(client, first_is_seen)
    assert plain_answer(parse_events(shown, accept))["stdout"] == TEXT * 2


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here")
def test_fetch_of_node(daemon: Daemon, first_is_seen: threading.Event) -> None:
    environment = {
        "URL": daemon.url + "/run",
        "TOKEN": daemon.token,
        "FORM": LINES,
        "PATH": "/usr/bin:/bin",
    }
    command = ["node", "--input-type=module", "-e", NODE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as client:
        shown = show_first(client, first_is_seen)
    assert plain_answer(parse_events(shown))["stdout"] == TEXT * 2
