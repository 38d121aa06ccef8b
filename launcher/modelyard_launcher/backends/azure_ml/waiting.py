"""Why a job waits, in plain words: the service itself says only that it does.

Sources, 2026-11: REST reference of Compute, 2025-12-01 (AmlComputeProperties: allocationState,
nodeStateCounts, errors); "Manage compute clusters", 2024-05-03.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from modelyard.outputs.azure import AzurePool
from modelyard_launcher.azure.lots import quota_text
from modelyard_launcher.durations import duration_text

STARTING_MINUTES = 15
"""What nodes take to come, at most, as a rule: the machine starts and the image is pulled. A choice of ours;
Azure promises nothing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see around a job that waits."""

    now: datetime
    since: datetime | None
    """Since when it waits."""
    pool: AzurePool
    num_nodes: int
    compute: Mapping[str, Any] | None
    """Its cluster; None if that is gone."""

    @property
    def cluster(self) -> Mapping[str, Any]:
        """What the cluster says of itself."""
        properties = (self.compute or {}).get("properties") or {}
        return properties.get("properties") or {}

    @property
    def counts(self) -> dict[str, int]:
        """Nodes by their state, without those of which there is none."""
        told = cast("Mapping[str, int]", self.cluster.get("nodeStateCounts") or {})
        return {name.removesuffix("NodeCount"): count for name, count in told.items() if count}

    @property
    def most(self) -> int:
        """Nodes that the cluster can have."""
        told = (self.cluster.get("scaleSettings") or {}).get("maxNodeCount")
        return self.pool.max_nodes if told is None else int(told)

    @property
    def can_start(self) -> bool:
        """Whether nodes may come for it."""
        return self.compute is not None and self.num_nodes <= self.most


def why(scene: Scene) -> tuple[str, list[str]]:
    """Why a job waits, and what else there is to know, the most telling first."""
    reasons = [*_gone(scene), *_errors(scene), *_room(scene), *_starting(scene)]
    return reasons[0], reasons[1:]


def _gone(scene: Scene) -> Iterator[str]:
    if scene.compute is None:
        yield f"its cluster {scene.pool.compute_name} isn't there any more: cancel it, and submit it anew"


def _errors(scene: Scene) -> Iterator[str]:
    properties = (scene.compute or {}).get("properties") or {}
    told = [*(properties.get("provisioningErrors") or []), *(scene.cluster.get("errors") or [])]
    for each in cast("list[Mapping[str, Any]]", told):
        error = each.get("error") or each
        code, message = str(error.get("code") or ""), str(error.get("message") or "")
        if "quota" in f"{code} {message}".lower():
            yield f"{quota_text(scene.pool)} is used up: {message or code}"
            yield "it starts once other nodes that count against it are given back, or the quota is raised"
        else:
            yield f"cluster {scene.pool.compute_name} can't get nodes: {message or code}"


def _room(scene: Scene) -> Iterator[str]:
    counts, most, wanted = scene.counts, scene.most, scene.num_nodes
    if scene.compute is None:
        return
    if not scene.can_start:
        needed, room = "1 node" if wanted == 1 else f"{wanted:,} nodes", f"{most:,}" if most else "none"
        yield (
            f"the job needs {needed}, and the cluster may have {room}: it starts only if the cluster is "
            "made larger"
        )
        return
    busy, unusable = counts.get("running", 0), counts.get("unusable", 0)
    if busy and busy + unusable + wanted > most:
        yield (
            f"{busy:,} of the cluster's {most:,} nodes are at work for other jobs, and the job needs "
            f"{wanted:,}: it starts when enough of them are free"
        )
    if unusable:
        what = (
            "1 node is unusable and takes" if unusable == 1 else f"{unusable:,} nodes are unusable and take"
        )
        yield f"{what} up room until the cluster gives them back"


def _starting(scene: Scene) -> Iterator[str]:
    if not scene.can_start:
        return
    waited = (scene.now - scene.since).total_seconds() if scene.since is not None else 0.0
    coming = scene.counts.get("preparing", 0)
    nodes = f"{coming:,} of its nodes are coming" if coming else "nodes are being started for it"
    yield f"{nodes}; it has waited for {duration_text(max(waited, 0))}"
    if waited > STARTING_MINUTES * 60:
        yield (
            f"that is longer than the {STARTING_MINUTES} minutes that starting takes as a rule: Azure may "
            f"have no {scene.pool.instance_type} to give, or {quota_text(scene.pool)} may be used up"
        )
