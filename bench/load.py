"""Many callers at once. Each waits for its response (closed loop), or they arrive at a fixed rate (open
loop)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import aiohttp

from bench.daemons import Server

TIMEOUT = aiohttp.ClientTimeout(total=60)


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
    """Requests to one daemon. Use it inside of `calling`."""

    session: aiohttp.ClientSession
    server: Server
    origin: float = field(default_factory=time.perf_counter)

    def now(self) -> float:
        return time.perf_counter() - self.origin

    async def run(self, body: bytes) -> Call:
        return await self._call("POST", "/run", body)

    async def root(self) -> Call:
        """GET /."""
        return await self._call("GET", "/", None)

    async def _call(self, method: str, path: str, body: bytes | None) -> Call:
        began = self.now()
        status, hit = 0, False
        with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError):
            url = self.server.process.url + path
            async with self.session.request(method, url, data=body, headers=self.server.headers) as answer:
                await answer.read()
                status = answer.status
                hit = "desc=hit" in answer.headers.get("Server-Timing", "")
        return Call(began, (self.now() - began) * 1e3, status, hit)


def calling(server: Server, load: Callable[[Callers], Awaitable[None]]) -> None:
    """Runs a load to its end."""

    async def main() -> None:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:
            await load(Callers(session, server))

    with first_at_the_processor():
        asyncio.run(main())


async def closed_loop(
    callers: Callers, body: bytes, concurrency: int, seconds: float, count: int
) -> list[Call]:
    """Each caller sends its next run when it has the response to its last. At most `count` runs in all."""
    calls: list[Call] = []
    end = callers.now() + seconds
    left = count

    async def caller() -> None:
        nonlocal left
        while callers.now() < end and left > 0:
            left -= 1
            calls.append(await callers.run(body))

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
