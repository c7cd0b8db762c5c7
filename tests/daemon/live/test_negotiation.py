"""Who gets events and who gets a plain answer."""

from __future__ import annotations

import pytest
from answers import assert_error
from daemon_process import Daemon
from fake_engine import FakeEngine
from fake_runner import add_runner, running
from live_client import LINES, MESSAGES, events_of, plain_answer, run_live


@pytest.fixture
def image(fake_engine: FakeEngine) -> str:
    return add_runner(fake_engine, "test/hello", running(lambda runner: runner.print(b"hello\n")))


@pytest.mark.parametrize("accept", [LINES, MESSAGES, "application/x-ndjson;q=0.1, */*;q=0.9"])
def test_a_caller_that_names_a_type_of_events_gets_them(daemon: Daemon, image: str, accept: str) -> None:
    response = run_live(daemon, image, accept=accept)
    assert response.headers["content-type"] in accept
    assert plain_answer(events_of(response))["stdout"] == "hello\n"


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "text/*",
        "application/json, text/event-stream",
        "application/x-ndjson;q=0.5, application/json;q=0.5",
        "text/event-stream;q=0",
    ],
)
def test_any_other_caller_gets_the_plain_answer(daemon: Daemon, image: str, accept: str) -> None:
    plain = daemon.run(image)
    response = run_live(daemon, image, accept=accept)
    assert response.content == plain.content
    assert response.headers["content-type"] == "application/json"
    assert response.headers.keys() == plain.headers.keys()


def test_the_payload_of_a_plain_run_has_no_frames(
    daemon: Daemon, fake_engine: FakeEngine, image: str
) -> None:
    daemon.run(image, {"any": ["thing", 1.50]})
    fake_engine.wait_until_empty()
    assert fake_engine.removed[-1].stdin == b'{"any":["thing",1.5]}'


def test_the_payload_of_a_live_run_is_a_frame_byte_for_byte(
    daemon: Daemon, fake_engine: FakeEngine, image: str
) -> None:
    body = b'{"image": "test/hello", "payload": { "a":\t1.50 }}'
    headers = {"Accept": LINES, "Content-Type": "application/json"}
    assert daemon.request("POST", "/run", content=body, headers=headers).status_code == 200
    fake_engine.wait_until_empty()
    assert fake_engine.removed[-1].stdin == (
        b"docker-run/2\n" + b"Q\x00\x00\x00\x02{}" + b"P\x00\x00\x00\x0d" + b'{ "a":\t1.50 }'
    )


def test_a_live_response_may_not_be_kept_or_held_up(daemon: Daemon, image: str) -> None:
    response = run_live(daemon, image)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert "x-request-id" in response.headers


def test_other_methods_have_no_events(daemon: Daemon, image: str) -> None:
    headers = {"Accept": LINES}
    assert daemon.request("HEAD", "/run", headers=headers).status_code == 405
    assert_error(daemon.request("GET", "/run", headers=headers), 405, "method.not_allowed")
