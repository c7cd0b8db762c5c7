"""The operator's policy: which images may be run, and with which settings; its reload by SIGHUP."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from fake_containers import Container, echo, printing, sleeping
from fake_engine import FakeEngine
from real_engine import RealEngine
from repository import REPOSITORY
from waiting import wait_until

DOCS = REPOSITORY / "docs"
SHIPPED = DOCS.parent / "systemd/policy.json"
REFUSED = "Failed to create container: image is not allowed: "
SMALL = {"DOCKER_CONTAINER_MEMORY": 33554432}


class Policy:
    """A policy file, and the token file beside it, of one daemon."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "policy.json"
        self.tokens = folder / "tokens"

    def write(self, *rules: dict[str, Any]) -> None:
        self.path.write_text(json.dumps({"images": rules}))

    def settings(self) -> dict[str, str]:
        return {"RUN_POLICY_FILE": str(self.path)}


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return Policy(tmp_path)


def reload(daemon: Daemon, event: str = "reloaded") -> None:
    seen = daemon.log().count(f"event={event}")
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: daemon.log().count(f"event={event}") > seen, 10, f"{event} is logged")


def last_spec(engine: FakeEngine) -> dict[str, Any]:
    every = [*engine.containers.values(), *engine.removed]
    spec: dict[str, Any] = max(every, key=lambda container: container.created).spec
    return spec


def waiting(engine: FakeEngine) -> list[Container]:
    return [c for c in list(engine.containers.values()) if c.status == "running" and not c.stdin]


def test_an_image_that_no_rule_matches_is_refused_and_the_engine_is_not_asked(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.write({"match": ["test/ec*"]})
    daemon = make_daemon(fake_engine, **policy.settings())
    fake_engine.add_image("other/echo", echo)
    assert daemon.run("test/echo", {"a": 1}).json() == {"a": 1}
    calls = len(fake_engine.calls_of("image"))
    for image in ("other/echo", "quay.io/test/echo", "test/other"):
        assert_error(daemon.run(image), 400, "docker.container.create", REFUSED + image)
    assert len(fake_engine.calls_of("image")) == calls


def test_an_image_called_by_its_id_gets_no_more_than_by_its_name(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.write({"match": ["**"]})
    daemon = make_daemon(fake_engine, **policy.settings())
    image = fake_engine.images["test/echo"]
    assert_error(daemon.run(image.id), 400, "docker.container.create", REFUSED)


def test_without_a_policy_the_first_digits_of_an_id_are_no_name(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """T7: 256 requests found every image of the engine, those without a name among them."""
    for name in ("untagged", "test/echo"):
        image = fake_engine.images.get(name) or fake_engine.add_image(name, echo)
        digits = image.id.removeprefix("sha256:")
        for reference in (digits[:1], digits[:12], digits[:63], f"sha256:{digits[:12]}"):
            assert_error(daemon.run(reference), 400, "docker.container.create", REFUSED + reference)
        for reference in (image.id, digits):
            assert daemon.run(reference, {"a": 1}).json() == {"a": 1}
    created = len(fake_engine.calls_of("create"))
    assert created == 4, "nothing was created for what was refused"


def test_an_image_whose_name_looks_like_digits_runs_by_its_name(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    image = fake_engine.add_image("placeholder", echo)
    fake_engine.images[image.id.removeprefix("sha256:")[:3]] = fake_engine.images.pop("placeholder")
    assert daemon.run(image.id.removeprefix("sha256:")[:3], {"a": 1}).json() == {"a": 1}


def test_the_engine_finds_images_by_digits_that_the_daemon_refuses(
    make_daemon: MakeDaemon, engine: RealEngine, busybox_image: str
) -> None:
    daemon = make_daemon(engine)
    digits = engine.docker("image", "inspect", "-f", "{{.Id}}", busybox_image).removeprefix("sha256:")
    assert engine.docker("image", "inspect", "-f", "{{.Id}}", digits[:12]).endswith(digits)
    assert_error(daemon.run(digits[:12]), 400, "docker.container.create", REFUSED + digits[:12])
    # By the whole of it the image is started, and prints no object.
    assert REFUSED not in daemon.run(digits).json()["message"]


def test_a_pinned_image_runs_by_its_content_alone(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    pinned = fake_engine.images["test/echo"]
    policy.write({"match": [f"test/echo@{pinned.id}"]})
    daemon = make_daemon(fake_engine, **policy.settings())
    assert daemon.run("test/echo").status_code == 200
    assert last_spec(fake_engine)["Image"] == pinned.id, "the name may mean another image by now"
    fake_engine.add_image("test/echo", printing(b'{"forged":1}'))
    fake_engine.emit("image", "tag", id=pinned.id)
    daemon.wait_for_log("image.changed")
    assert_error(daemon.run("test/echo"), 400, "docker.container.create", REFUSED)


def test_a_rule_sets_limits_and_runtime_of_its_images_alone(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    fake_engine.add_image("test/other", echo)
    fake_engine.info["Runtimes"] = {"runc": {}, "runsc": {}}
    own = SMALL | {"DOCKER_CONTAINER_RUNTIME": "runsc", "DOCKER_CONTAINER_PIDS_LIMIT": 7}
    policy.write({"match": ["test/echo"], "settings": own}, {"match": ["**"]})
    daemon = make_daemon(fake_engine, **policy.settings())
    assert daemon.run("test/echo").status_code == 200
    host = last_spec(fake_engine)["HostConfig"]
    assert (host["Memory"], host["MemorySwap"]) == (33554432, 33554432)
    assert (host["Runtime"], host["PidsLimit"]) == ("runsc", 7)
    assert daemon.run("test/other").status_code == 200
    host = last_spec(fake_engine)["HostConfig"]
    assert (host["Memory"], host.get("Runtime")) == (268435456, None)


def test_time_and_output_of_a_rule_reach_the_verdict_the_runner_and_the_labels(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    fake_engine.add_image("test/sleep", sleeping)
    fake_engine.add_image("test/long", printing(b'{"x":"' + b"x" * 2000 + b'"}'))
    own = {"RUN_MAX_EXECUTION_TIME": 1, "RUN_MAX_OUTPUT_SIZE": 1500}
    policy.write({"match": ["test/sleep", "test/long"], "settings": own}, {"match": ["**"]})
    daemon = make_daemon(fake_engine, **policy.settings())
    assert_error(daemon.run("test/sleep"), 400, "limits.execution_time")
    spec = last_spec(fake_engine)
    assert {"CODE_RUNNER_TIME_LIMIT_MS=900", "CODE_RUNNER_OUTPUT_LIMIT=1500"} <= set(spec["Env"])
    own_ttl = int(spec["Labels"]["docker-run.ttl"])
    assert "1500 bytes" in assert_error(daemon.run("test/long"), 400, "limits.read.size")["message"]
    assert daemon.run("test/echo").status_code == 200
    assert int(last_spec(fake_engine)["Labels"]["docker-run.ttl"]) == own_ttl + 14


def test_a_policy_with_faults_stops_the_start_with_78_and_names_each(
    binary: Path, make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.write({"match": ["x"], "limits": {}}, {"match": ["A"], "settings": {"DOCKER_CONTAINER_CPUS": "1"}})
    daemon = make_daemon(fake_engine, start=False, **policy.settings())
    daemon.expect_end = True
    for arguments in ([], ["--check-config"]):
        environment = daemon.env | {"SERVER_LISTEN_PORT": "1"}
        done = subprocess.run(
            [binary, *arguments], env=environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 78
        for place in ("images[0] ", "images[1].match[0] ", "images[1].settings.DOCKER_CONTAINER_CPUS "):
            assert f"{policy.path}: {place}must be" in done.stderr


def test_a_new_policy_holds_from_its_reload_on_and_drains_what_waits_for_the_old(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.write({"match": ["test/*"]})
    daemon = make_daemon(
        fake_engine, POOL_ENABLED="true", POOL_PREWARM="test/echo", POOL_MAX_TOTAL="2", **policy.settings()
    )
    old = {container.id for container in wait_until(lambda: waiting(fake_engine), 15, "one waits")}
    policy.write({"match": ["test/*"], "settings": SMALL})
    reload(daemon)
    assert daemon.run("test/echo").status_code == 200
    assert last_spec(fake_engine)["HostConfig"]["Memory"] == 33554432
    wait_until(lambda: old <= {container.id for container in fake_engine.removed}, 10, "the old are gone")
    new = wait_until(lambda: waiting(fake_engine), 15, "a new one waits")
    assert all(container.spec["HostConfig"]["Memory"] == 33554432 for container in new)
    policy.write()
    reload(daemon)
    assert_error(daemon.run("test/echo"), 400, "docker.container.create", REFUSED)
    wait_until(lambda: not waiting(fake_engine), 10, "nothing waits for an image that is refused")


def test_a_reload_of_the_same_policy_keeps_what_waits(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.write({"match": ["test/*"], "settings": SMALL})
    daemon = make_daemon(
        fake_engine,
        POOL_ENABLED="true",
        POOL_PREWARM="test/echo",
        POOL_MAX_PER_IMAGE="1",
        **policy.settings(),
    )
    wait_until(daemon.is_ready, 20, "ready")
    (before,) = wait_until(lambda: waiting(fake_engine), 15, "one waits")
    reload(daemon)
    response = daemon.run("test/echo")
    assert "hit" in response.headers["server-timing"]
    wait_until(lambda: before in fake_engine.removed, 10, "it was used")
    assert before.stdin


def test_a_bad_file_keeps_tokens_and_policy_as_they_were(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.write({"match": ["test/*"]})
    policy.tokens.write_text("first-token\nsecond-token\n")
    files = policy.settings() | {"API_ACCESS_TOKEN_FILE": str(policy.tokens)}
    daemon = make_daemon(fake_engine, API_ACCESS_TOKEN=None, **files)

    def served() -> list[int]:
        return [daemon.run("test/echo", token=token).status_code for token in ("first-token", "third-token")]

    policy.tokens.write_text("third-token\n")
    policy.path.write_text('{"images": [')
    reload(daemon, "reload.refused")
    assert served() == [200, 401]
    policy.write({"match": ["test/*"]})
    policy.tokens.write_text("")
    reload(daemon, "reload.refused")
    assert served() == [200, 401]
    policy.tokens.write_text("third-token\n")
    policy.tokens.chmod(0o620)
    reload(daemon, "reload.refused")
    policy.tokens.chmod(0o600)
    assert served() == [200, 401]
    policy.tokens.write_text("third-token\n")
    reload(daemon)
    assert served() == [401, 200]
    assert "tokens=1 policy_rules=1" in daemon.log()
    assert not any(token in daemon.log() for token in ("first-token", "second-token", "third-token"))


def test_tokens_are_rotated_without_a_refused_call(
    make_daemon: MakeDaemon, fake_engine: FakeEngine, policy: Policy
) -> None:
    policy.tokens.write_text("old-token\n")
    daemon = make_daemon(fake_engine, API_ACCESS_TOKEN=None, API_ACCESS_TOKEN_FILE=str(policy.tokens))
    policy.tokens.write_text("old-token\nnew-token\n")
    reload(daemon)
    assert daemon.request("GET", "/version", token="old-token").status_code == 200
    assert daemon.request("GET", "/version", token="new-token").status_code == 200
    policy.tokens.write_text("new-token\n")
    reload(daemon)
    assert daemon.request("GET", "/version", token="old-token").status_code == 401
    assert daemon.request("GET", "/version", token="new-token").status_code == 200


def test_the_shipped_policy_allows_our_images_alone(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, RUN_POLICY_FILE=str(SHIPPED))
    fake_engine.add_image("docker-run/echo", echo)
    assert daemon.run("docker-run/echo", {"a": 1}).json() == {"a": 1}
    for image in ("test/echo", "glot/python", "docker-run/a/b", "registry.example/docker-run/echo"):
        assert_error(daemon.run(image), 400, "docker.container.create", REFUSED + image)


def test_the_policy_of_the_documentation_is_valid(
    binary: Path, make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    shown = (DOCS / "policy.md").read_text().split("```json\n")[1].split("```")[0]
    assert json.loads(shown) == json.loads((DOCS / "policy.json").read_text())
    daemon = make_daemon(fake_engine, start=False, RUN_POLICY_FILE=str(DOCS / "policy.json"))
    daemon.expect_end = True
    environment = daemon.env | {"SERVER_LISTEN_PORT": "1"}
    subprocess.run([binary, "--check-config"], env=environment, check=True, timeout=20)
