"""The nodes of a compute cluster: they come for jobs, and go when they have been idle for as long as it says.

A node comes within a moment, where Azure's takes minutes; how long it stays idle goes by the sandbox's clock
("Manage compute clusters": min and max nodes, idle time before scale down, 2024-05-03; as of 2026-11). One
that can't be used takes up a place for as long as an idle one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from modelyard_sandbox.azure.manager.ml.durations import duration
from modelyard_sandbox.azure.manager.store import Body

NodeState = Literal["preparing", "idle", "running", "unusable"]
IDLE = timedelta(seconds=120)


@dataclass(eq=False)
class Node:
    """A machine of a cluster."""

    since: datetime
    """When it came into its state."""
    state: NodeState = "preparing"
    id: str = field(default_factory=lambda: f"tvmps_{uuid4().hex[:32]}_d")


@dataclass
class Fleet:
    """The nodes of one cluster; guarded by the resource manager's turn."""

    nodes: list[Node] = field(default_factory=list[Node])

    def step(self, scale: Body, wanted: int, now: datetime) -> int:
        """Let nodes come and go; how many began to come.

        Args:
            scale: the cluster's settings.
            wanted: how many nodes the jobs that wait need.
            now: by the sandbox's clock.
        """
        given = duration(scale["nodeIdleTimeBeforeScaleDown"])
        idle_time = IDLE if given is None else given
        for node in self.nodes:
            if node.state == "preparing":
                node.state, node.since = "idle", now
        busy = sum(node.state == "running" for node in self.nodes)
        kept = min(scale["maxNodeCount"], max(scale["minNodeCount"], busy + wanted))
        for node in [node for node in self.nodes if node.state == "unusable"]:
            if node.since + idle_time <= now:
                self.nodes.remove(node)
        usable = sum(node.state != "unusable" for node in self.nodes)
        for node in [node for node in self.nodes if node.state == "idle"]:
            if usable > kept and node.since + idle_time <= now:
                self.nodes.remove(node)
                usable -= 1
        coming = max(0, min(kept - usable, scale["maxNodeCount"] - len(self.nodes)))
        self.nodes += [Node(now) for _ in range(coming)]
        return coming

    def spoil(self, now: datetime) -> None:
        """Let one of the nodes that come be unusable."""
        node = next(node for node in self.nodes if node.state == "preparing")
        node.state, node.since = "unusable", now

    def take(self, count: int, now: datetime) -> list[Node] | None:
        """Give a job its nodes, if so many are idle."""
        idle = [node for node in self.nodes if node.state == "idle"][:count]
        if len(idle) < count:
            return None
        for node in idle:
            node.state, node.since = "running", now
        return idle

    def give_back(self, nodes: list[Node], lost: list[Node], now: datetime) -> None:
        """A job is done with its nodes, of which some are lost."""
        for node in nodes:
            node.state, node.since = "idle", now
        self.nodes = [node for node in self.nodes if node not in lost]

    def counts(self) -> dict[str, int]:
        """How many nodes are in which state."""
        return dict(Counter(node.state for node in self.nodes))

    def rests(self, scale: Body) -> bool:
        """Whether nothing will change while nobody asks for a node."""
        at_ease = all(node.state == "idle" for node in self.nodes)
        return at_ease and len(self.nodes) <= scale["minNodeCount"]
