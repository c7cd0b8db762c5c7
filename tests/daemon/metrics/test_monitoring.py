"""deploy/monitoring: the alert rules by promtool, and both rules and dashboard with a real Prometheus."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from daemon_process import CLIENT, Daemon, MakeDaemon, free_port
from engine_replies import failure
from fake_engine import FakeEngine
from repository import REPOSITORY
from scrape import Scrape
from waiting import wait_until

MONITORING = REPOSITORY / "deploy/monitoring"
ALERTS = (MONITORING / "alerts.yml").read_text()
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text())
# Labels that Prometheus itself gives, and the one of histograms.
GIVEN_LABELS = {"instance", "job", "le"}


def alert_expressions() -> list[str]:
    """The `expr` of each rule, on its line or in the block below it."""
    found = re.findall(r"^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)", ALERTS, re.MULTILINE)
    assert len(found) == ALERTS.count("- alert: ")
    return [" ".join((block or line).split()) for block, line in found]


def dashboard_expressions() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]


def test_promtool_accepts_the_rules_and_their_tests() -> None:
    for command in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]]:
        done = subprocess.run(
            ["promtool", *command], cwd=MONITORING, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_panel_of_the_dashboard_covers_another() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_every_alert_is_tested_in_both_ways() -> None:
    tests = (MONITORING / "alerts_test.yml").read_text()
    for alert in re.findall(r"- alert: (\w+)", ALERTS):
        fired = re.findall(rf"alertname: {alert}\n +exp_alerts:\n", tests)
        assert fired, f"{alert} never fires"
        if "for:" in ALERTS.partition(f"- alert: {alert}\n")[2].partition("- alert:")[0]:
            assert f"alertname: {alert}}}" in tests, f"{alert} is never seen waiting"


def test_every_alert_says_where_to_read_on() -> None:
    for alert, rule in re.findall(r"- alert: (\w+)\n(.*?)(?=\n\n|\Z)", ALERTS, re.DOTALL):
        assert f"runbook: docs/operations.md#{alert.lower()}" in rule
        assert re.search(r"severity: (critical|warning)", rule)


@dataclass
class Prometheus:
    url: str

    def query(self, expression: str) -> list[Any]:
        answer = CLIENT.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=10)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"]["result"])

    def is_ready(self) -> bool:
        try:
            return CLIENT.get(f"{self.url}/-/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture
def busy_daemon(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> Iterator[Daemon]:
    """A daemon with a pool whose runs go on, one after the other; an engine call fails once in a while."""
    daemon = make_daemon(fake_engine, POOL_ENABLED="true")
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(0.02):
            fake_engine.script("start", failure(500, "no"))
            daemon.run("test/echo")

    running = threading.Thread(target=run)
    running.start()
    yield daemon
    stop.set()
    running.join(30)


@pytest.fixture
def prometheus(tmp_path: Path, busy_daemon: Daemon) -> Iterator[Prometheus]:
    """The shipped configuration, but for addresses, paths and intervals."""
    token = tmp_path / "token"
    token.write_text(busy_daemon.token)
    (tmp_path / "alerts.yml").write_text(ALERTS)
    shipped = (MONITORING / "prometheus.yml").read_text()
    config = tmp_path / "prometheus.yml"
    for old, new in {
        "/etc/prometheus/docker-run.token": str(token),
        "127.0.0.1:8088": f"127.0.0.1:{busy_daemon.port}",
        "interval: 15s": "interval: 200ms",
    }.items():
        assert old in shipped
        shipped = shipped.replace(old, new)
    config.write_text(shipped)
    address = f"127.0.0.1:{free_port()}"
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={tmp_path / 'data'}",
                f"--web.listen-address={address}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        started = Prometheus(f"http://{address}")
        wait_until(started.is_ready, 30, f"Prometheus is ready, see {tmp_path / 'prometheus.log'}")
        yield started
    finally:
        process.terminate()
        process.wait(30)


def test_every_query_of_the_dashboard_has_an_answer(prometheus: Prometheus) -> None:
    assert len(dashboard_expressions()) > 20
    for expression in dashboard_expressions():
        asked = expression.replace("$__rate_interval", "10s").replace("$instance", ".*")
        assert "$" not in asked
        wait_until(lambda asked=asked: prometheus.query(asked), 20, f"an answer to {asked}")


def test_prometheus_takes_the_figures_and_the_rules(prometheus: Prometheus, busy_daemon: Daemon) -> None:
    wait_until(lambda: prometheus.query('up{job="docker-run"} == 1'), 20, "the daemon is scraped")
    rules = CLIENT.get(f"{prometheus.url}/api/v1/rules", timeout=10).json()["data"]["groups"][0]["rules"]
    assert len(rules) == len(alert_expressions())
    wait_until(
        lambda: all(rule["health"] == "ok" for rule in loaded_rules(prometheus)),
        20,
        "every rule is evaluated",
    )


def loaded_rules(prometheus: Prometheus) -> list[Any]:
    answer = CLIENT.get(f"{prometheus.url}/api/v1/rules", timeout=10).json()
    return [rule for group in answer["data"]["groups"] for rule in group["rules"]]


def metrics_and_labels(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each metric that is named, with the labels that are asked for in its braces."""
    for name, matchers in re.findall(r"\b((?:docker_run|process)_\w+)(?:\{([^}]*)\})?", expression):
        yield name, set(re.findall(r"(\w+)\s*[=!]~?", matchers))


def grouping_labels(expression: str) -> set[str]:
    return {
        label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")
    }


def test_every_metric_and_label_that_is_asked_for_is_in_a_scrape(
    busy_daemon: Daemon,
) -> None:
    wait_until(
        lambda: "docker_run_image_run_seconds_bucket" in scrape(busy_daemon).names(), 10, "an image has run"
    )
    found = scrape(busy_daemon)
    known = {sample.name: set(sample.labels) for sample in found.samples}
    for expression in alert_expressions() + dashboard_expressions():
        named = list(metrics_and_labels(expression))
        assert named or expression.startswith("up{"), expression
        offered: set[str] = set(GIVEN_LABELS)
        for name, labels in named:
            assert name in known, f"{name} of {expression}"
            assert labels <= known[name] | GIVEN_LABELS, expression
            offered |= known[name]
        assert grouping_labels(expression) <= offered, expression


def test_every_value_of_a_label_that_is_asked_for_exists(busy_daemon: Daemon) -> None:
    wait_until(lambda: scrape(busy_daemon).value("docker_run_runs_total", outcome="ok") > 0, 10, "a run")
    found = scrape(busy_daemon)
    for expression in alert_expressions() + dashboard_expressions():
        for name, label, value in re.findall(
            r'(docker_run_\w+)\{[^}]*?(outcome|status|result|phase|state)=~?"([^"]*)"', expression
        ):
            values = found.label_values(name, label)
            assert any(re.fullmatch(value, each) for each in values), (expression, values)


def scrape(daemon: Daemon) -> Scrape:
    return Scrape.parse(daemon.request("GET", "/metrics").text)
