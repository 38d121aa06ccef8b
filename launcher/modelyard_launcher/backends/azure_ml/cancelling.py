"""Ending a run in a workspace: its nodes are told why, and the service ends its job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.azure.refusals import ArmRefusedError
from modelyard_launcher.backends.azure_ml.endings import OVER
from modelyard_launcher.backends.azure_ml.names import API_VERSION
from modelyard_launcher.backends.azure_ml.sights import path_of
from modelyard_launcher.records import RunRecord
from modelyard_launcher.stopping import give_up, request_cancellation
from modelyard_launcher.stores import Store


def ask_to_end(arm: Arm, store: Store, record: RunRecord) -> RunRecord:
    """Tell a run's nodes to save and to end, and the service to end its job; the newest record.

    Nodes that start all the same, or are started again, find the request and leave.
    """
    reason = request_cancellation(store, record)
    path = path_of(record)
    job = arm.find(path, API_VERSION)
    if _goes_on(job):
        try:
            # A second time does no harm.
            arm.post(f"{path}/cancel", API_VERSION, once=False)
        except ArmRefusedError:
            # It may have come to its end just before.
            job = arm.find(path, API_VERSION)
            if _goes_on(job):
                raise
    return give_up(store, record, reason, is_gone=job is None)


def _goes_on(job: Mapping[str, Any] | None) -> bool:
    return job is not None and (job.get("properties") or {}).get("status") not in OVER
