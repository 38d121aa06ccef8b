"""The next submission of a run: the same job, here or in another region, from its newest checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends.aws_batch.planning import check, check_limits, shipment_of
from modelyard_launcher.backends.aws_batch.shipment import Shipment
from modelyard_launcher.backends.resubmitting import job_of_record, spec_of_record
from modelyard_launcher.pools import choose_pool
from modelyard_launcher.records import RunRecord
from modelyard_launcher.stores import Store
from modelyard_launcher.uploads import Runtime


@dataclass(frozen=True, slots=True)
class Next:
    """A run, ready to be submitted once more."""

    shipment: Shipment
    spec: bytes
    changes: Mapping[str, object]
    """What the submission changes of the record."""


def next_of(record: RunRecord, target: LaunchTarget, store: Store, runtime: Runtime) -> Next:
    """What is submitted of a run that was submitted before.

    Its files have to be in the store: in another region, as far as they were copied there.

    Raises InputError if it can't run on that target, and SurroundingsError.
    """
    loaded = job_of_record(record)
    job, choice = loaded.job, choose_pool(loaded, target)
    check(loaded, target, choice)
    shipment = shipment_of(job, target, choice, runtime, ())
    check_limits(loaded, shipment)
    spec, changes = spec_of_record(record, job, target, choice, store)
    return Next(shipment, spec, changes)
