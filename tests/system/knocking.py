"""knocking.py HOST PORT: eight callers ask for / on new connections until stdin ends; prints counts."""

import collections
import http.client
import json
import sys
import threading

host, port = sys.argv[1], int(sys.argv[2])
enough = threading.Event()
counts = collections.Counter(answered=0, refused=0, failed=0)
lock = threading.Lock()


def knock() -> str:
    caller = http.client.HTTPConnection(host, port, timeout=60)
    try:
        caller.request("GET", "/")
        return "answered" if caller.getresponse().read() else "failed"
    except ConnectionRefusedError:
        return "refused"
    except (OSError, http.client.HTTPException):
        return "failed"
    finally:
        caller.close()


def knock_on() -> None:
    while not enough.wait(0.01):
        outcome = knock()
        with lock:
            counts[outcome] += 1


callers = [threading.Thread(target=knock_on) for _ in range(8)]
for caller in callers:
    caller.start()
print("knocking", flush=True)
sys.stdin.read()
enough.set()
for caller in callers:
    caller.join()
print(json.dumps(counts))
