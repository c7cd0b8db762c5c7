"""The public contract of a run that goes well, or meets a limit."""

from __future__ import annotations

import json
import re
import threading
import time

from answers import assert_error
from daemon_process import Daemon, MakeDaemon
from fake_containers import Process, frame, printing, sleeping
from fake_engine import FakeEngine


def test_a_run_answers_what_the_container_printed_to_the_byte(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    printed = b'{"stdout":"h\\u00e9llo \xc3\xa9\\n",  "stderr":"", "error":"","duration":12.50e1,"a":1,"a":2}'
    fake_engine.add_image("test/fixed", printing(b" \r\n\t" + printed + b"\n\n "))
    response = daemon.run("test/fixed")
    assert (response.status_code, response.content) == (200, printed)
    assert response.headers["content-type"].startswith("application/json")


def test_a_run_hands_the_payload_to_the_container_and_closes_its_stdin(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    response = daemon.run("test/echo", {"language": "python", "files": []})
    assert response.json() == {"language": "python", "files": []}
    fake_engine.wait_until_empty()
    assert json.loads(fake_engine.removed[0].stdin) == {"language": "python", "files": []}


def test_a_run_is_one_create_attach_start_and_delete(daemon: Daemon, fake_engine: FakeEngine) -> None:
    assert daemon.run("test/echo").status_code == 200
    fake_engine.wait_until_empty()
    steps = [call.name for call in fake_engine.calls if call.name in ("create", "attach", "start", "delete")]
    assert steps == ["create", "attach", "start", "delete"]


def test_a_container_has_every_limit_in_its_create_call(daemon: Daemon, fake_engine: FakeEngine) -> None:
    daemon.run("test/echo", headers={"X-Request-Id": "mine-1"})
    create = fake_engine.wait_for_call("create")
    body, host = create.body, create.body["HostConfig"]
    assert body["Image"] == "test/echo"
    assert (body["Hostname"], body["User"]) == ("glot", "65534:65534")
    assert body["NetworkDisabled"] is True
    assert [
        body[name] for name in ("OpenStdin", "StdinOnce", "AttachStdin", "AttachStdout", "AttachStderr")
    ] == [True] * 5
    assert not body.get("Tty")
    assert body["Healthcheck"] == {"Test": ["NONE"]}
    assert host["NetworkMode"] == "none"
    assert host["LogConfig"]["Type"] == "none"
    assert not host.get("AutoRemove")
    assert (host["Memory"], host["MemorySwap"], host["PidsLimit"]) == (268435456, 268435456, 100)
    assert host["NanoCpus"] > 0
    assert host["CapDrop"] == ["ALL"]
    assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"])
    assert host["ReadonlyRootfs"] is True
    assert "Runtime" not in host
    limits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in host["Ulimits"]}
    assert limits["nofile"] == (90, 100)
    assert "nproc" not in limits, "the kernel counts it over all containers of a user"
    assert set(host["Tmpfs"]) == {"/tmp", "/home/glot"}
    assert "mode=1777" in host["Tmpfs"]["/tmp"]
    assert "size=65536k" in host["Tmpfs"]["/tmp"]


def test_names_and_labels_say_whose_a_container_is(daemon: Daemon, fake_engine: FakeEngine) -> None:
    daemon.run("test/echo", headers={"X-Request-Id": "mine-1"})
    create = fake_engine.wait_for_call("create")
    labels = create.body["Labels"]
    instance = labels["docker-run.instance"]
    assert re.fullmatch(rf"docker-run-{re.escape(instance)}-[0-9a-f]{{32}}", create.query["name"])
    assert labels["docker-run.request"] == "mine-1"
    assert int(labels["docker-run.deadline"]) > time.time()
    assert "docker-run.ttl" in labels
    assert labels["docker-run.keep"] == "false", "an image may carry the label with another value"


def test_the_time_limit_is_an_error_of_its_own(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="1")
    fake_engine.add_image("test/sleeping", sleeping)
    began = time.monotonic()
    body = assert_error(daemon.run("test/sleeping"), 400, "limits.execution_time")
    assert body["message"] == "Failed while reading stream: Max execution time exceeded"
    assert 0.9 < time.monotonic() - began < 4


def test_output_of_exactly_the_limit_passes_and_one_byte_more_does_not(
    make_daemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="1000")
    exact = b'{"x":"' + b"y" * 992 + b'"}'
    fake_engine.add_image("test/exact", printing(exact))
    fake_engine.add_image("test/more", printing(exact[:-2] + b'y"}'))
    assert daemon.run("test/exact").content == exact
    body = assert_error(daemon.run("test/more"), 400, "limits.read.size")
    assert body["message"] == "Failed while reading stream: Max output size exceeded (1000 bytes)"


def test_stdout_and_stderr_count_together_against_the_output_limit(
    make_daemon, fake_engine: FakeEngine
) -> None:
    def both(process: Process) -> None:
        process.read_stdin()
        process.send_raw(frame(2, b"e" * 501) + frame(1, b"o" * 500))

    fake_engine.add_image("test/both", both)
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="1000")
    assert_error(daemon.run("test/both"), 400, "limits.read.size")


def test_the_answer_does_not_wait_for_the_end_of_the_container(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    def linger(process: Process) -> None:
        process.read_stdin()
        process.print(b'{"early":true}')
        process.sleep_until_killed()

    fake_engine.add_image("test/linger", linger)
    assert daemon.run("test/linger").json() == {"early": True}
    fake_engine.wait_until_empty()


def test_a_full_line_answers_503_and_starts_nothing(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="0")
    fake_engine.add_image("test/sleeping", sleeping)
    first = threading.Thread(target=lambda: daemon.run("test/sleeping"))
    first.start()
    fake_engine.wait_for_call("start")
    response = daemon.run("test/echo")
    assert_error(response, 503, "server.overloaded")
    assert int(response.headers["retry-after"]) >= 1
    assert len(fake_engine.calls_of("create")) == 1
    for container in list(fake_engine.containers.values()):
        container.kill()
    first.join(30)


def test_waiting_in_line_too_long_answers_503_and_starts_nothing(
    make_daemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_WORKER_THREADS="1", RUN_QUEUE_SIZE="4", RUN_QUEUE_TIMEOUT="1")
    fake_engine.add_image("test/sleeping", sleeping)
    first = threading.Thread(target=lambda: daemon.run("test/sleeping"))
    first.start()
    fake_engine.wait_for_call("start")
    assert_error(daemon.run("test/echo"), 503, "server.overloaded")
    assert len(fake_engine.calls_of("create")) == 1
    for container in list(fake_engine.containers.values()):
        container.kill()
    first.join(30)


def test_the_log_ties_the_request_id_and_traceparent_to_the_run(daemon: Daemon) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    daemon.run("test/echo", headers={"X-Request-Id": "log-me-77", "traceparent": trace})
    daemon.wait_for_log("log-me-77")
    daemon.wait_for_log("4bf92f3577b34da6a3ce929d0e0e4736")


def test_server_timing_says_where_the_milliseconds_went(daemon: Daemon) -> None:
    timing = daemon.run("test/echo").headers["server-timing"]
    phases = dict(part.strip().split(";dur=") for part in timing.split(",") if ";dur=" in part)
    assert {"queue", "acquire", "run"} <= set(phases)
    assert all(float(value.split(";")[0]) >= 0 for value in phases.values())
