"""Checks responses against api_docs/openapi.yaml, which must document each one that Daemon.request gets."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml
from jsonschema import Draft202012Validator
from repository import REPOSITORY

DOCUMENT = REPOSITORY / "api_docs/openapi.yaml"
# The headers that HTTP puts on any message. OpenAPI describes the two content headers elsewhere.
HTTP_HEADERS = {"date", "connection", "content-length", "transfer-encoding", "content-type"}
# The responses of the server itself, before it looks at the route.
PROTOCOL = ["MalformedHead", "HeadTimeout", "TargetTooLong", "HeadTooLarge", "VersionNotSupported"]
# Those of a handshake, which no operation has, since OpenAPI cannot describe a WebSocket.
WEBSOCKET = {"400": "WebSocketRefused", "403": "WebSocketForbidden"}
ROUTING = {"404": "NotFound", "405": "MethodNotAllowed", "501": "NotImplemented"}


@cache
def document() -> dict[str, Any]:
    """The document, with every reference replaced by its target."""
    raw = yaml.safe_load(DOCUMENT.read_text())

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target = raw
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return resolve(target)
        return {name: resolve(each) for name, each in node.items()}

    resolved: dict[str, Any] = resolve(raw)
    return resolved


def documented_responses(method: str, path: str, status: int) -> list[dict[str, Any]]:
    """The responses with that status that a request may get."""
    components = document()["components"]["responses"]
    operation = document()["paths"].get(path, {}).get(method.lower())
    if operation is not None:
        found = operation["responses"].get(str(status))
        return [] if found is None else [found]
    names = [ROUTING[str(status)]] if str(status) in ROUTING else PROTOCOL
    return [components[name] for name in names]


def is_valid(body: Any, schema: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(schema).is_valid(body))


def check(method: str, url_path: str, response: httpx.Response) -> None:
    """Fails if status, headers, media type or body are not documented for that request."""
    path = urlsplit(url_path).path if url_path.startswith("/") else url_path
    what = f"{method} {url_path} → {response.status_code} {response.text[:300]}"
    candidates = documented_responses(method, path, response.status_code)
    assert candidates, f"the status is not documented: {what}"
    assert any(matches(method, response, each) for each in candidates), f"not as documented: {what}"


def matches(method: str, response: httpx.Response, documented: dict[str, Any]) -> bool:
    headers = {name.lower(): each for name, each in documented["headers"].items()}
    required = {name for name, each in headers.items() if each.get("required")}
    sent = set(response.headers)
    if not required <= sent or not sent <= headers.keys() | HTTP_HEADERS:
        return False
    if not all(is_valid(response.headers[name], headers[name]["schema"]) for name in headers.keys() & sent):
        return False
    if method == "HEAD" or "content" not in documented:
        return response.content == b""
    content = documented["content"].get(response.headers["content-type"])
    if content is None:
        return False
    is_json = response.headers["content-type"] == "application/json"
    return is_valid(response.json() if is_json else response.text, content["schema"])
