from __future__ import annotations

import ast
import json
import os
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from metadata_service import MetadataService
from nodes import Node
from patience import eventually

INSTANT = "%Y-%m-%dT%H:%M:%SZ"
SPOT, REBALANCE = "spot/instance-action", "events/recommendations/rebalance"
EVENTS = "events/maintenance/scheduled"


def from_now(**delta: int) -> datetime:
    return (datetime.now(UTC) + timedelta(**delta)).replace(microsecond=0)


def text(moment: datetime) -> str:
    return moment.strftime(INSTANT)


def event(not_before: datetime, code: str = "instance-retirement", state: str = "active") -> dict[str, str]:
    return {
        "NotBefore": not_before.strftime("%-d %b %Y %H:%M:%S GMT"),
        "Code": code,
        "Description": "The instance is running on degraded hardware",
        "EventId": "instance-event-0d59937288b749b32",
        "State": state,
    }


class Watcher:
    """The program that a node's user data installs, as a process."""

    def __init__(self, node: Node, service: MetadataService, **config: object) -> None:
        node.set_up()
        self.directory = node.root / "run/modelyard/notices"
        self.file = self.directory / "notice.json"
        self.log = node.root / "watcher.log"
        settings = node.root / "notices.json"
        given = {
            "notices_path": str(self.directory),
            "leave_minutes": 10,
            "metadata": service.address,
            "poll_seconds": 0.05,
            **config,
        }
        settings.write_text(json.dumps(given))
        self._command = [
            "/usr/bin/env",
            "python3",
            str(node.root / "opt/modelyard/lib/notices"),
            str(settings),
        ]
        self._service = service
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env={**os.environ, "http_proxy": "http://127.0.0.1:9"}
            )

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def notice(self) -> dict[str, Any] | None:
        try:
            return json.loads(self.file.read_text())
        except FileNotFoundError:
            return None

    def says(self, **expected: object) -> None:
        """Wait until the notice says so."""
        eventually(lambda: (found := self.notice) and expected.items() <= found.items())

    def looks(self, times: int = 2) -> None:
        """Wait until it has asked for everything a few times more."""
        before = len(self._service.asked)
        eventually(lambda: len(self._service.asked) > before + 3 * times)


@pytest.fixture
def service() -> Iterator[MetadataService]:
    service = MetadataService()
    yield service
    service.stop()


@pytest.fixture
def watching(node: Node, service: MetadataService) -> Iterator[Any]:
    started: list[Watcher] = []

    def start(**config: object) -> Watcher:
        started.append(Watcher(node, service, **config))
        return started[-1]

    yield start
    for watcher in started:
        watcher.end()


def test_while_nothing_is_announced_there_is_no_notice(watching, service):
    watcher = watching()
    watcher.looks()
    assert watcher.notice is None
    assert {path.removeprefix("/latest/meta-data/") for path, code in service.asked if code == 404} == {
        SPOT,
        REBALANCE,
        EVENTS,
    }


def test_a_spot_interruption_asks_jobs_to_leave_at_once(watching, service):
    watcher = watching()
    at = text(from_now(seconds=120))
    service.says[SPOT] = json.dumps({"action": "terminate", "time": at})
    watcher.says(kind="spot_interruption", at=at, drain_at=at, leave=True, source=SPOT)
    notice = watcher.notice
    assert set(notice) == {"schema", "kind", "at", "drain_at", "leave", "source", "written_at"}
    assert notice["schema"] == "modelyard.notice/1"
    assert abs(datetime.strptime(notice["written_at"], INSTANT).replace(tzinfo=UTC) - from_now()) < timedelta(
        minutes=1
    )
    assert stat.S_IMODE(watcher.file.stat().st_mode) == 0o644
    assert [path.name for path in watcher.directory.iterdir()] == ["notice.json"]


def test_a_rebalance_recommendation_is_advice_and_gives_way_to_an_interruption(watching, service):
    noticed = text(from_now())
    service.says[REBALANCE] = json.dumps({"noticeTime": noticed})
    watcher = watching()
    watcher.says(kind="rebalance_recommendation", at=noticed, drain_at=None, leave=False, source=REBALANCE)
    at = text(from_now(seconds=120))
    service.says[SPOT] = json.dumps({"action": "terminate", "time": at})
    watcher.says(kind="spot_interruption", at=at, leave=True)


def test_the_first_of_several_scheduled_events_counts_and_ended_ones_do_not(watching, service):
    first, second = from_now(days=2), from_now(days=5)
    service.says[EVENTS] = json.dumps(
        [
            event(second, "system-reboot"),
            event(first),
            event(from_now(days=-1), state="completed"),
            event(from_now(hours=1), state="canceled"),
        ]
    )
    watcher = watching()
    source = f"{EVENTS} instance-retirement"
    watcher.says(kind="scheduled_event", at=text(first), drain_at=text(first), leave=False, source=source)
    service.says[EVENTS] = json.dumps([event(second, "system-reboot")])
    watcher.says(at=text(second), source=f"{EVENTS} system-reboot")
    service.says[EVENTS] = "[]"
    eventually(lambda: watcher.notice is None)


@pytest.mark.parametrize(("minutes", "leave"), [(9, True), (11, False)])
def test_jobs_are_asked_to_leave_ten_minutes_before_a_known_end(watching, service, minutes, leave):
    service.says[EVENTS] = json.dumps([event(from_now(minutes=minutes))])
    watching().says(kind="scheduled_event", leave=leave)


def test_the_end_of_a_capacity_block_is_known_from_the_start_and_acted_on_when_it_comes(watching):
    drain_at = from_now(minutes=10, seconds=3)
    ends_at = text(drain_at + timedelta(minutes=30))
    watcher = watching(block_drain_at=text(drain_at), block_ends_at=ends_at)
    watcher.says(kind="capacity_block_end", at=ends_at, drain_at=text(drain_at), leave=False)
    watcher.says(kind="capacity_block_end", leave=True, source="launch template")
    assert datetime.now(UTC) >= drain_at - timedelta(minutes=10)


def test_a_token_that_has_run_out_is_replaced(watching, service):
    watcher = watching()
    watcher.looks()
    service.tokens.clear()
    eventually(lambda: any(code == 401 for _, code in service.asked))
    at = text(from_now(seconds=120))
    service.says[SPOT] = json.dumps({"action": "terminate", "time": at})
    watcher.says(kind="spot_interruption")
    assert "metadata out" not in watcher.log.read_text()


def test_what_was_announced_stands_through_an_outage(watching, service):
    at = from_now(days=2)
    service.says[EVENTS] = json.dumps([event(at)])
    watcher = watching()
    watcher.says(kind="scheduled_event")
    service.stop()
    eventually(lambda: "metadata out" in watcher.log.read_text())
    assert watcher.notice["at"] == text(at)
    assert watcher.process.poll() is None
    service.says = {SPOT: json.dumps({"action": "terminate", "time": text(from_now(seconds=120))})}
    service.start()
    watcher.says(kind="spot_interruption")
    assert watcher.log.read_text().count("metadata out") == 1
    assert "metadata back" in watcher.log.read_text()


def test_a_block_ends_even_while_the_metadata_is_out(watching, service):
    service.stop()
    try:
        drain_at = from_now(minutes=5)
        watcher = watching(block_drain_at=text(drain_at), block_ends_at=text(drain_at))
        watcher.says(kind="capacity_block_end", leave=True)
    finally:
        service.start()


def test_an_answer_that_makes_no_sense_hides_no_other_notice(watching, service):
    service.says[REBALANCE] = "<html>"
    service.says[EVENTS] = json.dumps([event(from_now(days=1))])
    watcher = watching()
    watcher.says(kind="scheduled_event")
    assert "metadata out: JSONDecodeError" in watcher.log.read_text()


def test_a_restarted_watcher_takes_down_what_no_longer_holds(watching, service):
    service.says[EVENTS] = json.dumps([event(from_now(days=1))])
    watcher = watching()
    watcher.says(kind="scheduled_event")
    watcher.end()
    service.says.clear()
    watcher.start()
    eventually(lambda: watcher.notice is None)
    assert "no notice any more" in watcher.log.read_text()


def test_a_notice_is_written_once_and_not_at_every_look(watching, service):
    service.says[EVENTS] = json.dumps([event(from_now(days=1))])
    watcher = watching()
    watcher.says(kind="scheduled_event")
    first = watcher.file.stat().st_ino
    watcher.looks()
    assert watcher.file.stat().st_ino == first
    assert watcher.log.read_text().count("modelyard.notice/1") == 1


def test_the_program_is_of_a_python_that_amazon_linux_2023_has(node: Node):
    node.set_up()
    ast.parse((node.root / "opt/modelyard/lib/notices").read_text(), feature_version=(3, 9))
