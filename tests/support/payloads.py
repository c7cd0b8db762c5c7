"""Payloads for the images of docker-run."""

from __future__ import annotations

from typing import Any


def python(content: str, **members: Any) -> dict[str, Any]:
    return {"language": "python", "files": [{"name": "main.py", "content": content}], **members}


def bash(content: str, **members: Any) -> dict[str, Any]:
    return {"language": "bash", "files": [{"name": "main.sh", "content": content}], **members}
