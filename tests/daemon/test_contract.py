"""The public contract: every route, status, header and body that callers rely on."""

from __future__ import annotations

import json
import re
import struct
import threading
import time

import pytest

from answers import REQUEST_ID, assert_error, read_answer
from daemon_process import Daemon
from engine_replies import answer, attached, failure, hang_up, raw, silent
from fake_containers import Exit, Process, frame, printing, sleeping
from fake_engine import UPGRADED, VERSION, Exchange, FakeEngine


def test_the_root_introduces_the_daemon_without_a_token(daemon: Daemon) -> None:
    response = daemon.request("GET", "/", token=None)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert list(response.json()) == ["name", "version", "description"]
    assert response.json()["name"] == "docker-run"
    assert response.json()["description"] == "Api for running code in transient docker containers"
    assert response.text.startswith("{\n"), "not for people to read"


def test_version_is_that_of_the_engine(daemon: Daemon) -> None:
    response = daemon.request("GET", "/version")
    assert response.status_code == 200
    assert response.text.startswith("{\n")
    assert response.json() == {
        "docker": {
            "version": VERSION["Version"],
            "apiVersion": "1.41",
            "gitCommit": VERSION["GitCommit"],
            "goVersion": VERSION["GoVersion"],
            "os": "linux",
            "arch": "amd64",
            "kernelVersion": VERSION["KernelVersion"],
            "buildTime": VERSION["BuildTime"],
            "platform": {"name": ""},
            "components": [
                {"name": "Engine", "version": "20.10.24+dfsg1"},
                {"name": "containerd", "version": "1.6.20"},
            ],
        }
    }


def test_version_leaves_out_what_the_engine_leaves_out(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.script_always("version", answer(200, {"Version": "4.3.1", "ApiVersion": "1.41"}))
    assert daemon.request("GET", "/version").json() == {"docker": {"version": "4.3.1", "apiVersion": "1.41"}}


@pytest.mark.parametrize(
    "reply", [failure(500, "broken"), raw(b"nonsense\r\n\r\n", close=True), hang_up, answer(200, [1])]
)
def test_version_says_that_the_engine_failed(daemon: Daemon, fake_engine: FakeEngine, reply: object) -> None:
    fake_engine.script_always("version", reply)
    assert_error(daemon.request("GET", "/version"), 500, "docker.version", "Failed to get docker version: ")


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


def failing_after_start(close_after: int) -> object:
    """An engine whose stream breaks while the payload is written and whose container lives on."""

    def reply(exchange: Exchange) -> None:
        exchange.send(UPGRADED)
        exchange.connection.recv(close_after)
        exchange.close()

    return reply


def oom(process: Process) -> None:
    process.read_stdin()
    raise Exit(137, oom_killed=True)


def exit_7(process: Process) -> None:
    process.read_stdin()
    raise Exit(7)


def type_0(process: Process) -> None:
    process.read_stdin()
    process.send_raw(frame(0, b"what?"))
    process.sleep_until_killed()


def type_9(process: Process) -> None:
    process.read_stdin()
    process.send_raw(frame(9, b"{}"))
    process.sleep_until_killed()


def warns(process: Process) -> None:
    process.print_error("Zeile 1: kaputt ☠\n".encode())
    process.read_stdin()
    process.print(b"{}")


FAILURES = [
    (
        "create",
        failure(404, "No such image: test/echo:latest"),
        400,
        "docker.container.create",
        "Failed to create container: No such image: test/echo:latest",
    ),
    (
        "create",
        failure(400, "invalid reference format"),
        400,
        "docker.container.create",
        "Failed to create container: invalid reference format",
    ),
    (
        "create",
        failure(500, "no space left"),
        500,
        "docker.container.create",
        "Failed to create container: no space left",
    ),
    ("create", hang_up, 500, "docker.container.create", "Failed to create container: "),
    ("create", answer(201, {"Warnings": []}), 500, "docker.container.create", "Failed to create container: "),
    (
        "create",
        answer(201, {"Id": "../x", "Warnings": []}),
        500,
        "docker.container.create",
        "Failed to create container: ",
    ),
    (
        "attach",
        failure(404, "No such container"),
        500,
        "docker.container.attach",
        "Failed to attach to container: ",
    ),
    ("attach", hang_up, 500, "docker.container.attach", "Failed to attach to container: "),
    (
        "start",
        failure(400, "exec: not found"),
        500,
        "docker.container.start",
        "Failed to start container: exec: not found",
    ),
    (
        "start",
        failure(500, "no such user"),
        500,
        "docker.container.start",
        "Failed to start container: no such user",
    ),
    ("start", hang_up, 500, "docker.container.start", "Failed to start container: "),
    (
        "attach",
        failing_after_start(1),
        400,
        "docker.container.stream.payload.serialize",
        "Failed to send payload to stream: ",
    ),
    (
        "attach",
        attached(b"\x01\0\0\0\0\0\0\x05ab", close=True),
        500,
        "docker.container.stream.read",
        "Failed while reading stream: ",
    ),
]


@pytest.mark.parametrize(("call", "reply", "status", "error", "message"), FAILURES)
def test_every_failure_of_the_engine_has_its_own_error(
    daemon: Daemon, fake_engine: FakeEngine, call: str, reply: object, status: int, error: str, message: str
) -> None:
    fake_engine.script(call, reply)
    assert_error(daemon.run("test/echo", {"filler": "x" * 1_500_000}), status, error, message)
    assert daemon.run("test/echo").status_code == 200, "the next run suffers from it"


ENDINGS = [
    (oom, 500, "coderunner.stdout.decode", "Failed to decode json returned from code runner: ", "memory"),
    (exit_7, 500, "coderunner.stdout.decode", "Failed to decode json returned from code runner: ", "7"),
    (printing(b""), 500, "coderunner.stdout.decode", "Failed to decode json returned from code runner: ", ""),
    (
        printing(b"[]"),
        500,
        "coderunner.stdout.decode",
        "Failed to decode json returned from code runner: ",
        "",
    ),
    (
        printing(b'{"a":1'),
        500,
        "coderunner.stdout.decode",
        "Failed to decode json returned from code runner: ",
        "",
    ),
    (
        printing(b'{"a":1} x'),
        500,
        "coderunner.stdout.decode",
        "Failed to decode json returned from code runner: ",
        "",
    ),
    (type_0, 500, "coderunner.stdin", "Code runner returned unexpected stdin data: ", "what?"),
    (type_9, 500, "docker.container.stream.read", "Failed while reading stream: ", ""),
    (warns, 500, "coderunner.stderr", "Code runner failed with the following message: ", "Zeile 1: kaputt ☠"),
]


@pytest.mark.parametrize(("program", "status", "error", "message", "mentioned"), ENDINGS)
def test_every_bad_ending_of_a_program_has_its_own_error(
    daemon: Daemon,
    fake_engine: FakeEngine,
    program: object,
    status: int,
    error: str,
    message: str,
    mentioned: str,
) -> None:
    fake_engine.add_image("test/bad", program)
    body = assert_error(daemon.run("test/bad"), status, error, message)
    assert mentioned in body["message"]


def test_the_time_limit_is_an_error_of_its_own(make_daemon, fake_engine: FakeEngine) -> None:
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


def test_an_engine_that_is_not_there_is_named(make_daemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    fake_engine.stop()
    message = "Unix socket failure: Failed to connect to docker unix socket: "
    assert_error(daemon.run("test/echo"), 500, "docker.unixsocket", message)
    fake_engine.start()
    assert daemon.run("test/echo").status_code == 200


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


def test_a_full_line_answers_503_and_starts_nothing(make_daemon, fake_engine: FakeEngine) -> None:
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


@pytest.mark.parametrize("path", ["/version", "/run", "/metrics"])
def test_a_route_with_a_token_refuses_without_it(daemon: Daemon, fake_engine: FakeEngine, path: str) -> None:
    response = daemon.request("POST" if path == "/run" else "GET", path, token=None)
    body = assert_error(response, 401, "access_token")
    assert body == {"error": "access_token", "message": "Missing or wrong access token"}
    assert response.headers["www-authenticate"] == "Bearer"
    assert fake_engine.calls_of("create") == []


def test_the_token_may_come_as_a_bearer_token(daemon: Daemon) -> None:
    bearer = {"Authorization": f"Bearer {daemon.token}"}
    assert daemon.request("GET", "/version", token=None, headers=bearer).status_code == 200


def test_x_access_token_alone_decides_where_it_is_present(daemon: Daemon) -> None:
    foreign = {"Authorization": "Basic eDp5"}
    assert daemon.request("GET", "/version", headers=foreign).status_code == 200
    bearer = {"Authorization": f"Bearer {daemon.token}"}
    assert daemon.request("GET", "/version", token="wrong", headers=bearer).status_code == 401


@pytest.mark.parametrize("path", ["/nothing", "//run", "/run/", "/%2e", "/runs", "/Run"])
def test_an_unknown_route_is_404(daemon: Daemon, path: str) -> None:
    body = assert_error(daemon.request("POST", path), 404, "route.not_found")
    assert body["message"] == "Route not found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/", "GET"), ("DELETE", "/version", "GET"), ("GET", "/run", "POST"), ("PUT", "/run", "POST")],
)
def test_another_method_is_405_and_says_what_is_allowed(
    daemon: Daemon, method: str, path: str, allowed: str
) -> None:
    response = daemon.request(method, path)
    assert_error(response, 405, "method.not_allowed")
    assert allowed in [name.strip() for name in response.headers["allow"].split(",")]


def test_a_method_that_http_does_not_know_is_501(daemon: Daemon) -> None:
    assert daemon.request("BREW", "/run").status_code == 501


@pytest.mark.parametrize("path", ["/", "/version"])
def test_head_is_get_without_the_body(daemon: Daemon, path: str) -> None:
    got, head = daemon.request("GET", path), daemon.request("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


def test_a_query_string_is_ignored(daemon: Daemon) -> None:
    assert daemon.request("GET", "/?a=b", token=None).status_code == 200
    response = daemon.request("POST", "/run?x=%2e", json={"image": "test/echo", "payload": {}})
    assert response.status_code == 200


def test_an_absolute_target_is_served(daemon: Daemon) -> None:
    with daemon.connect() as connection:
        connection.sendall(f"GET {daemon.url}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        status, _, body = read_answer(connection)
    assert (status, json.loads(body)["name"]) == (200, "docker-run")


def test_a_good_request_id_is_taken_over_and_a_bad_one_replaced(daemon: Daemon) -> None:
    kept = daemon.request("GET", "/", headers={"X-Request-Id": "Abc.1_2-3"}).headers["x-request-id"]
    longest = daemon.request("GET", "/", headers={"X-Request-Id": "a" * 128}).headers["x-request-id"]
    assert (kept, longest) == ("Abc.1_2-3", "a" * 128)
    for bad in ["a" * 129, "a b", "a,b", '"']:
        fresh = daemon.request("GET", "/", headers={"X-Request-Id": bad}).headers["x-request-id"]
        assert REQUEST_ID.fullmatch(fresh)
        assert fresh != bad


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


def test_liveness_and_readiness_need_no_token(daemon: Daemon) -> None:
    assert daemon.request("GET", "/livez", token=None).status_code == 200
    assert daemon.request("GET", "/readyz", token=None).status_code == 200


def test_the_caller_that_waits_is_told_in_the_order_of_the_checks(daemon: Daemon) -> None:
    """404 before 405 before 401 before 417 before 415 before the content type before 413 before the body."""
    wrong = {"Expect": "a miracle", "Content-Encoding": "gzip", "Content-Type": "text/plain"}
    huge = "x" * 3_000_000
    assert daemon.request("PUT", "/nothing", token=None, headers=wrong, content=huge).status_code == 404
    assert daemon.request("PUT", "/run", token=None, headers=wrong, content=huge).status_code == 405
    assert daemon.request("POST", "/run", token=None, headers=wrong, content=huge).status_code == 401
    assert daemon.request("POST", "/run", headers=wrong, content=huge).status_code == 417
    del wrong["Expect"]
    assert_error(daemon.request("POST", "/run", headers=wrong, content=huge), 415, "request.content_encoding")
    del wrong["Content-Encoding"]
    assert_error(daemon.request("POST", "/run", headers=wrong, content=huge), 400, "request.content_type")
    json_type = {"Content-Type": "application/json"}
    assert_error(daemon.request("POST", "/run", headers=json_type, content=huge), 413, "request.body.size")
    assert_error(daemon.request("POST", "/run", headers=json_type, content="{"), 400, "request.parse")


def test_a_message_from_the_engine_is_bounded_and_valid_utf8(daemon: Daemon, fake_engine: FakeEngine) -> None:
    fake_engine.script("create", answer(500, b'{"message":"' + b"\xff\xc3\xa9" * 5000 + b'"}'))
    body = assert_error(
        daemon.run("test/echo"), 500, "docker.container.create", "Failed to create container: "
    )
    assert len(body["message"].encode()) <= 4096


def test_an_idle_connection_is_used_again(daemon: Daemon) -> None:
    request = f"GET /version HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n\r\n".encode()
    with daemon.connect() as connection:
        for _ in range(3):
            connection.sendall(request)
            assert read_answer(connection)[0] == 200


def test_a_frame_that_claims_four_gigabytes_costs_no_memory(make_daemon, fake_engine: FakeEngine) -> None:
    """D11"""

    def lie(process: Process) -> None:
        process.read_stdin()
        process.send_raw(struct.pack(">BxxxI", 1, 0xFFFFFFFF) + b"x" * 50_000)
        process.sleep_until_killed()

    daemon = make_daemon(fake_engine, RUN_MAX_EXECUTION_TIME="2")
    fake_engine.add_image("test/lie", lie)
    before = daemon.resident_bytes()
    response = daemon.run("test/lie")
    assert response.json()["error"] in ("limits.execution_time", "limits.read.size")
    assert daemon.resident_bytes() - before < 64 << 20


def test_a_silent_engine_ends_within_the_time_for_its_calls(make_daemon, fake_engine: FakeEngine) -> None:
    """D12"""
    daemon = make_daemon(fake_engine, DOCKER_UNIX_SOCKET_READ_TIMEOUT="1")
    fake_engine.script_always("version", silent)
    began = time.monotonic()
    assert_error(daemon.request("GET", "/version"), 500, "docker.version")
    assert time.monotonic() - began < 5
