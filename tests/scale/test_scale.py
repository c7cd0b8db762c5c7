"""deploy/swarm/stack.yml and deploy/haproxy/haproxy.cfg: what callers notice of what happens to nodes.

Each test has sixteen callers at HAProxy for the twelve workers of three nodes."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack

import pytest
from callers import Answer, Callers
from deployment import Deployment
from swarm import Node
from waiting import wait_until

pytestmark = pytest.mark.timeout(600)

WORKERS = 4  # of a node, and what HAProxy sends to it at once
LINE = 4


@pytest.fixture(autouse=True)
def whole(deployment: Deployment) -> None:
    """Each test begins with three nodes that serve."""
    deployment.wait_until_served_by(3)


def test_a_rolling_update_loses_no_run(deployment: Deployment) -> None:
    with deployment.callers("update") as load:
        wait_until(load.has_answers(20), 60, "the load is on")
        deployment.deploy("2")
        wait_until(deployment.is_updated, 180, "the update is complete", interval=0.5)
        wait_until(load.has_answers(20), 60, "the load goes on")
    assert load.lost == []
    assert deployment.starts.twice() == {}


def test_a_drained_node_loses_no_run(deployment: Deployment) -> None:
    node = deployment.swarm.nodes[1]
    with deployment.callers("drain") as load:
        wait_until(load.has_answers(20), 60, "the load is on")
        deployment.swarm.docker("node", "update", "--availability", "drain", node.name)
        wait_until(lambda: not deployment.daemons_on(node), 60, "the node is empty", interval=0.2)
        wait_until(load.has_answers(20), 60, "the others go on")
        deployment.swarm.docker("node", "update", "--availability", "active", node.name)
        deployment.wait_until_served_by(3)
        wait_until(load.has_answers(20), 60, "the load goes on")
    assert load.lost == []
    assert deployment.starts.twice() == {}


def test_a_killed_engine_loses_only_the_runs_in_its_hands(deployment: Deployment) -> None:
    node = deployment.swarm.nodes[2]
    with deployment.callers("engine") as load:
        wait_until(load.has_answers(20), 60, "the load is on")
        killed = time.monotonic()
        node.kill()
        deployment.wait_until_served_by(2)
        wait_until(load.has_answers(20), 60, "the others go on")
        node.start()
        deployment.wait_until_served_by(3)
        wait_until(load.has_answers(20), 60, "the load goes on")
    assert_only_runs_in_flight_are_lost(deployment, load, killed)
    assert {answer.status for answer in load.lost} <= {500}
    assert deployment.starts.twice() == {}


def test_a_killed_daemon_loses_only_the_runs_in_flight_and_leaves_nothing(deployment: Deployment) -> None:
    node = deployment.swarm.nodes[1]
    with deployment.callers("daemon") as load:
        wait_until(load.has_answers(20), 60, "the load is on")
        pid = daemon_pid(deployment, node)
        killed = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        left = node.engine.own_containers()
        wait_until(load.has_answers(20), 60, "the others go on")
        wait_until(lambda: daemon_pid(deployment, node) not in (0, pid), 60, "it is started again")
        deployment.wait_until_served_by(3)
        wait_until(load.has_answers(20), 60, "the load goes on")
    assert left
    wait_until(lambda: not set(left) & set(node.engine.own_containers()), 30, "its containers are gone")
    assert_only_runs_in_flight_are_lost(deployment, load, killed)
    assert {answer.status for answer in load.lost} <= {502}
    assert deployment.starts.twice() == {}


def test_a_full_node_is_passed_over(deployment: Deployment) -> None:
    node = deployment.swarm.nodes[0]
    retried = deployment.retries_of(node)
    with deployment.occupy(node, WORKERS + LINE, seconds=4) as others:
        wait_until(lambda: deployment.queue_length(node) == LINE, 30, "the node is full")
        with deployment.callers("full-node", count=8) as load:
            wait_until(load.has_answers(40), 60, "the load is on")
    assert deployment.retries_of(node) > retried, "the full node was not tried"
    assert load.lost == []
    assert others.lost == []
    assert deployment.starts.twice() == {}


def test_what_a_full_cluster_answers_with_503_has_started_nothing(deployment: Deployment) -> None:
    with ExitStack() as stack:
        others = [
            stack.enter_context(deployment.occupy(node, WORKERS + LINE, seconds=5))
            for node in deployment.swarm.nodes
        ]
        for node in deployment.swarm.nodes:
            wait_until(lambda node=node: deployment.queue_length(node) == LINE, 30, "the node is full")
        with deployment.callers("full-cluster", count=8) as load:
            wait_until(load.has_answers(40), 60, "the load is on")
    assert load.lost
    assert {(answer.status, answer.error) for answer in load.lost} == {(503, "server.overloaded")}
    assert [answer for answer in load.lost if deployment.starts.of(answer.id)] == []
    assert [answer for callers in others for answer in callers.lost] == []
    assert deployment.starts.twice() == {}


def daemon_pid(deployment: Deployment, node: Node) -> int:
    """0 while there is none."""
    running = deployment.daemons_on(node)
    return int(node.engine.docker("inspect", "-f", "{{.State.Pid}}", *running)) if len(running) == 1 else 0


def assert_only_runs_in_flight_are_lost(deployment: Deployment, load: Callers, killed: float) -> None:
    def was_in_flight(answer: Answer) -> bool:
        return answer.began < killed < answer.ended

    assert [answer for answer in load.lost if not was_in_flight(answer)] == []
    assert len([answer for answer in load.lost if deployment.starts.of(answer.id)]) <= WORKERS
    # A process that dies closes its connections one by one and its port last: HAProxy may give each place
    # that becomes free so to one more, which nobody starts.
    assert len(load.lost) <= 2 * WORKERS
