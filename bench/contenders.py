"""All contenders by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.contender import Contender
from bench.others import BareExec, DockerRun, FloorCold, FloorWarm
from bench.ours import CrunCold, CrunWarm, GvisorCold, GvisorWarm, OursCold, OursWarm, OursWarmBare
from bench.programs import Program
from bench.workbench import Workbench


@dataclass(frozen=True)
class Kind:
    """`title`: its name in tables and plots. `waits`: its container runs before the clock starts. `main`:
    measured in every language and in a quick measurement. `runtime`: the runtime that the engine must have.
    """

    make: Callable[[Workbench, Program], Contender]
    title: str
    waits: bool = False
    main: bool = True
    runtime: str = ""


KINDS = {
    "warm": Kind(OursWarm, "docker-run, warm", waits=True),
    "cold": Kind(OursCold, "docker-run, cold"),
    "floor-warm": Kind(FloorWarm, "engine's floor, warm", waits=True),
    "floor-cold": Kind(FloorCold, "engine's floor, cold"),
    "docker-cli": Kind(DockerRun, "`docker run --rm -i`"),
    "exec": Kind(BareExec, "bare exec in a running container", waits=True),
    "warm-no-prestart": Kind(OursWarmBare, "docker-run, warm, nothing prestarted", waits=True, main=False),
    "crun-warm": Kind(CrunWarm, "docker-run with crun, warm", waits=True, main=False, runtime="crun"),
    "crun-cold": Kind(CrunCold, "docker-run with crun, cold", main=False, runtime="crun"),
    "gvisor-warm": Kind(GvisorWarm, "docker-run with gVisor, warm", waits=True, main=False, runtime="runsc"),
    "gvisor-cold": Kind(GvisorCold, "docker-run with gVisor, cold", main=False, runtime="runsc"),
}
