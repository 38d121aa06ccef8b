"""What nodes are to have, as the job's specification says: the part `preflight` of modelyard.spec/1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Expected(NamedTuple):
    """What a node is to have. What isn't said isn't judged."""

    gpus: int = 0
    neurons: int = 0
    efa: int = 0
    min_gbps: float | None = None
    """Bus bandwidth that the job asks for, in Gbit/s, whatever it is measured over."""
    type_gbps: float | None = None
    """What is expected of the instance type: of GPUs, over EFA."""
    shared_memory_mib: int | None = None
    end_bad_nodes: bool = False
    """Whether the instance of a bad node is ended before the job is tried again, by whoever supervises it."""


def read_expected(document: Mapping[str, Any]) -> Expected:
    """What is expected. Raises ValueError and TypeError for what makes no sense."""
    devices: Mapping[str, Any] = document.get("devices") or {}
    return Expected(
        gpus=int(devices.get("nvidia") or 0),
        neurons=int(devices.get("neuron") or 0),
        efa=int(devices.get("efa") or 0),
        min_gbps=_number(document.get("min_gbps")),
        type_gbps=_number(document.get("expected_gbps")),
        shared_memory_mib=None
        if document.get("shared_memory_mib") is None
        else int(document["shared_memory_mib"]),
        end_bad_nodes=document.get("end_bad_nodes") is True,
    )


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
