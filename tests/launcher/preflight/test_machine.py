"""What a node has, judged by what it is to have."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

import pytest

from modelyard_node.preflight.expected import Expected, read_expected
from modelyard_node.preflight.findings import Finding
from modelyard_node.preflight.machine import (
    judge_devices,
    judge_machine,
    judge_memlock,
    judge_scratch,
    judge_shared_memory,
    look_at_machine,
)

OTHER = "end its instance, so that the job gets another (preflight.end_bad_nodes has that done)"
LOST = f"the machine has lost a device, or its container wasn't given it: {OTHER}"


@pytest.mark.parametrize(
    ("devices", "expected", "finding"),
    [
        (
            {"nvidia": 0, "neuron": 0, "efa": 0},
            Expected(),
            Finding("devices", "passed", "none", "none asked for"),
        ),
        (
            {"nvidia": 8, "neuron": 0, "efa": 32},
            Expected(gpus=8, efa=32),
            Finding("devices", "passed", "8 GPUs, 32 EFA interfaces", "8 GPUs, 32 EFA interfaces"),
        ),
        (
            {"nvidia": 8, "neuron": 0, "efa": 32},
            Expected(gpus=4, efa=32),
            Finding("devices", "passed", "8 GPUs, 32 EFA interfaces", "4 GPUs, 32 EFA interfaces"),
        ),
        (
            {"nvidia": 7, "neuron": 0, "efa": 32},
            Expected(gpus=8, efa=32),
            Finding(
                "devices", "failed", "7 GPUs, 32 EFA interfaces", "8 GPUs, 32 EFA interfaces", LOST, "node"
            ),
        ),
        (
            {"nvidia": 8, "neuron": 0, "efa": 0},
            Expected(gpus=8, efa=32),
            Finding(
                "devices", "failed", "8 GPUs, 0 EFA interfaces", "8 GPUs, 32 EFA interfaces", LOST, "node"
            ),
        ),
        (
            {"nvidia": 0, "neuron": 15, "efa": 16},
            Expected(neurons=16),
            Finding("devices", "failed", "15 Neuron devices", "16 Neuron devices", LOST, "node"),
        ),
    ],
)
def test_devices(devices: dict[str, int], expected: Expected, finding: Finding) -> None:
    assert judge_devices(devices, expected) == finding


@pytest.mark.parametrize(
    ("mib", "asked", "finding"),
    [
        (None, None, Finding("shared_memory", "unknown", "there is no /dev/shm")),
        (64, None, Finding("shared_memory", "passed", "64 MiB")),
        (16_384, 16_384, Finding("shared_memory", "passed", "16,384 MiB", "16,384 MiB")),
        (16_300, 16_384, Finding("shared_memory", "passed", "16,300 MiB", "16,384 MiB")),
        (
            64,
            16_384,
            Finding(
                "shared_memory",
                "failed",
                "64 MiB",
                "16,384 MiB",
                "the container was started with less than its job definition says: see resources.shm",
                "common",
            ),
        ),
    ],
)
def test_shared_memory(mib: int | None, asked: int | None, finding: Finding) -> None:
    assert judge_shared_memory(mib, Expected(shared_memory_mib=asked)) == finding


def test_locked_memory() -> None:
    assert judge_memlock(64, 0) == []
    assert judge_memlock(None, 1) == [Finding("memlock", "passed", "unlimited", "unlimited")]
    assert judge_memlock(8_192, 1) == [
        Finding(
            "memlock",
            "failed",
            "a process may lock 8,192 KiB",
            "unlimited: what RDMA registers is locked",
            "start the container with the ulimit memlock -1, and don't lower it in the image",
            "common",
        )
    ]


def test_scratch_space() -> None:
    assert judge_scratch(1.0, 500) == Finding("scratch", "passed", "1.0 of 500.0 GiB free", "1 GiB free")
    assert judge_scratch(0.9, 500) == Finding(
        "scratch",
        "failed",
        "0.9 of 500.0 GiB free",
        "1 GiB free",
        f"the disk is full of what ran here before: {OTHER}",
        "node",
    )


def test_what_a_machine_has_is_counted_below_its_root(tmp_path: Path) -> None:
    dev = tmp_path / "dev"
    (dev / "infiniband").mkdir(parents=True)
    (dev / "shm").mkdir()
    names = ["nvidia0", "nvidia1", "nvidia10", "nvidiactl", "nvidia-uvm", "neuron0"]
    for name in [*names, "infiniband/uverbs0", "infiniband/rdma_cm"]:
        (dev / name).touch()
    machine = look_at_machine(tmp_path, tmp_path)
    assert machine.devices == {"nvidia": 3, "neuron": 1, "efa": 1}
    assert machine.shared_memory_mib == os.statvfs(dev / "shm").f_blocks * os.statvfs(dev).f_frsize >> 20
    _, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    assert machine.memlock_kib == (None if hard == resource.RLIM_INFINITY else hard // 1_024)
    assert 0 <= machine.scratch_free_gib <= machine.scratch_gib


def test_without_any_device_there_is_none(tmp_path: Path) -> None:
    machine = look_at_machine(tmp_path, tmp_path)
    assert machine.devices == {"nvidia": 0, "neuron": 0, "efa": 0}
    assert machine.shared_memory_mib is None
    assert [finding.check for finding in judge_machine(machine, Expected())] == [
        "devices",
        "shared_memory",
        "scratch",
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, Expected()),
        ({"expected_gbps": None, "end_bad_nodes": False}, Expected()),
        (
            {
                "devices": {"nvidia": 8, "neuron": 0, "efa": 32},
                "min_gbps": 100,
                "expected_gbps": 2400.0,
                "shared_memory_mib": 1024,
                "end_bad_nodes": True,
            },
            Expected(8, 0, 32, 100.0, 2400.0, 1024, True),
        ),
    ],
)
def test_what_is_expected_is_read_from_the_spec(document: dict[str, Any], expected: Expected) -> None:
    assert read_expected(document) == expected
