"""`GET /metrics`: what is counted, that it is well-formed, and that nothing of a caller's gets in."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from engine_replies import failure, hang_up
from fake_containers import answering_after, sleeping
from fake_engine import FakeEngine
from scrape import Scrape
from waiting import at_most, wait_until


def scrape(daemon: Daemon) -> Scrape:
    return Scrape.parse(daemon.request("GET", "/metrics").text)


def test_promtool_finds_nothing_to_complain_about(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, POOL_ENABLED="true")
    fake_engine.add_image("test/sleeping", sleeping)
    for image in ["test/echo", "test/missing"]:
        daemon.run(image)
    text = daemon.request("GET", "/metrics").content
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


def test_the_page_has_prometheus_content_type_and_needs_the_token(daemon: Daemon) -> None:
    response = daemon.request("GET", "/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert_error(daemon.request("GET", "/metrics", token=None), 401, "access_token")
    bearer = {"Authorization": f"Bearer {daemon.token}"}
    assert daemon.request("GET", "/metrics", token=None, headers=bearer).status_code == 200


def test_requests_are_counted_by_route_and_status(daemon: Daemon) -> None:
    before = scrape(daemon)
    daemon.run("test/echo")
    daemon.run("../bad")
    daemon.request("PUT", "/run")
    daemon.request("GET", "/version", token=None)
    daemon.request("GET", "/no/such")
    with daemon.connect() as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        connection.recv(100)
    after = scrape(daemon)

    def more(route: str, status: str) -> float:
        labels = {"route": route, "status": status}
        name = "docker_run_http_requests_total"
        return after.value(name, **labels) - before.value(name, **labels)

    assert [more("/run", "200"), more("/run", "400"), more("/run", "405")] == [1, 1, 1]
    assert [more("/version", "401"), more("other", "404"), more("other", "400")] == [1, 1, 1]


def test_runs_are_counted_by_outcome(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    fake_engine.add_image("test/sleeping", sleeping)
    assert daemon.run("test/echo").status_code == 200
    assert daemon.run("test/missing").status_code == 400
    fake_engine.script("start", failure(500, "no"))
    assert daemon.run("test/echo").status_code == 500
    fake_engine.script("create", hang_up)
    assert daemon.run("test/echo").status_code == 500
    with daemon.connect() as connection:
        body = b'{"image":"test/sleeping","payload":{}}'
        head = (
            f"POST /run HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        wait_until(lambda: scrape(daemon).value("docker_run_runs_active") == 1, 10, "the run is active")
        assert daemon.run("test/echo").status_code == 503
    wait_until(lambda: runs(daemon, "abandoned", "none") == 1, 10, "the run is counted as abandoned")
    assert runs(daemon, "ok", "200") == 1
    assert runs(daemon, "docker.container.create", "400") == 1
    assert runs(daemon, "docker.container.create", "500") == 1
    assert runs(daemon, "docker.container.start", "500") == 1
    assert runs(daemon, "server.overloaded", "503") == 1


def runs(daemon: Daemon, outcome: str, status: str) -> float:
    return scrape(daemon).value("docker_run_runs_total", outcome=outcome, status=status)


def test_every_outcome_is_there_from_the_start(daemon: Daemon) -> None:
    """So that a rate sees the first of them."""
    outcomes = scrape(daemon).label_values("docker_run_runs_total", "outcome")
    assert {"ok", "abandoned", "limits.execution_time", "server.draining"} <= outcomes


def test_phases_and_removals_are_timed(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    for _ in range(3):
        assert daemon.run("test/echo").status_code == 200
    wait_until(
        lambda: scrape(daemon).value("docker_run_phase_seconds_count", phase="remove") == 3,
        10,
        "three removals are timed",
    )
    found = scrape(daemon)
    for phase, count in {"queue": 3, "acquire_cold": 3, "acquire_warm": 0, "run": 3}.items():
        assert found.value("docker_run_phase_seconds_count", phase=phase) == count
    assert found.value("docker_run_image_run_seconds_count", image="test/echo:latest") == 3
    assert found.value("docker_run_containers_removed_total") == 3


def test_the_images_in_labels_are_bounded_and_exist(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    images = [f"test/echo-{number}" for number in range(70)]
    for image in images:
        fake_engine.images[image] = fake_engine.images["test/echo"]
    for image in [*images, images[0], "test/missing"]:
        daemon.run(image)
    found = scrape(daemon)
    name = "docker_run_image_run_seconds"
    assert found.label_values(f"{name}_count", "image") == {
        *(f"{each}:latest" for each in images[:64]),
        "other",
    }
    assert found.value(f"{name}_count", image="other") == 6
    assert found.value(f"{name}_count", image=f"{images[0]}:latest") == 2


def test_an_image_has_one_label_however_callers_spell_it(daemon: Daemon, fake_engine: FakeEngine) -> None:
    image = fake_engine.images["test/echo"]
    spellings = ["test/echo", "test/echo:latest", "docker.io/test/echo", image.id, image.id[len("sha256:") :]]
    for spelling in spellings[2:]:
        fake_engine.aliases[spelling] = "test/echo"
    for spelling in spellings:
        assert daemon.run(spelling).status_code == 200, spelling
    name = "docker_run_image_run_seconds_count"
    assert scrape(daemon).label_values(name, "image") == {"test/echo:latest"}
    assert scrape(daemon).value(name) == 5


def test_the_pool_is_counted(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, POOL_ENABLED="true", POOL_PREWARM="test/echo")
    wait_until(daemon.is_ready, 10, "the pool is warm")
    assert scrape(daemon).value("docker_run_pool_containers", state="waiting") == 1
    assert daemon.run("test/echo").status_code == 200
    found = scrape(daemon)
    assert found.value("docker_run_pool_takes_total", result="hit") == 1
    assert found.value("docker_run_phase_seconds_count", phase="acquire_warm") == 1


def test_calls_to_the_engine_are_counted_by_result(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.script("create", failure(500, "no"), hang_up)
    for _ in range(3):
        daemon.run("test/echo")
    daemon.run("test/missing")
    found = scrape(daemon)
    calls = {
        result: found.value("docker_run_engine_calls_total", call="create", result=result)
        for result in ["ok", "failed", "broken", "refused"]
    }
    assert calls == {"ok": 1, "failed": 1, "broken": 1, "refused": 1}
    assert found.value("docker_run_engine_call_seconds_total", call="create") > 0


def test_an_engine_that_is_gone_shows_in_the_gauges(daemon: Daemon, fake_engine: FakeEngine) -> None:
    assert scrape(daemon).value("docker_run_ready") == 1
    fake_engine.stop()
    wait_until(lambda: scrape(daemon).value("docker_run_engine_up") == 0, 10, "the engine is down")
    assert scrape(daemon).value("docker_run_ready") == 0
    fake_engine.start()
    wait_until(lambda: scrape(daemon).value("docker_run_ready") == 1, 10, "the engine is up again")


def test_the_process_is_described(daemon: Daemon) -> None:
    found = scrape(daemon)
    assert abs(found.value("process_resident_memory_bytes") - daemon.resident_bytes()) < 16 << 20
    assert abs(found.value("process_start_time_seconds") - time.time()) < 60
    assert 0 < found.value("process_open_fds") <= found.value("process_max_fds")
    assert found.value("process_cpu_seconds_total") > 0
    version = daemon.request("GET", "/").json()["version"]
    assert found.label_values("docker_run_build_info", "version") == {version}


def test_no_token_and_no_payload_is_in_the_page(daemon: Daemon) -> None:
    daemon.run("test/echo", {"secret": "do-not-show-me"})
    daemon.request("GET", "/do-not-show-me")
    daemon.request("GET", "/run", token="do-not-show-me")
    text = daemon.request("GET", "/metrics").text
    assert "do-not-show-me" not in text
    assert daemon.token not in text


def test_scrapes_and_health_checks_are_answered_under_ten_times_overload(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """Every place is taken until the test lets go, and a caller that is refused asks again soon."""
    release = threading.Event()
    fake_engine.add_image("test/held", answering_after(release))
    limits = {"RUN_QUEUE_SIZE": "2", "RUN_QUEUE_TIMEOUT": "300", "RUN_MAX_EXECUTION_TIME": "300"}
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="2", **limits)
    refusals: list[int] = []

    def run_until_served() -> int:
        while (status := daemon.run("test/held").status_code) == 503:
            refusals.append(status)
            release.wait(0.02)  # without it the callers' threads starve the one that measures
        return status

    with ThreadPoolExecutor(20) as pool:
        runs = [pool.submit(run_until_served) for _ in range(20)]
        try:
            wait_until(lambda: len(refusals) >= 16, 20, "some runs are refused")
            for path in ["/livez", "/readyz", "/metrics"] * 20:
                with at_most(5, f"{path} waited for the runs"):
                    assert daemon.request("GET", path).status_code == 200
            ended = [run.exception() or run.result() for run in runs if run.done()]
            assert ended == [], "every place was taken all the time"
        finally:
            release.set()
        assert [run.result(60) for run in runs] == [200] * 20


def test_health_checks_are_answered_beyond_the_last_connection(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    """A daemon that merely has many idle connections must not be taken out of service."""
    daemon = make_daemon(fake_engine, SERVER_MAX_CONNECTIONS="2")
    with daemon.connect(), daemon.connect():
        wait_until(lambda: daemon.request("GET", "/", token=None).status_code == 503, 10, "it is full")
        for path in ["/livez", "/readyz"]:
            response = daemon.request("GET", path, token=None)
            assert (response.status_code, response.headers["connection"]) == (200, "close")
        assert daemon.request("GET", "/metrics").status_code == 200
        assert daemon.run("test/echo").status_code == 200, "it shows a token"


def test_every_family_has_a_help_text(daemon: Daemon) -> None:
    text = daemon.request("GET", "/metrics").text
    described = set(re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE))
    assert described == set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))
    assert len(described) > 20
