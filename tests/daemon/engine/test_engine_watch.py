"""What the daemon says of its engine, and how soon."""

from __future__ import annotations

import pytest
from daemon_process import MakeDaemon
from engine_replies import silent
from fake_engine import FakeEngine
from waiting import at_most, wait_until

# As shipped: what is bounded here is bounded by the daemon itself.
PATIENT = {"DOCKER_UNIX_SOCKET_READ_TIMEOUT": "10", "DOCKER_UNIX_SOCKET_WRITE_TIMEOUT": "10"}
QUESTIONS = ("ping", "version", "info", "events")


@pytest.mark.parametrize("hanging", [QUESTIONS, ("info", "events"), ("version",)], ids="+".join)
def test_an_engine_that_comes_back_hanging_makes_the_daemon_unready_within_five_seconds(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, hanging: tuple[str, ...]
) -> None:
    """Also where it has to be asked for its API version and its limits first."""
    daemon = make_daemon(fake_engine, **PATIENT)
    wait_until(daemon.is_ready, 20, "ready")
    for call in hanging:
        fake_engine.script_always(call, silent)
    with at_most(5, "/readyz said 200 for too long"):
        fake_engine.end_events()
        wait_until(lambda: not daemon.is_ready(), 20, "not ready")
    for call in hanging:
        fake_engine.script_always(call, None)
    fake_engine.end_events()
    wait_until(daemon.is_ready, 40, "ready again")


def test_a_stream_of_events_that_ends_makes_no_daemon_unready_whose_engine_is_well(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """A proxy in front of the engine's socket may end it every few minutes."""
    daemon = make_daemon(fake_engine)
    wait_until(daemon.is_ready, 20, "ready")
    for _ in range(3):
        fake_engine.wait_for_listener()
        before = len(fake_engine.calls_of("events"))
        fake_engine.end_events()
        wait_until(
            lambda before=before: len(fake_engine.calls_of("events")) > before, 10, "listened to again"
        )
        assert daemon.is_ready()
    assert daemon.log().count("event=engine.down") == 0
