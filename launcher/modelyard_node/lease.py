"""The lease of an attempt: of several that think they are to run, one does, and the others leave at once."""

from __future__ import annotations

import json
from typing import Any

from modelyard_node import codes, keys
from modelyard_node.clock import instant
from modelyard_node.ends import EndedError, Ending
from modelyard_node.place import Place
from modelyard_node.spec import Spec
from modelyard_node.store import Store

SCHEMA = "modelyard.lease/1"


SERVICE_JOB_VARIABLE = "AZUREML_RUN_ID"
"""What Azure Machine Learning calls the job that a node belongs to: of a sweep, the trial."""


def take_lease(
    store: Store, place: Place, spec: Spec, patience: float, service_job: str | None = None
) -> None:
    """Create this attempt's lease. Raises EndedError if another holds it, or a later attempt has one.

    Args:
        store: where it lies.
        place: the node's.
        spec: what it is to do.
        patience: how long the store may be away.
        service_job: what the service calls the job, where that isn't known beforehand.
    """
    key = keys.lease_key(place.own_run_id, place.attempt_name)
    document = {
        "schema": SCHEMA,
        "holder": place.holder,
        "started_at": instant(store.clock.now()),
        "num_nodes": place.num_nodes,
        "hourly_usd": spec.limits.hourly_usd,
        "region": spec.region,
        "service_job": service_job,
    }
    if not store.put(key, json.dumps(document).encode(), if_absent=True, patience=patience):
        holder = _holder(store.get(key, patience=patience))
        # It may be our own: of a write whose answer was lost.
        if holder != place.holder:
            raise _duplicate(f"attempt {place.attempt_name} is held by {holder}")
    later = later_lease(store, place, patience)
    if later is not None:
        raise _duplicate(f"attempt {later} holds the run, which is later than {place.attempt_name}")


def later_lease(store: Store, place: Place, patience: float) -> str | None:
    """The newest attempt that has a lease and is later than this one."""
    names = store.names(keys.attempts_prefix(place.own_run_id), patience=patience)
    for name in sorted((name.rstrip("/") for name in names), reverse=True):
        if name <= place.attempt_name:
            return None
        if store.get(keys.lease_key(place.own_run_id, name), patience=patience) is not None:
            return name
    return None


def _duplicate(reason: str) -> EndedError:
    return EndedError(Ending(codes.DUPLICATE, reason))


def _holder(content: bytes | None) -> str:
    try:
        document: dict[str, Any] = json.loads(content or b"")
        return str(document["holder"])
    except (ValueError, KeyError, TypeError):
        return "somebody"
