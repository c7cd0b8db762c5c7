"""docs/operations.md is complete: every metric, every event of the log and every alert, and nothing else."""

from __future__ import annotations

import re

from daemon_process import MakeDaemon
from fake_engine import FakeEngine
from repository import REPOSITORY

MANUAL = (REPOSITORY / "docs/operations.md").read_text()
SOURCES = {path: path.read_text() for path in (REPOSITORY / "src").rglob("*.cpp")}


def chapter(title: str) -> str:
    return MANUAL.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_column(table: str, heading: str) -> list[str]:
    rows = table.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()
    return re.findall(r"^\| `([\w.]+)` \|", "\n".join(rows), re.MULTILINE)


def test_every_metric_is_explained(make_daemon: MakeDaemon, fake_engine: FakeEngine) -> None:
    daemon = make_daemon(fake_engine)
    assert daemon.run("test/echo").status_code == 200
    page = daemon.request("GET", "/metrics").text
    published = re.findall(r"^# TYPE (\S+) ", page, re.MULTILINE)
    explained = first_column(chapter("Metrics"), "Metric")
    assert sorted(explained) == sorted(published)


def test_every_event_of_the_log_is_explained() -> None:
    written = re.compile(r'(?:\blog_?\.write|\bformat_event)\(\s*[^";]*?"([a-z_.]+)"')
    events = {name for text in SOURCES.values() for name in written.findall(text)}
    assert {"run", "log.lost", "engine.down"} <= events
    explained = first_column(chapter("Log"), "Event")
    assert sorted(explained) == sorted(events)


def test_every_way_of_writing_an_event_is_seen_by_the_test_above() -> None:
    for path, text in SOURCES.items():
        calls = len(re.findall(r"\blog_?\.write\(", text))
        named = len(re.findall(r'\blog_?\.write\(\s*[^";]*?"[a-z_.]+"', text))
        assert calls == named, path


def test_every_field_of_a_run_is_explained() -> None:
    reporter = SOURCES[REPOSITORY / "src/service/run_reporter.cpp"]
    fields = re.findall(r'\{"(\w+)", ', reporter.partition('"run",')[2].partition("});")[0])
    assert first_column(chapter("Log"), "Field of `run`") == fields


def test_every_alert_has_a_chapter() -> None:
    rules = (REPOSITORY / "deploy/monitoring/alerts.yml").read_text()
    assert re.findall(r"^### (\w+)$", chapter("Alerts"), re.MULTILINE) == re.findall(r"- alert: (\w+)", rules)


def test_every_link_within_the_manual_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", MANUAL, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([\w-]+)\)", MANUAL)) <= anchors
