"""The rounds of all-reduces, as the main node decides them: who measures together next.

Processes start everywhere; then each node measures alone, if it has several GPUs; then all together; and only
if that is slow, or fails, pairs that tell which node it is (search.py). Bus bandwidth is what nccl-tests call
so: for n processes, bytes by seconds times 2(n-1)/n (NVIDIA, nccl-tests, doc/PERFORMANCE.md, 2026-07), which
can be compared with what the hardware carries, however many processes there are.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from modelyard_node.preflight.crew import first_error
from modelyard_node.preflight.expected import Expected
from modelyard_node.preflight.findings import ranks_text
from modelyard_node.preflight.search import Conclusion, conclude, next_pairs

LEAST_SECONDS = 5.0
"""A round isn't begun with less."""

DONE: dict[str, Any] = {"do": "end"}


class Measured(NamedTuple):
    """What a group of nodes measured together."""

    nodes: tuple[int, ...]
    gbps: float | None
    """Bus bandwidth of the best size, in Gbit/s; None if it failed."""
    sizes: tuple[tuple[int, float], ...] = ()
    """Bytes, and the seconds that the slowest process took for them."""
    errors: tuple[tuple[int, str], ...] = ()
    """What went wrong, by rank; the first says most."""

    def is_well(self, least_gbps: float | None) -> bool:
        """Whether it came to the right end, and fast enough."""
        return not self.errors and (least_gbps is None or (self.gbps or 0) >= least_gbps)

    @property
    def error(self) -> str | None:
        """What went wrong, if it failed."""
        return f"rank {self.errors[0][0]}: {self.errors[0][1]}" if self.errors else None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        sizes = [{"bytes": size, "seconds": round(seconds, 6)} for size, seconds in self.sizes]
        gbps = None if self.gbps is None else round(self.gbps, 4)
        return {"ranks": list(self.nodes), "bus_gbps": gbps, "sizes": sizes, "errors": dict(self.errors)}


class Rounds:
    """What is measured, round after round. Only the main node has one that is asked."""

    def __init__(self, expected: Expected, seconds: float, round_seconds: float) -> None:
        """`seconds` is what all of it may take, `round_seconds` what one round may."""
        self._expected, self._until, self._round_seconds = expected, time.monotonic() + seconds, round_seconds
        self._groups: list[list[int]] = []
        self._phase = ""
        self._nodes: list[int] = []
        self.framework: str | None = None
        self.gpus = 0
        """GPUs of each node that take part; 0: it is done on CPUs."""
        self.why_not: str | None = None
        """Why nothing was measured, or not all."""
        self.unstarted: dict[int, str] = {}
        """Why the processes of some nodes didn't start."""
        self.alone: dict[int, Measured] = {}
        self.whole: Measured | None = None
        self.pairs: list[Measured] = []
        self.networks: dict[int, dict[str, Any]] = {}
        """What NCCL said on each node in the round of all."""

    @property
    def least_gbps(self) -> float | None:
        """What has to be reached between nodes; None if nothing is expected."""
        if self._expected.min_gbps is not None:
            return self._expected.min_gbps
        return self._expected.type_gbps if self.gpus else None

    @property
    def conclusion(self) -> Conclusion:
        """Which nodes are bad, by what was measured in pairs."""
        return conclude(self._nodes, self._well())

    def first(self, brought: Mapping[int, Any]) -> dict[str, Any]:
        """The first round: each node brings `framework`, `gpus` and `address`."""
        self._nodes = sorted(brought)
        frameworks = {rank: each.get("framework") for rank, each in brought.items()}
        without = [rank for rank, framework in frameworks.items() if framework is None]
        self.gpus = min(int(each.get("gpus") or 0) for each in brought.values())
        if without:
            self.why_not = f"no Python of {ranks_text(without)} has PyTorch or JAX"
        elif len(set(frameworks.values())) > 1:
            self.why_not = "some nodes would do it by PyTorch, and others by JAX"
        elif len(brought) == 1 and self.gpus <= 1:
            self.why_not = "one process has nobody to speak to"
        if self.why_not is not None:
            return DONE
        self.framework = frameworks[self._nodes[0]]
        return self._round("start", [], brought)

    def next(self, brought: Mapping[int, Any]) -> dict[str, Any]:
        """The next round: each node brings the `result` of the last and an `address`. DONE: there is none."""
        if self._phase == "start":
            return self._begin(brought)
        measured = [self._measured(group, brought) for group in self._groups]
        if self._phase == "alone":
            self.alone = {each.nodes[0]: each for each in measured}
            # Who can't do it alone would only hold up the others.
            if len(self._nodes) == 1 or not all(each.is_well(None) for each in measured):
                return DONE
            return self._round("whole", [self._nodes], brought)
        if self._phase == "whole":
            self.whole = measured[0]
            self.networks = {rank: _told(each["result"]["network"]) for rank, each in brought.items()}
            if self.whole.is_well(self.least_gbps) or len(self._nodes) == 2:
                return DONE
        else:
            self.pairs += measured
        pairs = next_pairs(self._nodes, self._well())
        return self._round("pairs", [list(pair) for pair in pairs], brought) if pairs else DONE

    def _begin(self, brought: Mapping[int, Any]) -> dict[str, Any]:
        """What comes after the start. Who can't start would only hold up the others."""
        errors = {rank: each["result"].get("error") for rank, each in brought.items()}
        self.unstarted = {rank: error for rank, error in errors.items() if error is not None}
        if self.unstarted:
            return DONE
        if self.gpus > 1:
            return self._round("alone", [[rank] for rank in self._nodes], brought)
        return self._round("whole", [self._nodes], brought)

    def _round(self, phase: str, groups: list[list[int]], brought: Mapping[int, Any]) -> dict[str, Any]:
        seconds = min(self._round_seconds, self._until - time.monotonic())
        if seconds < LEAST_SECONDS:
            self.why_not = "there was no time left"
            return DONE
        self._phase, self._groups = phase, groups
        return {
            "do": phase,
            "framework": self.framework,
            "gpus": self.gpus,
            "groups": groups,
            "addresses": [brought[group[0]]["address"] for group in groups],
            "seconds": seconds,
        }

    def _well(self) -> dict[tuple[int, int], bool]:
        return {(each.nodes[0], each.nodes[1]): each.is_well(self.least_gbps) for each in self.pairs}

    def _measured(self, group: Sequence[int], brought: Mapping[int, Any]) -> Measured:
        results = {rank: brought[rank]["result"] for rank in group}
        return together(group, results, len(group) * max(self.gpus, 1))


def together(nodes: Sequence[int], results: Mapping[int, Any], world: int) -> Measured:
    """What nodes measured together: the slowest counts."""
    wrong = {rank: result for rank, result in results.items() if "error" in result}
    if wrong:
        first = first_error(list(wrong.values()))
        told = sorted(wrong.items(), key=lambda each: each[1] is not first)
        return Measured(tuple(nodes), None, errors=tuple((rank, each["error"]) for rank, each in told))
    seconds = [dict(result["sizes"]) for result in results.values()]
    sizes = [(size, max(each[size] for each in seconds)) for size in seconds[0]]
    gbps = max(bus_gbps(size, took, world) for size, took in sizes)
    return Measured(tuple(nodes), gbps, tuple(sizes))


def _told(network: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in network.items() if value is not None}


def bus_gbps(size_bytes: int, seconds: float, processes: int) -> float:
    """Bus bandwidth of an all-reduce, in Gbit/s."""
    return size_bytes * 8e-9 / max(seconds, 1e-9) * 2 * (processes - 1) / processes
