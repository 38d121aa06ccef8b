"""The next submission of a run: the same job, here or in another region, from its newest checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.backends.azure_ml.planning import checked_shipment
from modelyard_launcher.backends.azure_ml.shipment import Shipment
from modelyard_launcher.backends.resubmitting import job_of_record, spec_of_record
from modelyard_launcher.pools import choose_pool
from modelyard_launcher.records import RunRecord
from modelyard_launcher.stores import Store


@dataclass(frozen=True, slots=True)
class Next:
    """A run, ready to be submitted once more."""

    shipment: Shipment
    spec: bytes
    changes: Mapping[str, object]
    """What the submission changes of the record."""


def next_of(record: RunRecord, target: AzureLaunchTarget, store: Store) -> Next:
    """What is submitted of a run that was submitted before; its files have to be in the store.

    Raises InputError if it can't run on that target, and SurroundingsError.
    """
    loaded = job_of_record(record)
    job, choice = loaded.job, choose_pool(loaded, target)
    shipment = checked_shipment(loaded, target, choice)
    spec, changes = spec_of_record(record, job, target, choice, store)
    return Next(shipment, spec, changes)
