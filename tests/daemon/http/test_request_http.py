"""How a request may come: tokens, sizes, encodings, segments."""

from __future__ import annotations

import json
from typing import Any

import pytest
from answers import assert_error, read_answer, read_answers
from daemon_process import Daemon, MakeDaemon
from fake_engine import FakeEngine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

POST_JSON = "POST /run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


LAX = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_wrong_token_is_refused_before_the_body_is_read(daemon: Daemon) -> None:
    for token in [
        b"wrong",
        daemon.token[:-1].encode(),
        daemon.token.encode() + b"0",
        b"",
        b"\xc3\xa9",
        b"x" * 7000,
    ]:
        with daemon.connect() as connection:
            head = f"{POST_JSON}Content-Length: 1000000\r\n".encode()
            connection.sendall(head + b"X-Access-Token: " + token + b"\r\n\r\n")
            status, _, body = read_answer(connection)
        assert (status, json.loads(body)["error"]) == (401, "access_token"), token[:20]


@pytest.mark.parametrize("twice", ["right right", "right wrong", "wrong right"])
def test_two_tokens_are_refused(daemon: Daemon, twice: str) -> None:
    lines = "".join(
        f"X-Access-Token: {daemon.token if word == 'right' else 'wrong'}\r\n" for word in twice.split()
    )
    with daemon.connect() as connection:
        connection.sendall(f"GET /version HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert read_answer(connection)[0] in (400, 401)


def test_a_token_in_the_query_or_a_trailer_counts_for_nothing(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    query = f"/version?token={daemon.token}&X-Access-Token={daemon.token}"
    assert_error(daemon.request("GET", query, token=None), 401, "access_token")
    body = b'{"image":"test/echo","payload":{}}'
    head = f"{POST_JSON}Transfer-Encoding: chunked\r\n\r\n".encode()
    trailer = f"0\r\nX-Access-Token: {daemon.token}\r\n\r\n".encode()
    with daemon.connect() as connection:
        connection.sendall(head + f"{len(body):x}\r\n".encode() + body + b"\r\n" + trailer)
        assert read_answer(connection)[0] == 401
    assert fake_engine.calls_of("create") == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("text/json", 200),
        ("application/vnd.glot+json", 200),
        ("text/plain", 400),
        ("application/jsonp", 400),
        ("json", 400),
        ("", 400),
        (None, 400),
    ],
)
def test_the_content_type_says_json(daemon: Daemon, content_type: str | None, status: int) -> None:
    response = daemon.post(b'{"image":"test/echo","payload":{}}', content_type)
    if status == 200:
        assert response.status_code == 200
    else:
        assert_error(response, 400, "request.content_type")


def test_an_identity_encoding_is_none(daemon: Daemon) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "identity"}
    body = b'{"image":"test/echo","payload":{}}'
    assert daemon.request("POST", "/run", content=body, headers=headers).status_code == 200


def body_of(size: int) -> bytes:
    frame = b'{"image":"test/echo","payload":{"x":"%s"}}'
    return frame % (b"x" * (size - len(frame) + 2))


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not(
    make_daemon: MakeDaemon, fake_engine: FakeEngine
) -> None:
    daemon = make_daemon(fake_engine, SERVER_MAX_BODY_SIZE="100000", RUN_MAX_OUTPUT_SIZE="200000")
    assert daemon.post(body_of(100_000)).status_code == 200
    assert_error(daemon.post(body_of(100_001)), 413, "request.body.size")


def test_the_default_body_limit_is_two_mebibytes(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="4000000")
    assert daemon.post(body_of(2_097_152)).status_code == 200
    assert_error(daemon.post(body_of(2_097_153)), 413, "request.body.size")


def test_a_length_past_the_limit_is_refused_before_the_body_comes(daemon: Daemon) -> None:
    head = f"{POST_JSON}X-Access-Token: {daemon.token}\r\n"
    with daemon.connect() as connection:
        connection.sendall(f"{head}Content-Length: 10000000000\r\n\r\n".encode())
        status, headers, body = read_answer(connection)
    assert (status, json.loads(body)["error"]) == (413, "request.body.size")
    assert headers["connection"] == "close"


def test_a_chunked_body_past_the_limit_is_refused_and_the_caller_sees_it(daemon: Daemon) -> None:
    """The answer arrives although the caller is still sending."""
    head = f"{POST_JSON}X-Access-Token: {daemon.token}\r\n"
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with daemon.connect() as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(40):
            connection.sendall(chunk)
        assert read_answers(connection).startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_is_taken(daemon: Daemon) -> None:
    def pieces() -> Any:
        yield b'{"image":"test/'
        yield b'echo","payload":{"chunked":true}}'

    headers = {"Content-Type": "application/json"}
    assert daemon.request("POST", "/run", content=pieces(), headers=headers).json() == {"chunked": True}


def test_expect_100_continue_is_honoured_after_the_token(daemon: Daemon) -> None:
    body = b'{"image":"test/echo","payload":{}}'
    head = f"{POST_JSON}Content-Length: {len(body)}\r\n"
    with daemon.connect() as connection:
        connection.sendall(f"{head}X-Access-Token: {daemon.token}\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert read_answer(connection)[0] == 200
    with daemon.connect() as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert read_answer(connection)[0] == 401


def test_another_expectation_is_417(daemon: Daemon) -> None:
    headers = {"Content-Type": "application/json", "Expect": "200-ok"}
    assert daemon.request("POST", "/run", content=b"{}", headers=headers).status_code == 417


@LAX
@given(cuts=st.lists(st.integers(min_value=1, max_value=160), max_size=6))
@example(cuts=list(range(1, 160)))
def test_a_request_split_anywhere_is_the_same_request(daemon: Daemon, cuts: list[int]) -> None:
    body = '{"image":"test/echo","payload":{"é":"☠"}}'.encode()
    head = f"{POST_JSON}X-Access-Token: {daemon.token}\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    with daemon.connect() as connection:
        connection.setsockopt(6, 1, 1)  # TCP_NODELAY: each piece a segment of its own
        start = 0
        for cut in [*sorted(set(cuts)), len(request)]:
            connection.sendall(request[start:cut])
            start = cut
        status, _, answer = read_answer(connection)
    assert (status, answer) == (200, '{"é":"☠"}'.encode())


def test_pipelined_requests_are_answered_in_order(daemon: Daemon) -> None:
    one = "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: {}\r\n\r\n"
    last = "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: 99\r\nConnection: close\r\n\r\n"
    with daemon.connect() as connection:
        connection.sendall(("".join(one.format(n) for n in range(99)) + last).encode())
        answers = read_answers(connection).split(b"HTTP/1.1 200 ")[1:]
    ids = [int(answer.lower().split(b"x-request-id: ")[1].split(b"\r\n")[0]) for answer in answers]
    assert ids == list(range(100))


def test_a_half_closed_caller_is_answered_where_nothing_runs(daemon: Daemon) -> None:
    for path in ("/", "/version"):
        with daemon.connect() as connection:
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Access-Token: {daemon.token}\r\n\r\n".encode()
            )
            connection.shutdown(1)
            assert read_answers(connection).startswith(b"HTTP/1.1 200 ")


HOSTILE = {
    "two lengths": (
        b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"400",
    ),
    "length and chunks": (
        b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"400",
    ),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    "folded": (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", b"400"),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: x\n\n", b"400"),
    "space before the colon": (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"400"),
    "long target": (b"GET /" + b"a" * 65536 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
    "long headers": (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, b"400"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_malformed_head_gets_one_answer_and_the_connection_ends(
    daemon: Daemon, fake_engine: FakeEngine, name: str
) -> None:
    """One of each rule: the unit tests of the gate have them all."""
    request, status = HOSTILE[name]
    quiet = len(fake_engine.calls)
    with daemon.connect() as connection:
        connection.sendall(request)
        answers = read_answers(connection)
    assert answers.startswith(b"HTTP/1.1 " + status)
    assert answers.count(b"HTTP/1.1 ") == 1
    head, body = answers.split(b"\r\n\r\n", 1)
    assert b"connection: close" in head.lower()
    assert {"error", "message"} <= set(json.loads(body))
    assert [call for call in fake_engine.calls[quiet:] if call.name == "create"] == []
