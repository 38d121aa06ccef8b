#!/usr/bin/python3
"""Watches for what takes this machine away, and says so in a file that jobs can read.

`notices.py CONFIG`, run as a service by the node's own Python (3.9 or newer, standard library only). Looks at
the instance metadata every 5 seconds (Amazon EC2 User Guide, "Spot Instance interruption notices", 2026-11)
and at the end of the machine's capacity block. What is most urgent stands in notice.json, written whole
(schema modelyard.notice/1, docs/reference/node.md). While the metadata can't be read, what it said last
stands.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

TOKEN_SECONDS = 21600
TIMEOUT_SECONDS = 2
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
SCHEDULED = "%d %b %Y %H:%M:%S GMT"
UTC = timezone.utc  # noqa: UP017
AT_ONCE = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)
SPOT = "spot/instance-action"
REBALANCE = "events/recommendations/rebalance"
EVENTS = "events/maintenance/scheduled"


class Metadata:
    """The instance metadata service, version 2."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.token = ""
        # No proxy of the environment's: the service answers the machine itself only.
        self.open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def read(self, path: str) -> str | None:
        """The text at a path; None if there is none. Raises OSError while the service is out."""
        try:
            return self.get(path)
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
        # It has run out.
        self.token = ""
        return self.get(path)

    def get(self, path: str) -> str | None:
        """The text at a path, with the token at hand."""
        if not self.token:
            asked = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
            self.token = self.ask("PUT", "api/token", asked)
        try:
            return self.ask("GET", "meta-data/" + path, {"X-aws-ec2-metadata-token": self.token})
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def ask(self, method: str, path: str, headers: dict[str, str]) -> str:
        """The text of one answer."""
        address = self.address + "/latest/" + path
        request = urllib.request.Request(address, None, headers, method=method)  # noqa: S310
        with self.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.read().decode()


def moment(text: str, form: str = INSTANT) -> datetime:
    """A moment in UTC."""
    return datetime.strptime(text, form).replace(tzinfo=UTC)


class Notice:
    """One cause; jobs have to have left at `drain_at`, and are asked to at `leave_at`."""

    def __init__(
        self, kind: str, source: str, at: datetime, drain_at: datetime = NEVER, leave_at: datetime = NEVER
    ) -> None:
        self.kind, self.source = kind, source
        self.at, self.drain_at, self.leave_at = at, drain_at, leave_at


def causes(path: str, text: str, lead: timedelta) -> list[Notice]:
    """The notices in what the metadata says at a path."""
    said = json.loads(text)
    if path == SPOT:
        # Two minutes are left: jobs leave at once.
        at = moment(said["time"])
        return [Notice("spot_interruption", path, at, at, AT_ONCE)]
    if path == REBALANCE:
        # Advice: nothing ends.
        return [Notice("rebalance_recommendation", path, moment(said["noticeTime"]))]
    active = [event for event in said if event["State"] == "active"]
    times = [(moment(event["NotBefore"], SCHEDULED), path + " " + event["Code"]) for event in active]
    return [Notice("scheduled_event", source, at, at, at - lead) for at, source in times]


class Watch:
    """What is known by now."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.metadata = Metadata(config.get("metadata", "http://169.254.169.254"))
        self.path = Path(config["notices_path"], "notice.json")
        self.lead = timedelta(minutes=config["leave_minutes"])
        self.known: dict[str, list[Notice]] = {}
        self.out = False
        self.written: dict[str, Any] = {}
        if config.get("block_drain_at"):
            drain_at, ends_at = moment(config["block_drain_at"]), moment(config["block_ends_at"])
            block = Notice("capacity_block_end", "launch template", ends_at, drain_at, drain_at - self.lead)
            self.known["block"] = [block]

    def look(self) -> None:
        """One look at everything; the file is written if something is new."""
        trouble = None
        for path in (SPOT, REBALANCE, EVENTS):
            try:
                text = self.metadata.read(path)
                self.known[path] = causes(path, text, self.lead) if text else []
            except (OSError, ValueError, KeyError, TypeError) as error:
                trouble = error
        if bool(trouble) != self.out:
            self.out = bool(trouble)
            print(f"metadata out: {trouble!r}" if trouble else "metadata back", flush=True)
        self.write(datetime.now(UTC))

    def write(self, now: datetime) -> None:
        """Write the most urgent notice, whole; remove the file once it is known that there is none."""
        every = sorted(
            (each for notices in self.known.values() for each in notices),
            key=lambda each: (each.leave_at, each.drain_at),
        )
        if every:
            self.say(every[0], now)
        elif EVENTS in self.known and self.path.exists():
            self.path.unlink()
            self.written = {}
            print("no notice any more", flush=True)

    def say(self, first: Notice, now: datetime) -> None:
        """Write a notice, unless the file says so already."""
        says = {
            "schema": "modelyard.notice/1",
            "kind": first.kind,
            "at": first.at.strftime(INSTANT),
            "drain_at": None if first.drain_at == NEVER else first.drain_at.strftime(INSTANT),
            "leave": first.leave_at <= now,
            "source": first.source,
        }
        if says == self.written:
            return
        text = json.dumps({**says, "written_at": now.strftime(INSTANT)})
        new = self.path.with_suffix(".new")
        new.write_text(text + "\n")
        new.chmod(0o644)
        new.replace(self.path)
        self.written = says
        print(text, flush=True)


def main() -> None:
    """Watch until the machine is gone."""
    config = json.loads(Path(sys.argv[1]).read_text())
    Path(config["notices_path"]).mkdir(parents=True, exist_ok=True)
    watch = Watch(config)
    while True:
        watch.look()
        time.sleep(config.get("poll_seconds", 5))


if __name__ == "__main__":
    main()
