"""What waits follows what the names of images mean, with and without an event of the engine."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import failure, held
from fake_containers import Container, Program, echo, printing
from fake_engine import Exchange, FakeEngine
from payloads import bash
from real_engine import RealEngine
from waiting import at_most, wait_until
from weakened_engine import WeakenedEngine

WARM = {"POOL_ENABLED": "true", "POOL_MAX_PER_IMAGE": "2", "POOL_MAX_TOTAL": "4"}


def version(name: str) -> Program:
    return printing(json.dumps({"version": name}).encode())


def answer_of(daemon: Daemon, image: str) -> str:
    text: str = daemon.run(image).json()["version"]
    return text


def wait_for_warm(engine: FakeEngine, count: int = 1) -> list[Container]:
    return wait_until(
        lambda: found if len(found := engine.waiting_containers()) >= count else None,
        20,
        f"{count} containers wait",
    )


def used(engine: FakeEngine) -> list[Container]:
    """The containers that were given a payload."""
    return [c for c in [*engine.removed, *engine.containers.values()] if c.stdin]


def test_a_change_that_no_event_tells_of_is_noticed_within_seconds(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """As buildx does on engines 20.10 to 23: the name has another image, and nobody says so."""
    fake_engine.add_image("test/v", version("old"))
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/v")
    wait_until(daemon.is_ready, 20, "ready")
    wait_for_warm(fake_engine)
    new = fake_engine.add_image("test/v", version("new"), Volumes={"/data": {}})
    with at_most(10, "promised are about three seconds"):
        wait_until(lambda: answer_of(daemon, "test/v") == "new", 30, "the new image runs")
    assert [answer_of(daemon, "test/v") for _ in range(6)] == ["new"] * 6
    wait_until(
        lambda: any(c.image is new for c in fake_engine.waiting_containers()), 10, "the new image waits"
    )
    daemon.wait_for_log(f"pool.image.changed image=test/v image_id={new.id}")
    assert_volumes_are_covered(fake_engine, new.id)


def assert_volumes_are_covered(engine: FakeEngine, image_id: str) -> None:
    """No container of the image that was given a payload has a VOLUME that is disk of the host."""
    given = [c for c in used(engine) if c.image.id == image_id]
    assert given
    for container in given:
        assert container.image.config["Volumes"].keys() <= container.spec["HostConfig"]["Tmpfs"].keys()


def test_a_cold_run_never_gets_a_new_image_with_the_volumes_of_the_old_one(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine)
    wait_until(daemon.is_ready, 20, "ready")
    fake_engine.add_image("test/v", version("old"))
    assert answer_of(daemon, "test/v") == "old"
    new = fake_engine.add_image("test/v", version("new"), Volumes={"/data": {}})
    assert answer_of(daemon, "test/v") == "new"
    assert_volumes_are_covered(fake_engine, new.id)


def test_an_image_that_changes_while_its_container_is_made_gets_its_own_volumes(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine)
    fake_engine.add_image("test/v", version("old"))

    def retag_first(exchange: Exchange) -> None:
        exchange.engine.add_image("test/v", version("new"), Volumes={"/data": {}})
        exchange.default()

    fake_engine.script("create", retag_first)
    assert answer_of(daemon, "test/v") == "new"
    assert_volumes_are_covered(fake_engine, fake_engine.images["test/v"].id)
    fake_engine.wait_until_empty()


def test_an_image_that_changes_each_time_is_an_error_and_no_endless_loop(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine)

    def retag_first(exchange: Exchange) -> None:
        exchange.engine.add_image("test/echo", echo)
        exchange.default()

    fake_engine.script_always("create", retag_first)
    assert_error(daemon.run("test/echo"), 500, "docker.container.create", "Failed to create container: ")
    assert len(fake_engine.calls_of("create")) == 3
    fake_engine.script_always("create", None)


def test_what_waits_is_looked_up_again_now_and_then_and_one_at_a_time(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/echo")
    wait_until(daemon.is_ready, 20, "ready")
    before = len(fake_engine.calls_of("image"))
    threading.Event().wait(5)
    assert 1 <= len(fake_engine.calls_of("image")) - before <= 5


def test_a_burst_of_events_costs_a_bounded_number_of_look_ups(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """As `docker image prune` sends them."""
    daemon = make_daemon(fake_engine, **WARM)
    for name in ("test/a", "test/b", "test/c"):
        fake_engine.add_image(name, echo)
        assert daemon.run(name).status_code == 200
    wait_for_warm(fake_engine, 3)
    at_once, most = 0, 0
    lock = threading.Lock()

    def slow(exchange: Exchange) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.05)
        with lock:  # before the answer, which the next call may follow at once
            at_once -= 1
        exchange.default()

    before = len(fake_engine.calls_of("image"))
    fake_engine.script_always("image", slow)
    for number in range(300):
        fake_engine.emit("image", "delete", id=f"sha256:{number:064x}")
    wait_until(lambda: daemon.log().count("event=image.changed") >= 300, 30, "all events are heard")
    threading.Event().wait(1)
    assert len(fake_engine.calls_of("image")) - before <= 30
    assert most <= 3, "the one of all that is remembered, and those of refills that are on their way"
    fake_engine.script_always("image", None)


def test_an_event_of_another_image_takes_no_container_that_is_on_its_way(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Otherwise the pool of a host that builds all day stays empty."""
    release = threading.Event()
    fake_engine.script("start", held(release))
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/echo")
    fake_engine.wait_for_call("start")
    fake_engine.emit("image", "tag", name="test/unrelated", id="sha256:" + "0" * 64)
    daemon.wait_for_log("image.changed")
    release.set()
    wait_until(daemon.is_ready, 20, "ready")
    wait_for_warm(fake_engine)
    assert len(fake_engine.calls_of("create")) == 1
    assert fake_engine.removed == []


@pytest.mark.parametrize("event", [True, False], ids=["with an event", "without"])
def test_an_image_that_changes_while_its_container_is_warmed_up_is_not_used(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, event: bool
) -> None:
    release = threading.Event()
    fake_engine.add_image("test/v", version("old"))
    fake_engine.script("start", held(release))
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/v")
    fake_engine.wait_for_call("start")
    new = fake_engine.add_image("test/v", version("new"))
    if event:
        fake_engine.emit("image", "tag", id=new.id)
        daemon.wait_for_log("image.changed")
    release.set()
    wait_until(daemon.is_ready, 20, "ready")
    assert answer_of(daemon, "test/v") == "new"
    wait_until(lambda: any(c.image is new for c in fake_engine.waiting_containers()), 20, "the new one waits")
    wait_until(lambda: all(c.image is new for c in fake_engine.waiting_containers()), 20, "and no old one")


def test_an_image_of_the_list_that_goes_and_comes_again_is_warm_again(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/echo")
    wait_until(daemon.is_ready, 20, "ready")
    wait_for_warm(fake_engine)
    gone = fake_engine.images.pop("test/echo")
    fake_engine.emit("image", "untag", id=gone.id)
    fake_engine.emit("image", "delete", id=gone.id)
    fake_engine.wait_until_empty()
    daemon.wait_for_log("pool.prewarm.failed")
    loaded = fake_engine.add_image("test/echo", echo)
    fake_engine.emit("image", "load", id=loaded.id)
    assert wait_for_warm(fake_engine)[0].image is loaded


@pytest.mark.parametrize("event", [True, False], ids=["with an event", "without"])
def test_an_image_of_the_list_that_comes_late_is_warmed_up(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, event: bool
) -> None:
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/late")
    daemon.wait_for_log("pool.prewarm.failed")
    wait_until(daemon.is_ready, 20, "ready all the same")
    late = fake_engine.add_image("test/late", echo)
    if event:
        fake_engine.emit("image", "pull", id=late.id)
    assert wait_for_warm(fake_engine)[0].image is late
    assert daemon.log().count("pool.prewarm.failed") == 1


def test_an_image_of_the_list_is_warmed_up_although_its_first_look_up_failed(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """As on a host that boots."""
    fake_engine.script("image", failure(500, "busy"))
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/echo")
    daemon.wait_for_log("pool.prewarm.failed")
    wait_for_warm(fake_engine)


def test_a_second_name_of_an_image_of_the_list_may_go(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    image = fake_engine.images["test/echo"]
    fake_engine.images["test/alias"] = image
    daemon = make_daemon(fake_engine, **WARM, POOL_PREWARM="test/echo test/alias")
    wait_until(daemon.is_ready, 20, "ready")
    wait_for_warm(fake_engine)
    del fake_engine.images["test/alias"]
    fake_engine.emit("image", "untag", id=image.id)
    daemon.wait_for_log("pool.prewarm.failed")
    wait_for_warm(fake_engine)
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}


class SilentEngine(WeakenedEngine):
    """A real engine that tells of no image, as some do of what buildx tags."""

    def _changed_head(self, head: bytes) -> bytes:
        return head.replace(b"%22image%22", b"%22plugin%22", 1)


def test_a_new_volume_is_no_disk_of_the_host_although_no_event_told_of_it(
    make_daemon: MakeDaemon, images: RealEngine, tmp_path: Path
) -> None:
    relay = SilentEngine(tmp_path / "relay.sock", images.socket, lambda body: None)
    images.docker("tag", "docker-run/bash", "test/retagged")
    daemon = make_daemon(relay.socket, **WARM, POOL_PREWARM="test/retagged")
    wait_until(daemon.is_ready, 60, "ready")

    def mounts() -> str:
        text: str = daemon.run("test/retagged", bash("cat /proc/mounts")).json()["stdout"]
        return text

    assert " /data " not in mounts()
    images.docker("build", "-q", "-t", "test/retagged", "-", input=b"FROM docker-run/bash\nVOLUME /data\n")
    with at_most(20, "promised are about three seconds"):
        wait_until(lambda: " /data " in mounts(), 40, "the new image runs")
    for _ in range(4):
        assert re.search(r"^\S+ /data tmpfs ", mounts(), re.MULTILINE)
    assert "event=image.changed" not in daemon.log()
    assert daemon.stop() == 0
    assert images.own_containers() == []
    relay.stop()
    images.docker("rmi", "test/retagged")
