"""What a caller may send as the body of a run, with the scripted engine."""

from __future__ import annotations

import httpx
import pytest
from answers import assert_error
from daemon_process import Daemon
from fake_engine import FakeEngine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from waiting import at_most

LAX = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def run_with_payload(daemon: Daemon, payload: str) -> httpx.Response:
    return daemon.post(f'{{"image":"test/echo","payload":{payload}}}'.encode())


def assert_refused(daemon: Daemon, engine: FakeEngine, body: bytes | str, mentioned: str = "") -> None:
    answer = assert_error(daemon.post(body), 400, "request.parse", "Failed to parse json from request: ")
    assert mentioned in answer["message"]
    assert engine.calls_of("create") == []


def nested(depth: int) -> str:
    """An object of that depth."""
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


def test_nesting_up_to_the_limit_passes_and_deeper_is_refused(
    daemon: Daemon, fake_engine: FakeEngine
) -> None:
    """The body is one level itself, so a payload of 127 makes 128."""
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
    with at_most(5, "the nesting was followed"):
        assert_refused(daemon, fake_engine, body)


def test_numbers_and_members_in_masses_take_bounded_time(daemon: Daemon) -> None:
    """The payload is the caller's own; it passes or is refused, but quickly."""
    digits = '{"n":' + "9" * 1_000_000 + "}"
    same_keys = "{" + ",".join('"k":1' for _ in range(150_000)) + "}"
    many_keys = "{" + ",".join(f'"{n:x}":1' for n in range(100_000)) + "}"
    for payload in (digits, same_keys, many_keys):
        with at_most(10, "a mass of numbers or members"):
            assert run_with_payload(daemon, payload).status_code in (200, 400)


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
    assert run_with_payload(daemon, payload).text == payload
    fake_engine.wait_until_empty()
    assert fake_engine.removed[-1].stdin.strip() == payload.encode()


def test_a_number_that_no_double_holds_passes_unchanged_or_is_refused(daemon: Daemon) -> None:
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
    assert_refused(daemon, fake_engine, body)


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "true", '[{"image":"a","payload":{}}]'])
def test_a_body_that_is_no_object_is_refused(daemon: Daemon, fake_engine: FakeEngine, body: str) -> None:
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
    assert_refused(daemon, fake_engine, body, mentioned=member)


def test_other_members_are_ignored(daemon: Daemon) -> None:
    body = '{"x":[1,{"image":3}],"payload":{"a":1},"y":null,"image":"test/echo"}'
    assert daemon.post(body).json() == {"a": 1}


VALID_IMAGES = [
    "python",
    "test/absent:latest",
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
    assert_error(
        daemon.run(image), 400, "docker.container.create", "Failed to create container: No such image"
    )
    assert [call.body["Image"] for call in fake_engine.calls_of("create")][:1] in ([image], [])


@pytest.mark.parametrize("image", INVALID_IMAGES, ids=lambda image: repr(image[:12]))
def test_an_invalid_image_name_never_reaches_the_engine(
    daemon: Daemon, fake_engine: FakeEngine, image: str
) -> None:
    quiet = len(fake_engine.calls)
    assert_error(daemon.run(image), 400, "docker.container.create", "Failed to create container: ")
    assert [
        call.name for call in fake_engine.calls[quiet:] if call.name in ("create", "image", "unknown")
    ] == []


@LAX
@given(text=st.text(max_size=200))
@example(text='"}')
@example(text="\\")
def test_any_text_passes_both_ways(daemon: Daemon, text: str) -> None:
    assert daemon.run("test/echo", {text: text}).json() == {text: text}
