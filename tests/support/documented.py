"""Compares a printed response with a real one: `…` stands for any text."""

from __future__ import annotations

import json
import re
from pathlib import Path


def is_as_printed(printed: str, actual: str) -> bool:
    """Whether the text is the printed one, in which `…` is any text and `"…"` any value."""
    pattern = re.escape(printed).replace('"…"', "(?:.+)").replace("…", ".*")
    return re.fullmatch(pattern, actual) is not None


def is_json_as_printed(printed: str, actual: str) -> bool:
    """The same for JSON, without regard to white space. A value may be printed as a bare `…`."""
    return is_as_printed(canonical(printed), canonical(actual))


def canonical(text: str) -> str:
    """Keeps the order of the members and the notation of the numbers."""
    quoted = re.sub(r"(?<=:) ?…(?=[,\n}])", '"…"', text)
    parsed = json.loads(quoted, parse_float=lambda digits: {"float": digits})
    return json.dumps(parsed, ensure_ascii=False)


def commands_of(page: Path) -> list[str]:
    """The blocks of shell commands in a Markdown page, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
