"""The phase live: what its targets say of its samples, and how its callers read."""

from __future__ import annotations

import socket
import threading

import pytest
from bench.floods import Flood
from bench.idle_runs import IdleRuns
from bench.live import Live, Pair
from bench.raw_http import Broken, Received
from bench.report import page
from bench.results import Results
from bench.targets import MIB, verdicts

MEASURED = Live(
    lines=[0.5] * 90 + [4.0] * 10,
    keys=[0.9] * 100,
    pairs=[Pair(5.0, 5.4), Pair(9.0, 9.6), Pair(5.0, 5.3)],
    floods=[Flood(70e6, MIB, 200e6), Flood(80e6, 3 * MIB, 200e6)],
    idle=IdleRuns(200, 12.5),
)


def test_each_figure_has_its_target() -> None:
    found = {verdict.what: verdict for verdict in verdicts(Results(live=MEASURED))}
    assert {what: (round(verdict.measured, 3), verdict.reached) for what, verdict in found.items()} == {
        "a printed line at its caller, median": (0.5, True),
        "a printed line at its caller, p95": (4.0, False),
        "a key, `cat`, and back, median": (0.9, True),
        "a key, `cat`, and back, p95": (0.9, True),
        "live python: beyond plain, median of each pair": (0.4, True),
        "100 MB of output: to the attach stream": (0.375, True),
        "the same: memory of the daemon beyond idle": (3.0, False),
        "200 idle interactive runs, each": (12.5, True),
    }


def test_what_was_not_measured_has_no_verdict() -> None:
    assert verdicts(Results(live=Live())) == []


def test_the_page_shows_what_was_measured() -> None:
    text = page(Results(live=MEASURED), {})
    assert "| live beyond plain, of each pair | 0.40 | 0.58 | 3 |" in text
    assert "| 100 MB, 2 | 80 MB/s | 200 MB/s | 3.00 MiB |" in text
    assert "Each of 200 idle interactive runs takes 12.5 KiB of the daemon." in text


def test_chunks_are_read_however_they_are_cut() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def send() -> None:
            for byte in b"head\r\n\r\n3\r\nabc\r\n2\r\n\r\n\r\n0\r\n\r\n":
                theirs.send(bytes([byte]))
            theirs.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = Received(ours)
        assert received.take_until(b"\r\n\r\n") == b"head"
        assert list(iter(received.take_chunk, b"")) == [b"abc", b"\r\n"]
        with pytest.raises(Broken):
            received.take(1)
        sender.join()
