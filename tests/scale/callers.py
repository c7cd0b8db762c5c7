"""Callers in the network of a swarm, each with its next run as soon as it has an answer."""

from __future__ import annotations

import http.client
import itertools
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from network import Network

log = logging.getLogger(__name__)

PATIENCE = 90.0  # seconds for an answer


@dataclass(frozen=True)
class Answer:
    """What became of one run: the answer's status, 0 where there was none, and its body."""

    id: str
    status: int
    body: str
    began: float
    ended: float

    @property
    def right(self) -> bool:
        return self.status == 200 and json.loads(self.body)["id"] == self.id

    @property
    def error(self) -> str:
        """The code of an error of the daemon; HAProxy's own answers have none."""
        try:
            return str(json.loads(self.body)["error"])
        except (ValueError, KeyError, TypeError):
            return ""


class Callers:
    """`count` callers at `address`, as long as the context lasts; at its end they await their last answers.

    Every run has an id of its own, beginning with `name`, and lasts `seconds`. With `once` a caller ends
    after its first run, and the context with the last one."""

    def __init__(
        self,
        network: Network,
        token: str,
        name: str,
        address: tuple[str, int],
        count: int,
        seconds: float,
        once: bool = False,
    ) -> None:
        self._network = network
        self._token = token
        self._address = address
        self._seconds = seconds
        self._once = once
        self._numbers = itertools.count()
        self._name = name
        self._ending = threading.Event()
        self.sent: list[str] = []
        self.answers: list[Answer] = []
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(count)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(PATIENCE + 10)
        log.info("%s: %d of %d runs were lost", self._name, len(self.lost), len(self.answers))

    @property
    def lost(self) -> list[Answer]:
        return [answer for answer in self.answers if not answer.right]

    def has_answers(self, more: int) -> Callable[[], bool]:
        """A condition: so many more answers than now."""
        wanted = len(self.answers) + more
        return lambda: len(self.answers) >= wanted

    def _call(self) -> None:
        self._network.enter_with_this_thread()
        while not self._ending.is_set():
            name = f"{self._name}-{next(self._numbers)}"
            self.sent.append(name)
            began = time.monotonic()
            try:
                status, body = self._post(name)
            except (OSError, http.client.HTTPException) as error:
                status, body = 0, repr(error)
            self.answers.append(Answer(name, status, body, began, time.monotonic()))
            if self._once:
                return

    def _post(self, name: str) -> tuple[int, str]:
        payload = {"id": name, "seconds": self._seconds}
        body = json.dumps({"image": "docker-run/starts", "payload": payload}, separators=(",", ":"))
        headers = {"X-Access-Token": self._token, "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(*self._address, timeout=PATIENCE)
        try:
            connection.request("POST", "/run", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()
