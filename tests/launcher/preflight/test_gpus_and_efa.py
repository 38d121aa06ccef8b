"""What nvidia-smi, fi_info and NCCL say, and what is made of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import preflight_captured as captured
import pytest
from patience import GONE_SECONDS

from modelyard_node.preflight.efa import Efa, judge_efa, look_at_efa, read_efa, read_version
from modelyard_node.preflight.findings import Finding
from modelyard_node.preflight.gpus import Gpus, judge_gpus, look_at_gpus, read_gpus
from modelyard_node.preflight.network import MEND, Network, judge_network, read_network
from modelyard_node.preflight.programs import Answer, ask

OTHER = "end its instance, so that the job gets another (preflight.end_bad_nodes has that done)"
WANTED = "every GPU without errors, at full clocks"


def gpus(out: str, exit_code: int | None = 0, err: str = "") -> Gpus:
    return read_gpus(Answer(exit_code, out, err))


@pytest.mark.parametrize(
    ("out", "driver", "cuda", "name", "memory_mib"),
    [
        (captured.A10G_515, "515.105.01", "11.7", "NVIDIA A10G", 23_028),
        (captured.A100_535, "535.54.03", "12.2", "NVIDIA A100-SXM4-80GB", 81_920),
        (
            captured.RTX_PRO_6000_590,
            "590.44.01",
            "13.1",
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
            97_887,
        ),
    ],
)
def test_what_nvidia_smi_writes_is_read(out: str, driver: str, cuda: str, name: str, memory_mib: int) -> None:
    found = gpus(out)
    assert (found.driver, found.cuda, found.trouble) == (driver, cuda, None)
    assert found.gpus == ((name, memory_mib, []),)
    assert judge_gpus(found, 1) == [Finding("gpu_health", "passed", f"1 of {name}, no errors", WANTED)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ecc_errors__volatile__dram_uncorrectable": "2"}, "2 uncorrectable memory errors"),
        ({"ecc_errors__volatile__sram_uncorrectable_secded": "1"}, "1 uncorrectable memory error"),
        ({"ecc_errors__volatile__double_bit__total": "3"}, "3 uncorrectable memory errors"),
        ({"remapped_rows__remapped_row_failure": "Yes"}, "a row of its memory can't be remapped"),
        (
            {"remapped_rows__remapped_row_pending": "Yes"},
            "memory waits to be remapped: it needs a reset",
        ),
        (
            {"retired_pages__pending_retirement": "Yes"},
            "memory waits to be remapped: it needs a reset",
        ),
        (
            {"clocks_event_reasons__clocks_event_reason_hw_slowdown": "Active"},
            "slowed by the hardware",
        ),
        (
            {"clocks_throttle_reasons__clocks_throttle_reason_sw_thermal_slowdown": "Active"},
            "slowed by the driver for heat",
        ),
        ({"gpu_recovery_action": "Reset"}, "the driver asks for a recovery (Reset)"),
        ({"gpu_reset_status__reset_required": "Yes"}, "the driver asks for a reset"),
        ({"fabric__state": "In Progress"}, "its NVLink fabric isn't up (In Progress, None)"),
    ],
)
def test_a_gpu_that_is_not_well_is_named(changes: dict[str, str], said: str) -> None:
    found = gpus(captured.nvidia_smi(8, **changes))
    assert judge_gpus(found, 8) == [Finding("gpu_health", "failed", f"GPU 7: {said}", WANTED, OTHER, "node")]


def test_of_a_slow_gpu_the_reason_is_told_once() -> None:
    both = (
        "<clocks_event_reason_hw_slowdown>Active</clocks_event_reason_hw_slowdown>"
        "<clocks_event_reason_hw_thermal_slowdown>Active</clocks_event_reason_hw_thermal_slowdown>"
    )
    found = gpus(captured.nvidia_smi(1, clocks_event_reasons=both))
    assert found.gpus[0].troubles == ["slowed by the hardware for heat"]


@pytest.mark.parametrize(
    "changes",
    [
        {"gpu_recovery_action": "None"},
        {"gpu_reset_status__reset_required": "Requested functionality has been deprecated"},
        {"gpu_recovery_action": "Requested functionality has been deprecated"},
        {"ecc_errors__volatile__dram_uncorrectable": "N/A"},
        {"ecc_errors__aggregate__dram_uncorrectable": "5"},
        {"clocks_event_reasons__clocks_event_reason_gpu_idle": "Active"},
        {"remapped_rows": "N/A"},
        {"fabric__state": "Completed", "fabric__status": "Success"},
    ],
)
def test_what_says_nothing_against_a_gpu_does_no_harm(changes: dict[str, str]) -> None:
    assert gpus(captured.nvidia_smi(2, **changes)).gpus[1].troubles == []


def test_a_driver_that_lost_a_gpu_is_broken() -> None:
    said = "nvidia-smi: Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  "
    said += "Reboot the system to recover this GPU"
    found = gpus(captured.GPU_IS_LOST, 15)
    assert judge_gpus(found, 8) == [
        Finding("gpu_health", "failed", said, WANTED, f"its driver is broken: {OTHER}", "node")
    ]
    assert judge_gpus(gpus("", 9), 8)[0].found == "nvidia-smi: exit code 9"


def test_gpus_that_are_missing_or_of_another_kind() -> None:
    (few,) = judge_gpus(gpus(captured.nvidia_smi(7)), 8)
    assert (few.found, few.blame) == ("nvidia-smi sees 7 of 8 GPUs", "node")
    mixed = captured.nvidia_smi(2).replace("NVIDIA H100 80GB HBM3", "NVIDIA H200", 1)
    assert judge_gpus(gpus(mixed), 2) == [
        Finding(
            "gpu_health",
            "failed",
            "NVIDIA H100 80GB HBM3, NVIDIA H200",
            "GPUs of one kind",
            "take a pool of one type",
            "common",
        )
    ]


def test_without_nvidia_smi_nothing_is_known_and_without_gpus_nothing_is_said(tmp_path: Path) -> None:
    found = look_at_gpus(tmp_path, {"PATH": str(tmp_path)}, 5)
    assert judge_gpus(found, 8) == [
        Finding("gpu_health", "unknown", "there is no nvidia-smi in the container")
    ]
    assert judge_gpus(found, 0) == []


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_driver_that_hangs_is_given_up(tmp_path: Path) -> None:
    program(tmp_path / "usr/bin/nvidia-smi", "exec sleep 600")
    began = time.monotonic()
    found = look_at_gpus(tmp_path, {"PATH": os.defpath}, 0.3)
    assert time.monotonic() - began < GONE_SECONDS
    assert found.trouble == "nvidia-smi: it didn't answer within 0.3 seconds"


def test_a_program_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    path = tmp_path / "tool"
    path.write_text("no program")
    assert ask([str(path)], {}, 5) == Answer(None, "", "it can't be started: Permission denied")


def test_libfabric_sees_each_interface_once() -> None:
    found = read_efa(Answer(0, captured.FI_INFO, ""))
    assert (found.interfaces, found.fabrics) == (("rdmap49s0",), ("efa-direct", "efa"))
    assert read_efa(Answer(0, captured.FI_INFO_OLD, "")).interfaces == ("efa_0",)
    assert read_version(Answer(0, captured.FI_INFO_VERSION, "")) == "2.1.0amzn3.0"
    assert read_version(Answer(1, "", "unknown option")) is None


EFA_MEND = (
    "the image needs libfabric with its efa provider (the EFA installer puts it into /opt/amazon/efa), and the "
    "container the devices /dev/infiniband/uverbs*"
)


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        (Efa(("a", "b")), Finding("efa", "passed", "2 EFA interfaces", "2 EFA interfaces")),
        (
            Efa(("a",)),
            Finding("efa", "failed", "libfabric sees 1 EFA interface", "2 EFA interfaces", EFA_MEND, "node"),
        ),
        (
            read_efa(Answer(61, "", captured.FI_INFO_NOTHING)),
            Finding(
                "efa",
                "failed",
                "fi_info -p efa: fi_getinfo: -61 (No data available)",
                "2 EFA interfaces",
                EFA_MEND,
                "node",
            ),
        ),
        (
            Efa(is_there=False),
            Finding("efa", "unknown", "there is no fi_info in the image: only its devices were counted"),
        ),
    ],
)
def test_efa_is_judged_by_what_libfabric_sees(found: Efa, finding: Finding) -> None:
    assert judge_efa(found, 2) == [finding]
    assert judge_efa(found, 0) == []


def test_fi_info_is_asked_where_the_installer_puts_it(tmp_path: Path) -> None:
    (tmp_path / "out").write_text(captured.FI_INFO)
    (tmp_path / "version").write_text(captured.FI_INFO_VERSION)
    script = f'case "$1" in --version) cat {tmp_path}/version ;; -p) cat {tmp_path}/out ;; esac'
    program(tmp_path / "opt/amazon/efa/bin/fi_info", script)
    module = tmp_path / "sys/module/efa"
    module.mkdir(parents=True)
    (module / "version").write_text("2.13.0g\n")
    found = look_at_efa(tmp_path, {"PATH": os.defpath}, 5)
    assert found == Efa(("rdmap49s0",), ("efa-direct", "efa"), "2.1.0amzn3.0", "2.13.0g")


@pytest.mark.parametrize(
    ("lines", "network"),
    [
        (
            captured.NCCL_EFA_DIRECT,
            Network(
                "Libfabric",
                "efa",
                "efa-direct",
                32,
                "aws-ofi-nccl 1.17.1",
                "2.3",
                "2.27.7+cuda13.0",
                True,
            ),
        ),
        (
            captured.NCCL_P4D_ONE_INTERFACE,
            Network("Libfabric", "efa", "efa", 1, "aws-ofi-nccl 1.16.2", "2.1"),
        ),
        (captured.NCCL_P5EN_OLD, Network("Libfabric", "efa", None, 16)),
        (
            captured.NCCL_OLDEST,
            Network("AWS Libfabric", "efa", None, 1, "aws-ofi-nccl 1.5.0aws", nccl="2.12.7+cuda11.4"),
        ),
        (
            captured.NCCL_NO_DEVICES,
            Network(
                "Socket",
                plugin="aws-ofi-nccl 1.14.0",
                nccl="2.27.7+cuda12.9",
                warning="OFI fi_getinfo() call failed: No data available",
            ),
        ),
        (
            captured.NCCL_OFI_OVER_TCP,
            Network("Libfabric", "tcp", "10.0.0.0/16", 1, "aws-ofi-nccl 1.21.1", gpu_direct=False),
        ),
        ("", Network()),
    ],
)
def test_what_nccl_writes_is_read(lines: str, network: Network) -> None:
    assert read_network(lines) == network


@pytest.mark.parametrize(
    ("lines", "efa", "finding"),
    [
        (
            captured.NCCL_EFA_DIRECT,
            32,
            Finding(
                "efa_used",
                "passed",
                "NCCL uses Libfabric over efa, 32 interfaces",
                "Libfabric over efa, 32 interfaces",
            ),
        ),
        (
            captured.NCCL_NO_DEVICES,
            32,
            Finding(
                "efa_used",
                "failed",
                "NCCL uses Socket; its plugin says: OFI fi_getinfo() call failed: No data available",
                "Libfabric over efa, 32 interfaces",
                MEND,
                "node",
            ),
        ),
        (
            captured.NCCL_OFI_OVER_TCP,
            32,
            Finding(
                "efa_used",
                "failed",
                "NCCL uses Libfabric over tcp, 1 interface, without GPUDirect RDMA",
                "Libfabric over efa, 32 interfaces",
                MEND,
                "node",
            ),
        ),
        (
            captured.NCCL_P4D_ONE_INTERFACE,
            4,
            Finding(
                "efa_used",
                "failed",
                "NCCL uses Libfabric over efa, 1 interface",
                "Libfabric over efa, 4 interfaces",
                "see which device libfabric doesn't open: fi_info -p efa",
                "node",
            ),
        ),
        (
            "",
            4,
            Finding(
                "efa_used",
                "unknown",
                "NCCL wasn't used between nodes, so it isn't known which network it takes",
            ),
        ),
    ],
)
def test_whether_efa_is_used_is_what_nccl_says(lines: str, efa: int, finding: Finding) -> None:
    assert judge_network(read_network(lines), efa) == [finding]
    assert judge_network(read_network(lines), 0) == []


def test_the_mend_of_a_network_names_what_turns_efa_off() -> None:
    assert MEND == (
        "the image needs aws-ofi-nccl where NCCL finds it (NCCL_NET_PLUGIN, LD_LIBRARY_PATH), libfabric with its "
        "efa provider, and no NCCL_NET, FI_PROVIDER or NCCL_NET_PLUGIN in envs that asks for something else"
    )
