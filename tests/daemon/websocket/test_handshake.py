"""Which requests become a WebSocket, and how the others are answered."""

from __future__ import annotations

import json

import pytest
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from fake_runner import add_runner
from interactive_client import (
    INTERACTIVE,
    SUBPROTOCOL,
    connected,
    echo_input,
    frame_of,
    handshake,
    interactive_run,
    refusal,
    talking,
    token_subprotocol,
    upgrade,
)
from run_requests import send_run

ORIGIN = "https://try.example.org"


@pytest.fixture
def interactive(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Daemon:
    add_runner(fake_engine, "test/echo-input", talking(echo_input))
    return make_daemon(fake_engine, API_ALLOWED_ORIGINS=f"http://localhost:8080 {ORIGIN}", **INTERACTIVE)


def test_a_correct_handshake_gets_the_subprotocol_and_no_extension(interactive: Daemon) -> None:
    with connected(interactive, subprotocols=["other", SUBPROTOCOL]) as run:
        response = run.connection.response
        assert response is not None
        assert response.status_code == 101
        assert response.headers["Sec-WebSocket-Protocol"] == SUBPROTOCOL
        assert "Sec-WebSocket-Extensions" not in response.headers
        assert len(response.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    "changes",
    [
        {"Upgrade": None},
        {"Upgrade": "h2c"},
        {"Connection": None},
        {"Connection": "keep-alive"},
        {"Sec_WebSocket_Version": None},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": None},
        {"Sec_WebSocket_Key": "c2hvcnQ="},
        {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==\ndGhlIHNhbXBsZSBub25jZQ=="},
        {"Content_Length": "1"},
        {"version": "1.0"},
        {"X_Access_Token": None, "Upgrade": None},
    ],
    ids=str,
)
def test_get_without_a_correct_handshake_is_405_as_ever(
    interactive: Daemon, changes: dict[str, str | None]
) -> None:
    refused = refusal(interactive, **changes)
    assert (refused.status, refused.error) == (405, "method.not_allowed")
    assert refused.headers["allow"] == "POST"


def test_head_is_405_whatever_its_fields_are(interactive: Daemon) -> None:
    with interactive.connect() as connection:
        connection.sendall(handshake(interactive, method="HEAD"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 405 ")


def test_without_places_the_route_has_no_upgrade(daemon: Daemon) -> None:
    """Which is so by default."""
    refused = refusal(daemon)
    assert (refused.status, refused.error) == (405, "method.not_allowed")


def test_a_handshake_without_the_subprotocol_is_400(interactive: Daemon) -> None:
    for offered in (None, "docker-run.2", token_subprotocol(interactive.token)):
        refused = refusal(interactive, Sec_WebSocket_Protocol=offered)
        assert (refused.status, refused.error) == (400, "request.subprotocol")


def test_the_token_may_be_a_subprotocol(interactive: Daemon) -> None:
    """As browsers have to send it. Only the other subprotocol is answered."""
    offered = [SUBPROTOCOL, token_subprotocol(interactive.token)]
    with connected(interactive, additional_headers={}, subprotocols=offered) as run:
        assert run.connection.subprotocol == SUBPROTOCOL
    wrong = ", ".join([SUBPROTOCOL, token_subprotocol("wrong")])
    refused = refusal(interactive, Sec_WebSocket_Protocol=wrong, X_Access_Token=None)
    assert (refused.status, refused.error) == (401, "access_token")
    assert "www-authenticate" in refused.headers


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_handshake_without_the_token_is_401(interactive: Daemon, token: str | None) -> None:
    refused = refusal(interactive, X_Access_Token=token, Origin="https://elsewhere.example.org")
    assert (refused.status, refused.error) == (401, "access_token")


def test_a_token_in_a_subprotocol_is_none_of_another_request(interactive: Daemon) -> None:
    fields = f"Sec-WebSocket-Protocol: {token_subprotocol(interactive.token)}\r\n"
    with send_run(interactive, "test/echo-input", token="wrong", fields=fields) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_a_token_in_the_target_is_none(interactive: Daemon) -> None:
    target = handshake(interactive, X_Access_Token=None).replace(
        b"GET /run ", f"GET /run?token={interactive.token}&access_token={interactive.token} ".encode()
    )
    with interactive.connect() as connection:
        connection.sendall(target)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("origin", [None, ORIGIN, "http://localhost:8080"])
def test_pages_of_listed_origins_and_programs_may_connect(interactive: Daemon, origin: str | None) -> None:
    upgrade(interactive, Origin=origin).close()


@pytest.mark.parametrize(
    "origin",
    ["null", "https://elsewhere.example.org", ORIGIN + ":444", ORIGIN.upper(), f"{ORIGIN}\nnull", ""],
)
def test_pages_of_other_origins_may_not(interactive: Daemon, origin: str) -> None:
    refused = refusal(interactive, Origin=origin)
    assert (refused.status, refused.error) == (403, "request.origin")


def test_a_post_with_an_origin_is_served_as_ever(interactive: Daemon) -> None:
    headers = {"Origin": "https://elsewhere.example.org"}
    assert interactive.run("test/echo", {"a": 1}, headers=headers).json() == {"a": 1}


def test_messages_may_come_with_the_head(interactive: Daemon) -> None:
    messages = [
        {"image": "test/echo-input", "payload": {}},
        {"type": "stdin", "text": "early"},
        {"type": "eof"},
    ]
    more = b"".join(frame_of(json.dumps(message)) for message in messages)
    received = b""
    with upgrade(interactive, more) as connection:
        while b'"answer"' not in received:
            received += connection.recv(65536)
    assert b'{"type":"stdout","text":"early"}' in received


def test_a_caller_without_a_token_on_a_connection_before_may_upgrade_it(interactive: Daemon) -> None:
    with interactive.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(handshake(interactive))
        assert connection.recv(65536).startswith(b"HTTP/1.1 101 ")


def test_the_upgrade_is_counted_as_a_response(interactive: Daemon) -> None:
    with interactive_run(interactive, "test/echo-input") as run:
        run.next_of("start")
        assert interactive.figure("docker_run_http_requests_total", route="/run", status="101") == 1
