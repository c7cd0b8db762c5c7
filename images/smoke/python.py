import asyncio
import concurrent.futures
import contextlib
import datetime
import fcntl
import getpass
import hashlib
import locale
import math
import mmap
import multiprocessing
import os
import pwd
import queue
import random
import secrets
import select
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import shared_memory
from pathlib import Path


def threads() -> None:
    results: queue.Queue[int] = queue.Queue()
    lock = threading.Lock()

    def work(number: int) -> None:
        with lock:
            results.put(number)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(results.queue) == list(range(8))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(abs, range(-9, 0))) == 45
    os.sched_setaffinity(0, os.sched_getaffinity(0))


def square(number: int) -> int:
    return number * number


def processes() -> None:
    shown = subprocess.run(["sh", "-c", "cat; exit 3"], input="text", capture_output=True, text=True)
    assert (shown.stdout, shown.returncode) == ("text", 3)
    with multiprocessing.Pool(2) as pool:
        assert pool.map(square, range(4)) == [0, 1, 4, 9]
    memory = shared_memory.SharedMemory(create=True, size=4096)
    memory.buf[0] = 7
    memory.close()
    memory.unlink()
    child = os.fork()
    if child == 0:
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


async def talk() -> bytes:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hello\n")
    text = await reader.readline()
    writer.close()
    server.close()
    return text


def sockets() -> None:
    assert asyncio.run(talk()) == b"HELLO\n"
    with socket.socket(socket.AF_INET6) as six, contextlib.suppress(OSError):
        six.bind(("::1", 0))
    with socket.socket(type=socket.SOCK_DGRAM) as receiver, socket.socket(type=socket.SOCK_DGRAM) as sender:
        receiver.bind(("127.0.0.1", 0))
        sender.sendto(b"datagram", receiver.getsockname())
        assert select.select([receiver], [], [], 5)[0]
        assert receiver.recv(100) == b"datagram"
    left, right = socket.socketpair()
    with left, right:
        socket.send_fds(left, [b"x"], [0])
        _, descriptors, _, _ = socket.recv_fds(right, 10, 1)
        os.close(descriptors[0])
    assert socket.getaddrinfo("127.0.0.1", 80)
    assert socket.gethostname()


def clocks() -> None:
    before = time.monotonic()
    time.sleep(0.01)
    assert time.monotonic() - before >= 0.01
    assert datetime.datetime.now(datetime.UTC).year > 2020
    fired = threading.Event()
    signal.signal(signal.SIGALRM, lambda *_: fired.set())
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    assert fired.wait(5)
    assert time.process_time() > 0


def files() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ümlaut.txt"
        path.write_text("ä" * 1000)
        path.rename(path.with_suffix(".old"))
        path.symlink_to("ümlaut.old")
        assert len(path.read_text()) == 1000
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_EX)
            mapped[0:2] = b"xx"
        assert path.stat().st_size == 2000
        assert os.statvfs(folder).f_bavail > 0
    with contextlib.closing(sqlite3.connect("data.db")) as database:
        assert database.execute("select 6 * 7").fetchone() == (42,)
    os.close(os.memfd_create("memory"))


def environment() -> None:
    os.environ["NAME"] = "value"
    assert subprocess.check_output(["sh", "-c", "printf $NAME"]) == b"value"
    assert os.environ["HOME"] == os.getcwd()
    assert os.cpu_count()
    assert sys.argv == [Path(__file__).name]
    assert os.uname().sysname == "Linux"


def numbers() -> None:
    assert math.isclose(math.sin(math.pi / 2), 1)
    assert 0 <= random.random() < 1
    assert len(secrets.token_bytes(8)) == 8
    assert statistics.mean([1, 2, 3]) == 2
    assert hashlib.sha256(b"x").hexdigest().startswith("2d7116")


def user() -> None:
    assert getpass.getuser() == pwd.getpwuid(os.getuid()).pw_name
    assert Path.home() == Path(pwd.getpwuid(os.getuid()).pw_dir)


def text() -> None:
    locale.setlocale(locale.LC_ALL, "")
    assert sys.stdout.encoding.lower() == "utf-8"
    assert "straße".upper() == "STRASSE"


if __name__ == "__main__":
    for area in (threads, processes, sockets, clocks, files, environment, numbers, user, text):
        area()
        print(area.__name__, "ok", flush=True)
    print("done")
