"""What a caller may send as its request's body and token: rows B1 to B6, with the scripted engine."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from answers import assert_error, read_answer, read_answers
from daemon_process import Daemon
from fake_engine import FakeEngine

POST_JSON = "POST /run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
LAX = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def post(daemon: Daemon, body: bytes | str, content_type: str | None = "application/json") -> httpx.Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return daemon.request("POST", "/run", content=body, headers=headers)


def run_with_payload(daemon: Daemon, payload: str) -> httpx.Response:
    return post(daemon, f'{{"image":"test/echo","payload":{payload}}}'.encode())


def assert_refused(daemon: Daemon, engine: FakeEngine, body: bytes | str, mentioned: str = "") -> None:
    answer = assert_error(post(daemon, body), 400, "request.parse", "Failed to parse json from request: ")
    assert mentioned in answer["message"]
    assert engine.calls_of("create") == []


def nested(depth: int) -> str:
    """An object of that depth."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


def test_nesting_up_to_the_limit_passes_and_deeper_is_refused(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """B1: the body is one level itself, so a payload of 127 makes 128."""
    assert run_with_payload(daemon, nested(127)).text == nested(127)
    fake_engine.calls.clear()
    assert_refused(daemon, fake_engine, f'{{"image":"test/echo","payload":{nested(128)}}}')


@pytest.mark.parametrize(
    "body",
    [
        '{"image":"test/echo","payload":' + "[" * 1_000_000,
        '{"a":' * 300_000,
        "[" * 1_000_000 + "]" * 1_000_000,
        '{"image":"test/echo","payload":{"a":' + "[{" * 100_000,
    ],
    ids=["million brackets", "objects", "balanced", "mixed"],
)
def test_bottomless_nesting_is_refused_at_once(daemon: Daemon, fake_engine: FakeEngine, body: str) -> None:
    """B1"""
    began = time.monotonic()
    assert_refused(daemon, fake_engine, body)
    assert time.monotonic() - began < 5


def test_numbers_and_members_in_masses_take_bounded_time(daemon: Daemon) -> None:
    """B1: the payload is the caller's own; it passes or is refused, but quickly."""
    digits = '{"n":' + "9" * 1_000_000 + "}"
    same_keys = "{" + ",".join('"k":1' for _ in range(150_000)) + "}"
    many_keys = "{" + ",".join(f'"{n:x}":1' for n in range(100_000)) + "}"
    for payload in (digits, same_keys, many_keys):
        began = time.monotonic()
        assert run_with_payload(daemon, payload).status_code in (200, 400)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "payload",
    [
        '{"n":-0}',
        '{"n":1.0}',
        '{"n":18446744073709551616}',
        '{"n":123456789012345678901234567890}',
        '{"n":1E+2,"m":1e-2}',
        '{"b":1,"a":2,"b":3}',
        '{ "spaced" : [ 1 , 2 ] }',
        '{"escaped":"\\u00e9\\/\\ud83d\\ude00\\u0000"}',
        '{"\\u0061":1}',
        '{"text":"é☠😀\x7f"}',
    ],
)
def test_a_payload_reaches_stdin_as_the_bytes_that_came(
    daemon: Daemon, fake_engine: FakeEngine, payload: str
) -> None:
    """B2"""
    assert run_with_payload(daemon, payload).text == payload
    fake_engine.wait_until_empty()
    assert fake_engine.removed[-1].stdin.strip() == payload.encode()


def test_a_number_that_no_double_holds_passes_unchanged_or_is_refused(daemon: Daemon) -> None:
    """B2"""
    response = run_with_payload(daemon, '{"n":1e400}')
    assert response.status_code == 400 or response.text == '{"n":1e400}'


@pytest.mark.parametrize(
    "body",
    [
        b'{"image":"test/echo","payload":{"a":"\xff"}}',
        b'{"image":"test/echo","payload":{"a":"\xc0\xaf"}}',
        b'{"image":"test/echo","payload":{"a":"\xed\xa0\x80"}}',
        b'{"image":"test/echo","payload":{"a":"\\ud800"}}',
        b'{"image":"test/echo","payload":{"a":"\\udc00\\ud800"}}',
        b'\xef\xbb\xbf{"image":"test/echo","payload":{}}',
        b'{"image":"test/echo","payload":{"a":"\x00"}}',
        b'{"image":"test/echo","payload":{"a":"\n"}}',
        b'{"image":"test/echo","payload":{}}\x00',
        b'{"image":"test/echo","payload":{}} x',
        b'{"image":"test/echo","payload":{}}{}',
        b'{"image":"test/echo","payload":{"a":01}}',
        b'{"image":"test/echo","payload":{"a":NaN}}',
        b"{'image':'test/echo','payload':{}}",
        b'{"image":"test/echo","payload":{},}',
        b'{"image":"test/echo","payload":{} /* c */}',
        b"",
        b" ",
        b"{",
        b"\x7b\x00\x22\x00",
    ],
)
def test_what_is_not_json_is_refused(daemon: Daemon, fake_engine: FakeEngine, body: bytes) -> None:
    """B3"""
    assert_refused(daemon, fake_engine, body)


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "true", '[{"image":"a","payload":{}}]'])
def test_a_body_that_is_no_object_is_refused(daemon: Daemon, fake_engine: FakeEngine, body: str) -> None:
    """B4"""
    assert_refused(daemon, fake_engine, body)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ('{"payload":{}}', "image"),
        ('{"image":null,"payload":{}}', "image"),
        ('{"image":7,"payload":{}}', "image"),
        ('{"image":["a"],"payload":{}}', "image"),
        ('{"image":"test/echo","image":"test/echo","payload":{}}', "image"),
        ('{"image":"test/echo","im\\u0061ge":"test/echo","payload":{}}', "image"),
        ('{"image":"test/echo"}', "payload"),
        ('{"image":"test/echo","payload":null}', "payload"),
        ('{"image":"test/echo","payload":[]}', "payload"),
        ('{"image":"test/echo","payload":"{}"}', "payload"),
        ('{"image":"test/echo","payload":{},"payload":{}}', "payload"),
    ],
)
def test_a_missing_wrong_or_repeated_member_is_named(
    daemon: Daemon, fake_engine: FakeEngine, body: str, member: str
) -> None:
    """B4"""
    assert_refused(daemon, fake_engine, body, mentioned=member)


def test_other_members_are_ignored(daemon: Daemon) -> None:
    body = '{"x":[1,{"image":3}],"payload":{"a":1},"y":null,"image":"test/echo"}'
    assert post(daemon, body).json() == {"a": 1}


VALID_IMAGES = [
    "python",
    "test/echo:latest",
    "a.b_c--d/e__f:Tag_1.2-3",
    "localhost:5000/x/y",
    "registry.example.com:443/x:1",
    "x@sha256:" + "0" * 64,
    "localhost:5000/x:tag@sha256:" + "a" * 64,
]
INVALID_IMAGES = [
    "",
    "a" * 5000,
    "x\r\ny",
    "x\n",
    "../x",
    "x/../y",
    "Upper",
    "a b",
    " a",
    "a?b",
    "a#b",
    "a%2e",
    "x@sha256:123",
    "x:",
    "x:" + "t" * 129,
    "/x",
    "x/",
    "x//y",
    "-x",
    "é",
    "x\x00",
    "x&y=z",
    "host:99999999/x",
]


@pytest.mark.parametrize("image", VALID_IMAGES)
def test_a_valid_image_name_reaches_the_engine_as_it_is(
    daemon: Daemon, fake_engine: FakeEngine, image: str
) -> None:
    """B5"""
    assert_error(
        daemon.run(image), 400, "docker.container.create", "Failed to create container: No such image"
    )
    assert [call.body["Image"] for call in fake_engine.calls_of("create")][:1] in ([image], [])


@pytest.mark.parametrize("image", INVALID_IMAGES, ids=lambda image: repr(image[:12]))
def test_an_invalid_image_name_never_reaches_the_engine(
    daemon: Daemon, fake_engine: FakeEngine, image: str
) -> None:
    """B5"""
    quiet = len(fake_engine.calls)
    assert_error(daemon.run(image), 400, "docker.container.create", "Failed to create container: ")
    assert [
        call.name for call in fake_engine.calls[quiet:] if call.name in ("create", "image", "unknown")
    ] == []


def test_a_wrong_token_is_refused_before_the_body_is_read(daemon: Daemon) -> None:
    """B6"""
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
    """B6"""
    lines = "".join(
        f"X-Access-Token: {daemon.token if word == 'right' else 'wrong'}\r\n" for word in twice.split()
    )
    with daemon.connect() as connection:
        connection.sendall(f"GET /version HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert read_answer(connection)[0] in (400, 401)


def test_a_token_in_the_query_or_a_trailer_counts_for_nothing(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """B6"""
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
    response = post(daemon, b'{"image":"test/echo","payload":{}}', content_type)
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
    make_daemon: Any, fake_engine: FakeEngine
) -> None:
    """A8"""
    daemon = make_daemon(fake_engine, SERVER_MAX_BODY_SIZE="100000", RUN_MAX_OUTPUT_SIZE="200000")
    assert post(daemon, body_of(100_000)).status_code == 200
    assert_error(post(daemon, body_of(100_001)), 413, "request.body.size")


def test_the_default_body_limit_is_two_mebibytes(make_daemon: Any, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine, RUN_MAX_OUTPUT_SIZE="4000000")
    assert post(daemon, body_of(2_097_152)).status_code == 200
    assert_error(post(daemon, body_of(2_097_153)), 413, "request.body.size")


def test_a_length_past_the_limit_is_refused_before_the_body_comes(daemon: Daemon) -> None:
    """A8"""
    head = f"{POST_JSON}X-Access-Token: {daemon.token}\r\n"
    with daemon.connect() as connection:
        connection.sendall(f"{head}Content-Length: 10000000000\r\n\r\n".encode())
        status, headers, body = read_answer(connection)
    assert (status, json.loads(body)["error"]) == (413, "request.body.size")
    assert headers["connection"] == "close"


def test_a_chunked_body_past_the_limit_is_refused_and_the_caller_sees_it(daemon: Daemon) -> None:
    """A8: the answer arrives although the caller is still sending."""
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
@given(text=st.text(max_size=200))
@example(text='"}')
@example(text="\\")
def test_any_text_passes_both_ways(daemon: Daemon, text: str) -> None:
    assert daemon.run("test/echo", {text: text}).json() == {text: text}


@LAX
@given(cuts=st.lists(st.integers(min_value=1, max_value=160), max_size=6))
@example(cuts=list(range(1, 160)))
def test_a_request_split_anywhere_is_the_same_request(daemon: Daemon, cuts: list[int]) -> None:
    """A14"""
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
    """A11"""
    one = "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: {}\r\n\r\n"
    last = "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: 99\r\nConnection: close\r\n\r\n"
    with daemon.connect() as connection:
        connection.sendall(("".join(one.format(n) for n in range(99)) + last).encode())
        answers = read_answers(connection).split(b"HTTP/1.1 200 ")[1:]
    ids = [int(answer.lower().split(b"x-request-id: ")[1].split(b"\r\n")[0]) for answer in answers]
    assert ids == list(range(100))


def test_a_half_closed_caller_is_answered_where_nothing_runs(daemon: Daemon) -> None:
    """A15"""
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
    """A1 to A9, one of each: the unit tests of the gate have them all."""
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
