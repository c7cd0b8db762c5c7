"""Live runs of images whose runner does not speak the second protocol."""

from __future__ import annotations

import threading

from answers import assert_error
from daemon_process import Daemon
from fake_containers import Exit, Process, answering_after, printing
from fake_engine import FakeEngine
from fake_runner import LABELLED
from live_client import MESSAGES, events_of, live_run, run_live


def test_they_have_a_start_and_their_object_as_the_answer(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.add_image("test/plain", printing(b'{ "stdout" : "a \\" b",\n\t"n" : [ 1.50 ] }\n'))
    response = run_live(daemon, "test/plain")
    start, answer = events_of(response)
    assert (start["type"], start["live"]) == ("start", False)
    assert answer["answer"] == {"stdout": 'a " b', "n": [1.5]}
    assert b'"answer":{"stdout":"a \\" b","n":[1.50]}}\n' in response.content, "only white space has gone"


def test_their_payload_goes_to_them_byte_for_byte(daemon: Daemon, fake_engine: FakeEngine) -> None:
    assert events_of(run_live(daemon, "test/echo", {"a": 1}))[-1]["answer"] == {"a": 1}


def test_the_label_counts_only_beside_our_entrypoint(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.add_image("test/derived", printing(b"{}"), **(LABELLED | {"Entrypoint": ["/bin/other"]}))
    fake_engine.add_image("test/old", printing(b"{}"), **(LABELLED | {"Labels": {"docker-run.runner": "1"}}))
    for image in ("test/derived", "test/old"):
        assert events_of(run_live(daemon, image))[0]["live"] is False


def test_a_silent_program_is_announced_after_two_seconds_and_stays_alive(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    gate = threading.Event()
    fake_engine.add_image("test/gated", answering_after(gate))
    with live_run(daemon, "test/gated") as run:
        assert run.next_event()["type"] == "start"
        assert run.next_event() == {"type": "alive"}
        gate.set()
        assert run.next_of("answer")["answer"] == {"served": True}


def test_a_program_that_ends_without_a_word_is_an_http_status(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def silent(process: Process) -> None:
        process.read_stdin()
        raise Exit(7)

    fake_engine.add_image("test/silent", silent)
    assert_error(run_live(daemon, "test/silent", accept=MESSAGES), 500, "coderunner.stdout.decode")


def test_a_program_that_fails_after_its_first_byte_ends_with_an_error(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def half(process: Process) -> None:
        process.read_stdin()
        process.print(b'{"a":')
        raise Exit(7)

    fake_engine.add_image("test/half", half)
    start, error = events_of(run_live(daemon, "test/half"))
    assert start["live"] is False
    assert (error["type"], error["error"], error["status"]) == ("error", "coderunner.stdout.decode", 500)


def test_a_run_that_needs_live_output_is_refused_before_anything_starts(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    assert_error(run_live(daemon, "test/echo", binary=True), 400, "request.unsupported")
    assert fake_engine.calls_of("create") == []
    assert (
        daemon.request("POST", "/run", json={"image": "test/echo", "payload": {}, "binary": True}).json()
        == {}
    ), "a plain run ignores the member, as ever"
