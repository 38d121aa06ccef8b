"""Who differs from the others, and whose fault it is."""

from __future__ import annotations

import pytest

from modelyard_node.preflight.compared import (
    judge_links,
    judge_scratch_sizes,
    judge_versions,
    majority,
    median,
)
from modelyard_node.preflight.findings import Finding

DIFFERS = (
    "nodes started from another image: name images by digest and the machines' image by id, and end the instance "
    "that differs"
)


def test_nodes_that_are_alike() -> None:
    versions = {rank: {"driver": "570.1", "torch": "2.9", "kernel": "6.1"} for rank in range(3)}
    assert judge_versions(versions) == [
        Finding("versions", "passed", "driver 570.1, torch 2.9, kernel 6.1", "alike on all nodes")
    ]


def test_a_node_that_differs_from_most_is_named_with_all_that_differs() -> None:
    versions = {rank: {"driver": "570.1", "torch": "2.9", "kernel": "6.1"} for rank in range(3)}
    versions[1] = {"driver": "550.2", "torch": "2.9", "kernel": "6.0"}
    assert judge_versions(versions) == [
        Finding(
            "versions",
            "failed",
            "driver 550.2, kernel 6.0",
            "driver 570.1, kernel 6.1, as most nodes have",
            DIFFERS,
            "node",
            1,
        )
    ]


def test_without_a_majority_nobody_is_named() -> None:
    versions = {0: {"driver": "570.1"}, 1: {"driver": "550.2"}}
    assert judge_versions(versions) == [
        Finding(
            "versions",
            "failed",
            "driver 570.1 (rank 0), 550.2 (rank 1)",
            "alike on all nodes",
            "name images by digest and the machines' image by id, so that all nodes start from the same",
            "common",
        )
    ]


def test_what_is_not_installed_differs_and_what_cannot_be_told_does_not() -> None:
    all_but_one = {0: {"torch": "2.9", "nccl": "2.27"}, 1: {"torch": "2.9"}, 2: {"nccl": "2.27"}}
    (finding,) = judge_versions(all_but_one)
    assert (finding.rank, finding.found) == (2, "torch none")


@pytest.mark.parametrize(
    ("values", "most"), [({0: "a"}, "a"), ({0: "a", 1: "b"}, None), ({0: "a", 1: "b", 2: "a"}, "a")]
)
def test_a_majority_is_more_than_half(values: dict[int, str], most: str | None) -> None:
    assert majority(values) == most


def test_of_two_the_better_says_what_is_possible() -> None:
    assert median({0: 1.0, 1: 9.0}) == 9.0
    assert median({0: 1.0, 1: 5.0, 2: 9.0}) == 5.0


def test_a_node_without_its_local_disks_is_named() -> None:
    assert judge_scratch_sizes({0: 28_000.0, 1: 28_000.0}) == []
    assert judge_scratch_sizes({0: 28_000.0, 1: 200.0, 2: 28_000.0}) == [
        Finding(
            "scratch",
            "failed",
            "200.0 GiB in all",
            "28,000.0 GiB, as others have",
            "its local disks weren't mounted: see the log group of the environment's nodes",
            "node",
            1,
        )
    ]


def test_a_node_whose_own_gpus_are_slow_is_named() -> None:
    assert judge_links({}) == []
    assert judge_links({0: 3_600.0, 1: 3_500.0}) == [
        Finding(
            "gpu_links",
            "passed",
            "3,500 Gbit/s or more within each node",
            "75% of the 3,600 Gbit/s that the middle node has",
        )
    ]
    assert judge_links({0: 3_600.0, 1: 900.0}) == [
        Finding(
            "gpu_links",
            "failed",
            "900 Gbit/s between its GPUs",
            "75% of the 3,600 Gbit/s that the middle node has",
            "a link between its GPUs is broken or slowed: end its instance",
            "node",
            1,
        )
    ]
