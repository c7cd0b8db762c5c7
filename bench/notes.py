"""The texts of the page for its tables."""

INTRODUCTION = """\
# Benchmarks

What docker-run adds to a run, and what it does when too many arrive. Everything on this page was printed
by one command; `scripts/bench` prints it for your machine. Absolute figures move from machine to machine;
the overhead (the whole call without the `duration` that the runner reports for the program itself) and
the ratios are what counts. The daemon has the settings of the installed service.
"""
LATENCY_NOTE = """\
One run at a time, the contenders in turn and in a new order each round; each sample begins when the
processors have idled for a moment. *docker-run* is a whole HTTP call on a kept connection. The *floor* is
the engine alone: the same create call that the daemon sends, over the raw socket, until the answer is
complete; *warm*: of a container that is started and attached already, with what the daemon lets wait in
it. Its stream is read to its end before the container is removed: to kill what has not ended yet costs the
engine more, and disturbs the next sample. `docker run` ends when its process ends. A *bare exec* is a shell
in a running container that starts the program by hand; there is no engine's work in it. With compiled
languages the overhead contains the compiler, since `duration` is that of the program alone.
"""
SWEEP_NOTE = """\
So many callers, each with its next run as soon as it has an answer; Python. Four runs are served at once,
the other callers wait in line. The *predecessor's way* is that of docker-run 1.5: create, attach, start,
payload, read the stream to its end, remove, and only then answer. Four threads of the benchmark do this over
the raw socket, with the create call of our daemon without a pool. No HTTP is between them and the callers,
and their own work counts as the callers', so this is a predecessor that costs nothing itself.

The processor time is that of the whole machine without the callers' (who are the benchmark's own process),
from a machine at rest to a machine at rest: creation, programs, removal, and the containers that the pool
makes again after the last answer. All of it is for one run; *daemon* is the part of our process, *callers* is
what was left out. The first quarter of each slot, in which the pool is used up, does not count for runs/s,
median and p95. The ratios are to the predecessor's way.
"""
BURST_NOTE = "As many Python runs in one moment as containers wait, with the shipped settings.\n"
OVERLOAD_NOTE = """\
Python runs at a fixed rate, ten times what the daemon carries out, and 25 `GET /` a second. The capacity
is that of as many callers as workers, before and after. The callers have real-time priority, so that
their own wait for a processor is not taken for the daemon's.
"""
LONG_RUN_NOTE = """\
As many callers as workers. Once with real containers for as long as there was time, once with the
scripted engine of the tests, which does nothing but answer.
"""
EARLY_START_NOTE = """\
Every language whose recipe starts its interpreter or compiler early, in a container that waits: the time from
the payload to the complete answer, over the raw socket, of a program of assignments and one line that prints.
*Bare*: the same container, with nothing started early.
"""
LIVE_NOTE = """\
A *line* is on its way from the moment before a Python program prints it until its event is at the caller,
both on the same clock. A *key* goes from the caller through the WebSocket to `cat` and back. Both follow a
pause of 20 ms, as a person's keys do, so nothing waits for more. *Live* and *plain* are the same warm run
with and without events, from the request to the complete response, in pairs. The *flood* is 100 MB of short
lines in one run, as a share of what the same container prints through the engine's attach stream to a reader
that does nothing else. The idle interactive runs wait for input, with the scripted engine of the tests.
"""
AT_REST_NOTE = (
    "The start: from the new process to its first answer. Each idle connection has had an answer.\n"
)

INSTRUCTIONS_NOTE = """\
Instructions of the pure code on the way of each request and of each byte of a container, by
`valgrind --tool=callgrind`: the same from run to run, whatever else the machine does. A result is
scanned while it arrives and checked when it is complete.
"""
