"""HTTP in the scripted engine: the Engine API's routes, reading a request, writing a response."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ROUTES = [
    ("ping", "GET|HEAD", r"/_ping"),
    ("version", "GET", r"/version"),
    ("info", "GET", r"/info"),
    ("events", "GET", r"/events"),
    ("image", "GET", r"/images/(?P<ref>.+)/json"),
    ("list", "GET", r"/containers/json"),
    ("create", "POST", r"/containers/create"),
    ("attach", "POST", r"/containers/(?P<ref>[^/]+)/attach"),
    ("start", "POST", r"/containers/(?P<ref>[^/]+)/start"),
    ("inspect", "GET", r"/containers/(?P<ref>[^/]+)/json"),
    ("kill", "POST", r"/containers/(?P<ref>[^/]+)/kill"),
    ("delete", "DELETE", r"/containers/(?P<ref>[^/]+)"),
]
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    304: "Not Modified",
    400: "Bad Request",
    404: "Not Found",
    409: "Conflict",
    500: "Internal Server Error",
}


UPGRADED = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)


@dataclass(frozen=True)
class Call:
    """One request that reached the engine. `name` is the name of the route, "unknown" if there is none."""

    name: str
    method: str
    path: str
    ref: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


def message(status: int, body: Any = None, headers: dict[str, str] | None = None) -> bytes:
    """An HTTP response in the form that dockerd sends."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode() + b"\n"
    head = {
        "Api-Version": "1.41",
        "Docker-Experimental": "false",
        "Ostype": "linux",
        "Server": "Docker/20.10.24 (linux)",
    }
    if status not in (204, 304):
        head |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    head |= headers or {}
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
        *(f"{name}: {value}" for name, value in head.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def read_call(buffer: Any) -> Call | None:
    """The next request of a connection, or None at its end."""
    first = buffer.readline().split()
    if len(first) != 3:
        return None
    headers = {}
    while line := buffer.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = buffer.read(int(headers.get("content-length", 0)))
    method, target = first[0].decode(), urlsplit(first[1].decode())
    path = re.sub(r"^/v\d+\.\d+(?=/)", "", target.path)
    query = {name: values[-1] for name, values in parse_qs(target.query, keep_blank_values=True).items()}
    for name, methods, pattern in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method in methods.split("|"):
            ref = unquote(match.groupdict().get("ref", ""))
            return Call(name, method, target.path, ref, query, headers, json.loads(body) if body else None)
    return Call("unknown", method, target.path, "", query, headers, body)
