"""What is measured in the `properties` of a job's document: each measure yields what it looked at, and how it
came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_launcher.backends.limit import Measure, Request

_SECONDS = re.compile(r"PT(\d+)S")


def trial(properties: Request) -> Mapping[str, Any]:
    """What runs: of a sweep, its trials."""
    found: Mapping[str, Any] = properties.get("trial") or properties
    return found


def experiment(properties: Request) -> Iterator[Measure]:
    """Characters of the experiment's name."""
    yield "the experiment", len(properties["experimentName"])


def tag_count(properties: Request) -> Iterator[Measure]:
    """How many tags there are."""
    yield "the job", len(properties["tags"])


def tag_keys(properties: Request) -> Iterator[Measure]:
    """Characters of keys of tags."""
    for key in properties["tags"]:
        yield f"the tag {key[:20]}", len(key)


def tag_values(properties: Request) -> Iterator[Measure]:
    """Characters of values of tags."""
    for key, value in properties["tags"].items():
        yield f"the tag {key[:20]}", len(value)


def dedicated_timeout(properties: Request) -> Iterator[Measure]:
    """Seconds after which the service ends the job."""
    found = _SECONDS.fullmatch((properties.get("limits") or {}).get("timeout") or "")
    if found is not None:
        yield "the timeout", int(found[1])


def shared_memory(properties: Request) -> Iterator[Measure]:
    """Size of /dev/shm."""
    yield "shmSize", trial(properties)["resources"]["shmSize"]


def trials(properties: Request) -> Iterator[Measure]:
    """Trials of a sweep."""
    if properties["jobType"] == "Sweep":
        yield "the sweep", properties["limits"]["maxTotalTrials"]
