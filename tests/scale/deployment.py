"""deploy/swarm and deploy/haproxy as they are shipped, on a swarm of the tests."""

from __future__ import annotations

import csv
import json
import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path

import yaml
from callers import Callers
from certificate import certificate_for
from network import Network
from repository import REPOSITORY
from starts import PROGRAM, Starts
from swarm import SOCKET_GROUP, Node, Swarm, daemon_image
from waiting import wait_until

STACK = REPOSITORY / "deploy/swarm/stack.yml"
PROXY = REPOSITORY / "deploy/haproxy/haproxy.cfg"
CERTIFICATE = "/etc/haproxy/docker-run.pem"
PROXY_PORT = 8080
DAEMON_PORT = 8088
STATUS_URL = "http://127.0.0.1:8404"
NAME = "docker-run"
SERVICE = f"{NAME}_daemon"


class Deployment:
    """The stack on the swarm, HAProxy in front of it. `end` leaves nothing of both."""

    def __init__(self, swarm: Swarm, network: Network, folder: Path) -> None:
        self.swarm = swarm
        self.network = network
        self.starts = Starts(folder / "starts")
        self.token = secrets.token_hex(16)
        self._folder = folder
        self._proxy: subprocess.Popen[bytes] | None = None

    def begin(self, binary: Path) -> None:
        self._load_images(binary)
        self.swarm.docker("secret", "create", "docker-run-token-1", "-", input=self.token.encode())
        # What is the test's own: programs tell of their start. The daemon wants to see what it mounts.
        mount = {"volumes": [f"{self.starts.folder}:{self.starts.folder}:ro"]}
        # And its images are not the ones that the shipped policy allows.
        mount["environment"] = {
            "DOCKER_CONTAINER_MOUNTS": f"{self.starts.folder}:/starts",
            "RUN_POLICY_FILE": "",
        }
        (self._folder / "starts.yml").write_text(
            yaml.safe_dump({"version": "3.8", "services": {"daemon": mount}})
        )
        self.deploy("1")
        with (self._folder / "haproxy.log").open("ab") as log:
            command = [
                "setpriv",
                "--pdeathsig",
                "TERM",
                "haproxy",
                "-db",
                "-f",
                str(self._with_certificate()),
            ]
            command = self.network.command(*command)
            self._proxy = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_until_served_by(3)

    def end(self) -> None:
        if self._proxy:
            self._proxy.terminate()
            self._proxy.wait(30)
        self.swarm.docker("stack", "rm", NAME)
        wait_until(self._daemons_are_gone, 60, "the daemons have ended", interval=0.2)
        left = {node.name: node.engine.own_containers() for node in self.swarm.nodes}
        self.starts.close()
        assert not any(left.values()), f"containers are left: {left}"

    def deploy(self, version: str) -> None:
        """Deploys that version and returns at once."""
        environment = os.environ | {
            "DOCKER_HOST": f"unix://{self.swarm.nodes[0].socket}",
            "VERSION": version,
            "DOCKER_GID": str(SOCKET_GROUP),
            "LISTEN_ADDR": "0.0.0.0",  # of a network namespace
            "PROXIES": self.network.address,
        }
        command = ["docker", "stack", "deploy", "--resolve-image", "never", "-c", str(STACK)]
        command += ["-c", str(self._folder / "starts.yml"), NAME]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def is_updated(self) -> bool:
        # There is no such status until the swarm has begun.
        state = "{{with .UpdateStatus}}{{.State}}{{end}}"
        state = self.swarm.docker("service", "inspect", "-f", state, SERVICE)
        assert state in ("", "updating", "completed"), f"{state}: {self.tasks()}"
        return state == "completed"

    def tasks(self) -> str:
        return self.swarm.docker("service", "ps", "--no-trunc", SERVICE)

    def daemons_on(self, node: Node) -> list[str]:
        """The containers of daemons that run there."""
        service = f"label=com.docker.swarm.service.name={SERVICE}"
        return node.engine.docker("ps", "--quiet", "--no-trunc", "--filter", service).split()

    def servers(self) -> dict[str, dict[str, str]]:
        """HAProxy's figures of each node."""
        names = [node.name for node in self.swarm.nodes]
        table = self._get(f"{STATUS_URL}/;csv").lstrip("# ").splitlines()
        return {row["svname"]: row for row in csv.DictReader(table) if row["svname"] in names}

    def retries_of(self, node: Node) -> int:
        """How many runs HAProxy has sent there again, or from there to another node."""
        return sum(int(self.servers()[node.name][figure]) for figure in ("wretr", "wredis"))

    def wait_until_served_by(self, count: int, timeout: float = 90) -> None:
        """Until HAProxy sends runs to so many nodes."""
        wait_until(
            lambda: sum(row["status"] == "UP" for row in self.servers().values()) == count,
            timeout,
            f"{count} servers are up, see {self._folder}",
            interval=0.1,
        )

    def queue_length(self, node: Node) -> int:
        """How many runs wait in the line of that node's daemon."""
        page = self._get(f"http://{node.address}:{DAEMON_PORT}/metrics", f"X-Access-Token: {self.token}")
        return int(re.search(r"^docker_run_queue_length (\d+)$", page, re.MULTILINE)[1])

    def callers(self, name: str, count: int = 16, seconds: float = 0.1) -> Callers:
        """Callers at HAProxy."""
        return Callers(self.network, self.token, name, ("127.0.0.1", PROXY_PORT), count, seconds)

    def occupy(self, node: Node, count: int, seconds: float) -> Callers:
        """Callers of one run each at the daemon of that node, past HAProxy."""
        name = f"past-the-proxy-{node.name}-{secrets.token_hex(4)}"
        return Callers(self.network, self.token, name, (node.address, DAEMON_PORT), count, seconds, once=True)

    def _with_certificate(self) -> Path:
        """HAProxy's configuration as it is shipped, but with a certificate of its own."""
        configuration = self._folder / "haproxy.cfg"
        certificate = certificate_for(self._folder, self.network.address)
        text = PROXY.read_text()
        assert CERTIFICATE in text
        configuration.write_text(text.replace(CERTIFICATE, str(certificate)))
        return configuration

    def _load_images(self, binary: Path) -> None:
        daemon = daemon_image(binary)
        passwd = self._folder / "passwd"
        passwd.write_text("glot:x:65534:65534::/home/glot:/nonexistent\n")
        busybox = shutil.which("busybox")
        assert busybox, "busybox-static is not installed"
        files = {"/bin/sh": Path(busybox), "/bin/sleep": Path(busybox), "/etc/passwd": passwd}
        for node in self.swarm.nodes:
            change = ["--change", "USER 900", "--change", 'ENTRYPOINT ["/usr/bin/docker-run"]']
            node.engine.docker("import", *change, "-", "docker-run/daemon:1", input=daemon)
            node.engine.docker("tag", "docker-run/daemon:1", "docker-run/daemon:2")
            entrypoint = json.dumps(["/bin/sh", "-c", PROGRAM])
            node.engine.import_image("docker-run/starts", files, f"ENTRYPOINT {entrypoint}")

    def _get(self, url: str, *headers: str) -> str:
        """The answer's body; empty where there is none."""
        options = [option for header in headers for option in ("-H", header)]
        command = self.network.command("curl", "-sS", "--max-time", "10", *options, url)
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout

    def _daemons_are_gone(self) -> bool:
        return not any(self.daemons_on(node) for node in self.swarm.nodes)
