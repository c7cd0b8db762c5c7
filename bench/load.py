"""Many callers at once. Each waits for its response (closed loop), or they arrive at a fixed rate (open
loop)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from bench.daemons import Server
from bench.raw_http import parse_head, request_bytes

TIMEOUT = 60.0  # seconds
END_OF_HEAD = b"\r\n\r\n"
ROOT = request_bytes("GET", "/", {})


@dataclass(frozen=True)
class Call:
    """One request. Times in seconds since the load began, latency in milliseconds. Status 0: no response."""

    began: float
    latency: float
    status: int
    pool_hit: bool

    @property
    def ended(self) -> float:
        return self.began + self.latency / 1e3


@contextlib.contextmanager
def first_at_the_processor() -> Iterator[None]:
    """If the user has the right, gives this thread the processor whenever it wants it. So the callers' own
    wait for a processor does not count as the daemon's. Niceness would not be enough: it only counts among
    the tasks of one session (sched(7), autogroup)."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


@dataclass
class Callers:
    """Requests to one daemon, on connections that are kept. Use it inside of `calling`.

    A client library would take more processor time for a request than the daemon does."""

    server: Server
    origin: float = field(default_factory=time.perf_counter)
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    def now(self) -> float:
        return time.perf_counter() - self.origin

    async def run(self, body: bytes) -> Call:
        return await self._call(self.server.run_request(body))

    async def root(self) -> Call:
        return await self._call(ROOT)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()

    async def _call(self, request: bytes) -> Call:
        began = self.now()
        status, hit = 0, False
        with contextlib.suppress(OSError, EOFError, ValueError):
            async with asyncio.timeout(TIMEOUT):
                status, headers = await self._exchange(request)
                hit = "desc=hit" in headers.get("server-timing", "")
        return Call(began, (self.now() - began) * 1e3, status, hit)

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str]]:
        """Status and headers, once the whole answer is here."""
        reader, writer = (
            self._idle.pop() if self._idle else await asyncio.open_connection(*self.server.address)
        )
        kept = False
        try:
            writer.write(request)
            status, headers = parse_head((await reader.readuntil(END_OF_HEAD)).removesuffix(END_OF_HEAD))
            await reader.readexactly(int(headers.get("content-length", 0)))
            kept = headers.get("connection", "").lower() != "close"
        finally:
            if kept:
                self._idle.append((reader, writer))
            else:
                writer.close()
        return status, headers


def calling(server: Server, load: Callable[[Callers], Awaitable[None]]) -> None:
    """Runs a load to its end."""

    async def main() -> None:
        callers = Callers(server)
        try:
            await load(callers)
        finally:
            callers.close()

    with first_at_the_processor():
        asyncio.run(main())


async def closed_loop(
    run: Callable[[], Awaitable[Call]], concurrency: int, seconds: float, count: int
) -> list[Call]:
    """Each caller sends its next run when it has the response to its last. At most `count` runs in all."""
    calls: list[Call] = []
    end = time.perf_counter() + seconds
    left = count

    async def caller() -> None:
        nonlocal left
        while time.perf_counter() < end and left > 0:
            left -= 1
            calls.append(await run())

    await asyncio.gather(*(caller() for _ in range(concurrency)))
    return calls


async def open_loop(call: Callable[[], Awaitable[Call]], rate: float, seconds: float) -> list[Call]:
    """Sends `rate` calls a second, whether or not the earlier ones have been answered."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    tasks: list[asyncio.Future[Call]] = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
        tasks.append(asyncio.ensure_future(call()))
    return list(await asyncio.gather(*tasks))


def throughput(calls: list[Call], begin: float, end: float) -> float:
    """Successful runs a second, among the runs that ended between the two times."""
    return sum(call.status == 200 and begin <= call.ended <= end for call in calls) / (end - begin)
