"""All findings together: who is bad, whose fault it is, and what the attempt ends with."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_node import codes
from modelyard_node.ends import HOST_FAILURE, MEND_FIRST, exit_code_of
from modelyard_node.preflight.expected import Expected
from modelyard_node.preflight.findings import Finding, failed, passed, ranks_text, unknown
from modelyard_node.preflight.rounds import Rounds
from modelyard_node.preflight.verdict import ORDER, Verdict, judge
from modelyard_node.spec import Retry

DEVICES = failed("devices", "7 GPUs", "8 GPUs", "end it", "node")
MEMLOCK = failed("memlock", "64 KiB", "unlimited", "set the ulimit", "common")
AGAIN = Retry(1, None, (HOST_FAILURE,))


def verdict(*bags: list[Finding], end: bool = False, **changes: Any) -> Verdict:
    """What nodes with these findings come to."""
    rounds = Rounds(Expected(), 0, 0)
    rounds.why_not = "one process has nobody to speak to"
    brought = {
        rank: {
            "findings": [finding.as_dict() for finding in findings],
            "versions": {"driver": "570"},
            "scratch_gib": 100.0,
            "host": f"ip-10-0-0-{rank}",
            "instance_id": f"i-{rank}",
            **changes,
        }
        for rank, findings in enumerate(bags)
    }
    return judge(brought, Expected(end_bad_nodes=end), rounds)


def test_nothing_wrong_lets_the_job_begin() -> None:
    found = verdict([passed("devices", "8 GPUs", "8 GPUs")], [passed("devices", "8 GPUs", "8 GPUs")])
    assert found.ending(again=False) is None
    document = found.as_dict()
    assert (document["schema"], document["passed"], document["num_nodes"]) == (
        "modelyard.verdict/1",
        True,
        2,
    )
    assert document["checks"][0] == {
        "check": "devices",
        "status": "passed",
        "found": "8 GPUs",
        "expected": "8 GPUs",
        "mend": None,
    }
    assert [row["check"] for row in document["checks"]] == ["devices", "versions", "all_reduce"]
    assert document["faults"] == document["bad_nodes"] == []


def test_what_is_not_known_is_no_fault() -> None:
    assert verdict([unknown("gpu_health", "there is no nvidia-smi")]).ending(again=False) is None


def test_a_bad_node_is_named_with_its_host_and_instance() -> None:
    fine = passed("devices", "8 GPUs", "8 GPUs")
    found = verdict([fine], [fine], [DEVICES])
    ending = found.ending(again=False)
    assert ending is not None
    assert (ending.kind, ending.rank, ending.event) == (codes.PREFLIGHT, 2, None)
    assert ending.reason == "preflight: devices of rank 2 (ip-10-0-0-2, i-2): 7 GPUs; expected: 8 GPUs"
    document = found.as_dict()
    assert document["bad_nodes"] == [
        {"rank": 2, "host": "ip-10-0-0-2", "instance_id": "i-2", "checks": ["devices"]}
    ]
    (fault,) = document["faults"]
    assert {name: fault[name] for name in ("rank", "host", "instance_id", "check", "found", "expected")} == {
        "rank": 2,
        "host": "ip-10-0-0-2",
        "instance_id": "i-2",
        "check": "devices",
        "found": "7 GPUs",
        "expected": "8 GPUs",
    }
    assert fault["mend"] == "end it"
    assert "devices: failed: rank 2: 7 GPUs (expected: 8 GPUs)" in found.lines()


def test_what_most_nodes_fail_by_is_no_nodes_own_fault() -> None:
    fine = passed("devices", "8 GPUs", "8 GPUs")
    found = verdict([fine], [DEVICES], [DEVICES])
    assert found.bad == {}
    assert [fault.blame for fault in found.faults] == ["common", "common"]
    half = verdict([fine], [DEVICES])
    assert half.bad == {1: ["devices"]}


def test_one_node_alone_may_be_bad() -> None:
    assert verdict([DEVICES]).bad == {0: ["devices"]}


def test_what_all_have_in_common_comes_first_in_the_reason() -> None:
    fine = [passed("devices", "8 GPUs"), MEMLOCK]
    ending = verdict(fine, [DEVICES, MEMLOCK]).ending(again=False)
    assert ending is not None
    assert ending.reason == (
        "preflight: memlock of rank 0 (ip-10-0-0-0, i-0): 64 KiB; expected: unlimited; and 2 more faults"
    )


@pytest.mark.parametrize(
    ("bag", "end", "again", "code"),
    [
        ([DEVICES], False, False, codes.RETRY_EXIT_CODE),
        ([DEVICES], True, False, codes.LEAVE_EXIT_CODE),
        ([DEVICES], False, True, codes.LEAVE_EXIT_CODE),
        ([MEMLOCK], False, False, codes.LEAVE_EXIT_CODE),
    ],
)
def test_an_attempt_follows_only_where_it_may_help(
    bag: list[Finding], end: bool, again: bool, code: int
) -> None:
    ending = verdict(bag, end=end).ending(again=again)
    assert ending is not None
    assert exit_code_of(ending, AGAIN, 0) == code
    assert (ending.event == MEND_FIRST) == (code == codes.LEAVE_EXIT_CODE)
    assert exit_code_of(ending, Retry(1, None, ()), 0) == codes.LEAVE_EXIT_CODE


def test_nodes_that_differ_in_their_findings_are_told_apart() -> None:
    many = [[failed("clock", f"{rank} s ahead", "right", "set it", "common")] for rank in range(5)]
    (row,) = [row for row in verdict(*many).as_dict()["checks"] if row["check"] == "clock"]
    assert row["found"] == ("rank 0: 0 s ahead; rank 1: 1 s ahead; rank 2: 2 s ahead; and 2 more")


def test_versions_and_scratch_space_are_compared_between_nodes() -> None:
    rounds = Rounds(Expected(), 0, 0)
    rounds.why_not = "no time"
    brought = {
        rank: {
            "findings": [],
            "versions": {"driver": "550" if rank == 1 else "570"},
            "scratch_gib": 10.0 if rank == 2 else 1_000.0,
            "host": "h",
            "instance_id": None,
        }
        for rank in range(5)
    }
    found = judge(brought, Expected(), rounds)
    assert found.bad == {1: ["versions"], 2: ["scratch"]}


def test_every_check_has_its_place() -> None:
    assert len(set(ORDER)) == len(ORDER) == 13


@pytest.mark.parametrize(
    ("ranks", "text"),
    [
        ([3], "rank 3"),
        ([1, 2], "ranks 1 and 2"),
        ([1, 2, 9], "ranks 1, 2 and 9"),
        (list(range(12)), "ranks 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
    ],
)
def test_ranks_are_named(ranks: list[int], text: str) -> None:
    assert ranks_text(ranks) == text
