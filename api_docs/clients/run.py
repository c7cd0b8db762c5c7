#!/usr/bin/env python3
"""run.py IMAGE LANGUAGE FILE: runs the file and prints what it printed."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TRIES = 5
TIMEOUT = 60  # seconds


def run(image: str, payload: dict) -> dict:
    """What the program in the container printed. RuntimeError with the daemon's message if it did not."""
    request = urllib.request.Request(
        os.environ["DOCKER_RUN_URL"] + "/run",
        json.dumps({"image": image, "payload": payload}).encode(),
        {"Content-Type": "application/json", "X-Access-Token": os.environ["DOCKER_RUN_TOKEN"]},
    )
    for tries_left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 503 or tries_left == 0:
                raise RuntimeError(json.load(error)["message"]) from None
            time.sleep(int(error.headers["Retry-After"]))
    raise AssertionError("the last try returns or raises")


def main() -> int:
    image, language, file = sys.argv[1:]
    files = [{"name": Path(file).name, "content": Path(file).read_text()}]
    try:
        result = run(image, {"language": language, "files": files})
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.write(result["stdout"])
    sys.stderr.write(result["stderr"])
    return 1 if result["error"] else 0


if __name__ == "__main__":
    sys.exit(main())
