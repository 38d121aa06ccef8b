"""GPUs as nvidia-smi sees them: `nvidia-smi -q -x`.

Its XML has changed its names over the years: both are read where there are two. Source: what nvidia-smi 515
to 590 write (nvsmi_device_v11 to v13), as published in telegraf's test data, 2026-11; NVIDIA, "GPU Memory
Error Management" for what remapped rows and uncorrectable errors mean.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from modelyard_node.preflight.findings import COMMON, NODE, Finding, failed, many, passed, unknown
from modelyard_node.preflight.machine import OTHER_MACHINE
from modelyard_node.preflight.programs import Answer, ask, find_program

_ALSO = ("usr/bin", "usr/local/nvidia/bin", "opt/bin")

_UNCORRECTABLE = (
    "sram_uncorrectable",
    "sram_uncorrectable_parity",
    "sram_uncorrectable_secded",
    "dram_uncorrectable",
    "double_bit/total",
)

_SLOWED = {
    "hw_slowdown": "slowed by the hardware",
    "hw_thermal_slowdown": "slowed by the hardware for heat",
    "hw_power_brake_slowdown": "slowed by the power supply",
    "sw_thermal_slowdown": "slowed by the driver for heat",
}

_RECOVERIES = ("Reset", "Reboot", "Drain")
"""What a driver may ask for; of what it doesn't tell it says N/A, or that it is deprecated."""


class Gpu(NamedTuple):
    """One GPU."""

    name: str
    memory_mib: int | None
    troubles: list[str]
    """What is wrong with it, in words."""


class Gpus(NamedTuple):
    """What nvidia-smi tells; without it, why not."""

    driver: str | None = None
    cuda: str | None = None
    """Newest version of CUDA that the driver knows."""
    gpus: tuple[Gpu, ...] = ()
    trouble: str | None = None
    is_there: bool = True
    """Whether there is an nvidia-smi."""


def look_at_gpus(root: Path, variables: Mapping[str, str], seconds: float) -> Gpus:
    """What nvidia-smi tells of this node."""
    program = find_program("nvidia-smi", variables, [root / place for place in _ALSO])
    if program is None:
        return Gpus(trouble="there is no nvidia-smi", is_there=False)
    return read_gpus(ask([program, "-q", "-x"], variables, seconds))


def read_gpus(answer: Answer) -> Gpus:
    """What an answer of nvidia-smi says."""
    if answer.exit_code is None:
        return Gpus(trouble=f"nvidia-smi: {answer.err}")
    try:
        log = ET.fromstring(answer.out)  # noqa: S314 (the node's own driver wrote it)
    except ET.ParseError:
        said = (answer.out + answer.err).strip().splitlines()
        return Gpus(trouble=f"nvidia-smi: {said[0] if said else f'exit code {answer.exit_code}'}")
    return Gpus(
        driver=_text(log, "driver_version"),
        cuda=_text(log, "cuda_version"),
        gpus=tuple(_gpu(each) for each in log.iter("gpu")),
    )


def judge_gpus(found: Gpus, expected: int) -> list[Finding]:
    """Whether the GPUs are well; nothing is said where none are expected."""
    if not expected:
        return []
    if not found.is_there:
        return [unknown("gpu_health", "there is no nvidia-smi in the container")]
    wanted = "every GPU without errors, at full clocks"
    if found.trouble is not None:
        return [failed("gpu_health", found.trouble, wanted, f"its driver is broken: {OTHER_MACHINE}", NODE)]
    troubles = [
        f"GPU {index}: {', '.join(gpu.troubles)}" for index, gpu in enumerate(found.gpus) if gpu.troubles
    ]
    if len(found.gpus) < expected:
        troubles.insert(0, f"nvidia-smi sees {len(found.gpus)} of {expected} GPUs")
    if troubles:
        return [failed("gpu_health", "; ".join(troubles), wanted, OTHER_MACHINE, NODE)]
    names = sorted({gpu.name for gpu in found.gpus})
    if len(names) > 1:
        return [failed("gpu_health", ", ".join(names), "GPUs of one kind", "take a pool of one type", COMMON)]
    return [passed("gpu_health", f"{len(found.gpus)} of {names[0]}, no errors", wanted)]


def _gpu(element: Any) -> Gpu:
    memory = (_text(element, "fb_memory_usage/total") or "").split()
    return Gpu(
        name=_text(element, "product_name") or "GPU",
        memory_mib=int(memory[0]) if memory and memory[0].isdigit() else None,
        troubles=[*_errors(element), *_clocks(element), *_state(element)],
    )


def _errors(element: Any) -> list[str]:
    counted = sum(_number(element, f"ecc_errors/volatile/{name}") for name in _UNCORRECTABLE)
    troubles = [many(counted, "uncorrectable memory error")] if counted else []
    if _is(element, "remapped_rows/remapped_row_failure"):
        troubles.append("a row of its memory can't be remapped")
    if _is(element, "remapped_rows/remapped_row_pending") or _is(element, "retired_pages/pending_retirement"):
        troubles.append("memory waits to be remapped: it needs a reset")
    return troubles


def _clocks(element: Any) -> list[str]:
    found: Sequence[str] = [
        words
        for name, words in _SLOWED.items()
        if any(
            _text(element, f"clocks_{kind}_reasons/clocks_{kind}_reason_{name}") == "Active"
            for kind in ("event", "throttle")
        )
    ]
    # The first says no more than that one of the others holds.
    return list(found[1:] if len(found) > 1 else found)


def _state(element: Any) -> list[str]:
    troubles: list[str] = []
    action = _text(element, "gpu_recovery_action")
    if action is not None and any(word in action for word in _RECOVERIES):
        troubles.append(f"the driver asks for a recovery ({action})")
    elif _is(element, "gpu_reset_status/reset_required"):
        troubles.append("the driver asks for a reset")
    state, status = _text(element, "fabric/state"), _text(element, "fabric/status")
    if state not in (None, "N/A", "Completed") or status not in (None, "N/A", "Success"):
        troubles.append(f"its NVLink fabric isn't up ({state}, {status})")
    return troubles


def _is(element: Any, path: str) -> bool:
    return _text(element, path) == "Yes"


def _number(element: Any, path: str) -> int:
    text = _text(element, path) or ""
    return int(text) if text.isdigit() else 0


def _text(element: Any, path: str) -> str | None:
    text = element.findtext(path)
    return text.strip() if text is not None else None
