"""The public contract: every route, its status, headers and body, and who may call it."""

from __future__ import annotations

import json

import pytest
from answers import REQUEST_ID, assert_error, read_answer
from daemon_process import Daemon, MakeDaemon
from engine_replies import answer, failure, hang_up, raw, silent
from fake_engine import FakeEngine
from fake_engine_state import VERSION
from waiting import at_most


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


@pytest.mark.parametrize("path", ["/version", "/run"])
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


def test_liveness_and_readiness_need_no_token(daemon: Daemon) -> None:
    assert daemon.request("GET", "/livez", token=None).status_code == 200
    assert daemon.is_ready()


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


def test_an_idle_connection_is_used_again(daemon: Daemon) -> None:
    request = f"GET /version HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n\r\n".encode()
    with daemon.connect() as connection:
        for _ in range(3):
            connection.sendall(request)
            assert read_answer(connection)[0] == 200


def test_a_silent_engine_ends_within_the_time_for_its_calls(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, DOCKER_UNIX_SOCKET_READ_TIMEOUT="1")
    fake_engine.script_always("version", silent)
    with at_most(5, "the time of the engine's calls"):
        assert_error(daemon.request("GET", "/version"), 500, "docker.version")
