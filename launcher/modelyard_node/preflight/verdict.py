"""All that nodes found, together: whether the job may begin, whose fault it is if not, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from modelyard_node import codes
from modelyard_node.ends import MEND_FIRST, Ending
from modelyard_node.preflight.compared import judge_links, judge_scratch_sizes, judge_versions
from modelyard_node.preflight.expected import Expected
from modelyard_node.preflight.findings import COMMON, FAILED, NODE, PASSED, UNKNOWN, Finding, ranks_text
from modelyard_node.preflight.judged import judge_all_reduce
from modelyard_node.preflight.rounds import Rounds

SCHEMA = "modelyard.verdict/1"

ORDER = (
    "devices",
    "gpu_health",
    "versions",
    "efa",
    "efa_used",
    "gpu_links",
    "all_reduce",
    "clock",
    "dataset",
    "checkpoint",
    "shared_memory",
    "memlock",
    "scratch",
)
"""Every check, as they are listed."""


_SHOWN = 3
"""Different findings of a check that are listed."""


class Verdict(NamedTuple):
    """What all of it comes to."""

    findings: tuple[Finding, ...]
    """Of all checks, in their order."""
    hosts: dict[int, tuple[str, str | None]]
    """Host and instance of each rank."""
    expected: Expected
    rounds: Rounds

    @property
    def faults(self) -> list[Finding]:
        """What speaks against beginning: what nodes have in common first."""
        found = [finding for finding in self.findings if finding.status == FAILED]
        return sorted(found, key=lambda finding: finding.blame != COMMON)

    @property
    def bad(self) -> dict[int, list[str]]:
        """The checks of nodes whose own fault something is, by rank."""
        bad: dict[int, list[str]] = {}
        for fault in self.faults:
            if fault.blame == NODE and fault.rank is not None:
                bad.setdefault(fault.rank, []).append(fault.check)
        return dict(sorted(bad.items()))

    def as_dict(self) -> dict[str, Any]:
        """The JSON form (modelyard.verdict/1)."""
        return {
            "schema": SCHEMA,
            "passed": not self.faults,
            "num_nodes": len(self.hosts),
            "checks": [
                _row([each for each in self.findings if each.check == name]) for name in self._names()
            ],
            "faults": [{**fault.as_dict(), **self._who(fault.rank)} for fault in self.faults],
            "bad_nodes": [
                {"rank": rank, **self._who(rank), "checks": names} for rank, names in self.bad.items()
            ],
            "end_bad_nodes": self.expected.end_bad_nodes,
            "all_reduce": _measured(self.rounds),
        }

    def ending(self, *, again: bool) -> Ending | None:
        """How the attempt ends by it; None if the job may begin. `again`: the attempt before ended so too."""
        if not self.faults:
            return None
        first = self.faults[0]
        common = first.blame == COMMON
        mend_first = common or again or self.expected.end_bad_nodes
        return Ending(
            codes.PREFLIGHT,
            self._reason(first),
            rank=first.rank,
            event=MEND_FIRST if mend_first else None,
        )

    def lines(self) -> list[str]:
        """What it comes to, a line for each check."""
        return [
            f"{row['check']}: {row['status']}: {row['found']}"
            + (f" (expected: {row['expected']})" if row["status"] == FAILED else "")
            for row in self.as_dict()["checks"]
        ]

    def _names(self) -> list[str]:
        there = {finding.check for finding in self.findings}
        return [name for name in ORDER if name in there]

    def _who(self, rank: int | None) -> dict[str, Any]:
        host, instance_id = (None, None) if rank is None else self.hosts[rank]
        return {"host": host, "instance_id": instance_id}

    def _reason(self, fault: Finding) -> str:
        host, instance_id = (None, None) if fault.rank is None else self.hosts[fault.rank]
        where = ", ".join(each for each in (host, instance_id) if each)
        who = "" if fault.rank is None else f" of rank {fault.rank} ({where})"
        others = len(self.faults) - 1
        more = f"; and {others} more fault{'s' if others > 1 else ''}" if others else ""
        return f"preflight: {fault.check}{who}: {fault.found}; expected: {fault.expected}{more}"


def judge(brought: Mapping[int, Mapping[str, Any]], expected: Expected, rounds: Rounds) -> Verdict:
    """What all nodes' findings come to. Each brings `findings`, `versions`, `scratch_gib`, `host` and
    `instance_id`.
    """
    own = [
        Finding.of(each)._replace(rank=rank)
        for rank, bag in sorted(brought.items())
        for each in bag["findings"]
    ]
    compared = [
        *judge_all_reduce(rounds),
        *judge_links({rank: each.gbps for rank, each in rounds.alone.items() if each.gbps is not None}),
    ]
    if len(brought) > 1:
        compared += judge_versions({rank: bag["versions"] for rank, bag in brought.items()})
        compared += judge_scratch_sizes({rank: bag["scratch_gib"] for rank, bag in brought.items()})
    findings = settle_blame([*own, *compared], len(brought))
    findings.sort(key=lambda finding: ORDER.index(finding.check))
    hosts = {rank: (str(bag["host"]), bag["instance_id"]) for rank, bag in sorted(brought.items())}
    return Verdict(tuple(findings), hosts, expected, rounds)


def settle_blame(findings: Sequence[Finding], num_nodes: int) -> list[Finding]:
    """What more than half of several nodes fail by is no node's own fault: they have the image, the pool and
    the environment in common.
    """
    blamed: dict[str, set[int | None]] = {}
    for finding in findings:
        if finding.status == FAILED and finding.blame == NODE:
            blamed.setdefault(finding.check, set()).add(finding.rank)
    shared = {name for name, ranks in blamed.items() if num_nodes > 1 and len(ranks) * 2 > num_nodes}
    return [
        finding._replace(blame=COMMON) if finding.check in shared and finding.status == FAILED else finding
        for finding in findings
    ]


def _row(findings: Sequence[Finding]) -> dict[str, Any]:
    """One check over all nodes."""
    status = next(
        status for status in (FAILED, UNKNOWN, PASSED) if any(each.status == status for each in findings)
    )
    telling = [each for each in findings if each.status == status]
    alike: dict[str, list[int]] = {}
    for each in telling:
        alike.setdefault(each.found, []).append(-1 if each.rank is None else each.rank)
    return {
        "check": telling[0].check,
        "status": status,
        "found": _found(alike, status),
        "expected": telling[0].expected,
        "mend": telling[0].mend,
    }


def _found(alike: Mapping[str, Sequence[int]], status: str) -> str:
    """What was found, with the ranks where that isn't the same for all."""
    texts = [
        text if status != FAILED or ranks[0] < 0 else f"{ranks_text(list(ranks))}: {text}"
        for text, ranks in alike.items()
    ]
    more = f"; and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more


def _measured(rounds: Rounds) -> dict[str, Any]:
    return {
        "framework": rounds.framework,
        "gpus_per_node": rounds.gpus,
        "least_gbps": rounds.least_gbps,
        "alone": [each.as_dict() for each in rounds.alone.values()],
        "whole": rounds.whole.as_dict() if rounds.whole else None,
        "pairs": [each.as_dict() for each in rounds.pairs],
        "networks": {str(rank): network for rank, network in rounds.networks.items()},
        "why_not": rounds.why_not,
    }
