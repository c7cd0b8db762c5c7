"""Warm containers: used once, replaced silently, never an old image's."""

from __future__ import annotations

import threading

import pytest
from daemon_process import Daemon, MakeDaemon
from engine_replies import failure
from fake_containers import Container, Exit, Process, printing
from fake_engine import FakeEngine
from waiting import wait_until


def wait_for_warm(engine: FakeEngine, count: int = 1, timeout: float = 15) -> list[Container]:
    return wait_until(
        lambda: found if len(found := engine.waiting_containers()) >= count else None,
        timeout,
        f"{count} wait",
    )


@pytest.fixture
def daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    """A daemon that keeps one container of the echo image warm, which is there."""
    daemon = make_daemon(
        fake_engine, POOL_ENABLED="true", POOL_PREWARM="test/echo", POOL_MAX_PER_IMAGE="2", POOL_MAX_TOTAL="4"
    )
    wait_until(daemon.is_ready, 20, "ready")
    return daemon


def test_a_run_takes_a_container_that_waits(daemon: Daemon, fake_engine: FakeEngine) -> None:
    warm = {container.id for container in wait_for_warm(fake_engine)}
    response = daemon.run("test/echo", {"a": 1})
    assert response.json() == {"a": 1}
    wait_until(lambda: fake_engine.removed, 10, "it is removed")
    assert fake_engine.removed[0].id in warm
    assert "hit" in response.headers["server-timing"]


def test_every_container_is_used_once(daemon: Daemon, fake_engine: FakeEngine) -> None:
    for number in range(10):
        assert daemon.run("test/echo", {"n": number}).json() == {"n": number}
    used = [container.stdin for container in fake_engine.removed if container.stdin]
    wait_until(lambda: len([c for c in fake_engine.removed if c.stdin]) == 10, 10, "ten were used")
    assert len(set(used)) == len(used)


def test_a_warm_container_has_no_label_of_a_request(daemon: Daemon, fake_engine: FakeEngine) -> None:
    assert "docker-run.request" not in wait_for_warm(fake_engine)[0].labels


def test_a_waiting_container_that_dies_is_replaced_silently(daemon: Daemon, fake_engine: FakeEngine) -> None:
    dead = wait_for_warm(fake_engine)
    for container in dead:
        container.kill()
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}
    wait_until(lambda: all(c in fake_engine.removed for c in dead), 10, "the dead are removed")


def test_there_is_no_second_try_once_the_payload_was_delivered(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def crash(process: Process) -> None:
        process.read_stdin()
        raise Exit(1)

    fake_engine.add_image("test/crash", crash)
    for _ in range(3):
        assert daemon.run("test/crash").json()["error"] == "coderunner.stdout.decode"
    asked = [
        c
        for c in [*fake_engine.removed, *fake_engine.containers.values()]
        if c.stdin and c.image.program == crash
    ]
    assert len(asked) == 3


def test_no_more_containers_wait_than_the_caps_allow(daemon: Daemon, fake_engine: FakeEngine) -> None:
    names = [f"test/image-{n}" for n in range(6)]
    for name in names:
        fake_engine.add_image(name, printing(b"{}"))
    most = 0
    for _ in range(3):
        for name in names:
            assert daemon.run(name).status_code == 200
            most = max(most, len(fake_engine.waiting_containers()))
    assert most <= 4


def test_a_retagged_image_is_never_used_in_its_old_meaning(daemon: Daemon, fake_engine: FakeEngine) -> None:
    """From the log line on."""
    wait_for_warm(fake_engine)
    fake_engine.add_image("test/echo", printing(b'{"new":true}'))
    fake_engine.emit("image", "tag", name="test/echo", id=fake_engine.images["test/echo"].id)
    daemon.wait_for_log("image.changed")
    for _ in range(3):
        assert daemon.run("test/echo").json() == {"new": True}


def test_a_broken_event_stream_empties_the_pool(daemon: Daemon, fake_engine: FakeEngine) -> None:
    """What happened meanwhile is unknown."""
    wait_for_warm(fake_engine)
    wait_until(lambda: fake_engine.calls_of("events"), 10, "somebody listens")
    before = len(fake_engine.calls_of("events"))
    fake_engine.add_image("test/echo", printing(b'{"new":true}'))
    fake_engine.end_events()
    fake_engine.wait_for_call("events", before + 1)
    wait_until(lambda: daemon.run("test/echo").json() == {"new": True}, 10, "the new image runs")
    for _ in range(3):
        assert daemon.run("test/echo").json() == {"new": True}


def test_an_image_that_does_not_wait_for_its_stdin_is_served_and_not_kept_warm(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def hasty(process: Process) -> None:
        process.print(b'{"hasty":true}')

    fake_engine.add_image("test/hasty", hasty)
    for _ in range(4):
        assert daemon.run("test/hasty").json() == {"hasty": True}
    image = fake_engine.images["test/hasty"]
    wait_until(
        lambda: not [c for c in fake_engine.containers.values() if c.image is image], 20, "none is kept"
    )
    assert len([c for c in fake_engine.removed if c.image is image]) < 20


def test_a_prewarmed_image_that_is_missing_is_a_warning_and_no_crash(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, POOL_ENABLED="true", POOL_PREWARM="test/absent")
    daemon.wait_for_log("test/absent")
    wait_until(daemon.is_ready, 20, "ready all the same")
    assert daemon.run("test/echo").status_code == 200
    assert len([c for c in fake_engine.calls_of("create") if c.body["Image"] == "test/absent"]) < 20


def test_not_ready_before_the_prewarmed_containers_are_there(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    release = threading.Event()

    def slow_start(exchange: object) -> None:
        release.wait()
        exchange.default()  # type: ignore[attr-defined]

    fake_engine.script("start", slow_start)
    daemon = make_daemon(fake_engine, POOL_ENABLED="true", POOL_PREWARM="test/echo")
    fake_engine.wait_for_call("start")
    assert daemon.request("GET", "/readyz", token=None).status_code == 503
    release.set()
    wait_until(daemon.is_ready, 20, "ready")


def test_refills_that_fail_are_no_storm(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, POOL_ENABLED="true")
    assert daemon.run("test/echo").status_code == 200
    fake_engine.script_always("create", failure(500, "no space left"))
    for _ in range(10):
        daemon.run("test/echo")
    before = len(fake_engine.calls_of("create"))
    threading.Event().wait(2)
    assert len(fake_engine.calls_of("create")) - before < 20
    fake_engine.script_always("create", None)


def test_the_pool_is_gone_when_the_daemon_is(daemon: Daemon, fake_engine: FakeEngine) -> None:
    wait_for_warm(fake_engine)
    assert daemon.stop() == 0
    assert fake_engine.own_containers() == []
