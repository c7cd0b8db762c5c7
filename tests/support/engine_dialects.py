"""Makes the scripted engine differ from Docker 20.10 in the ways that were measured on other engines."""

from __future__ import annotations

import re
import socket
import struct

from engine_replies import answer, failure
from fake_engine import Exchange, FakeEngine
from fake_engine_http import ROUTES, UPGRADED, message

START_FAILURE = "crun: executable file `/missing` not found in $PATH: No such file or directory"
NOT_FOUND = "OCI runtime attempted to invoke a command that was not found"


def speak_podman(engine: FakeEngine) -> None:
    """Podman 4.3.1: it refuses at attach when Docker refuses at start; a stream ends before the container
    counts as exited, with a reset; and it does not report a kill for memory."""
    server = {"Server": "Libpod/4.3.1 (linux)", "Libpod-Api-Version": "4.3.1"}

    def create(exchange: Exchange) -> None:
        host = exchange.call.body["HostConfig"]
        if any("nr_inodes" in options for options in host["Tmpfs"].values()):
            failure(500, 'unknown mount option "nr_inodes=4096": invalid mount option')(exchange)
        else:
            exchange.default()

    def attach(exchange: Exchange) -> None:
        container = exchange.engine.find(exchange.call.ref)
        assert container is not None
        limits = {limit["Name"] for limit in container.spec["HostConfig"]["Ulimits"]}
        reason = ""
        if not {"nproc", "nofile"} <= limits:
            reason = "crun: setrlimit `RLIMIT_NPROC`: Operation not permitted: OCI permission denied"
        if "/missing" in (container.image.config.get("Entrypoint") or []):
            reason = f"{START_FAILURE}: {NOT_FOUND}"
        if reason:
            text = f"preparing container {container.id} for attach: {reason}"
            answer(409, {"cause": NOT_FOUND, "message": text, "response": 409})(exchange)
            return
        exchange.default()
        # A reset instead of an end, as when the program has not read its stdin.
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    looked: set[str] = set()

    def inspect(exchange: Exchange) -> None:
        container = exchange.engine.find(exchange.call.ref)
        if container is None:
            exchange.default()
            return
        shown = container.inspect()
        shown["State"]["OOMKilled"] = False
        if container.status == "exited" and container.id not in looked:
            looked.add(container.id)
            shown["State"] |= {"Status": "running", "Running": True, "ExitCode": 0}
        answer(200, shown, server)(exchange)

    engine.script_always("ping", answer(200, b"OK", server | {"Api-Version": "1.41"}))
    engine.script_always("create", create)
    engine.script_always("attach", attach)
    engine.script_always("inspect", inspect)


def speak_version(engine: FakeEngine, newest: str, oldest: str) -> None:
    """A Docker Engine with these API versions: a request for another version gets 400."""
    multiplexed = UPGRADED.replace(b"raw-stream", b"multiplexed-stream")

    def checked(exchange: Exchange) -> None:
        asked = re.match(r"/v1\.(\d+)/", exchange.call.path)
        minor = int(asked[1]) if asked else int(newest.split(".")[1])
        if minor < int(oldest.split(".")[1]):
            text = f"client version 1.{minor} is too old. Minimum supported API version is {oldest}"
            failure(400, text)(exchange)
        elif minor > int(newest.split(".")[1]):
            text = f"client version 1.{minor} is too new. Maximum supported API version is {newest}"
            failure(400, text)(exchange)
        elif exchange.call.name == "attach" and (container := exchange.engine.find(exchange.call.ref)):
            container.attach(exchange.connection, lambda: exchange.send(multiplexed))
        else:
            exchange.default()

    for name, _, _ in ROUTES:
        engine.script_always(name, checked)
    pong = {"Content-Type": "text/plain; charset=utf-8", "Api-Version": newest}
    engine.script_always("ping", lambda exchange: exchange.send(message(200, b"OK", pong)))
