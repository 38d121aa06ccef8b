"""The next submission of a run: the same job, here or in another region, from its newest checkpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modelyard.errors import SurroundingsError
from modelyard.outputs import LaunchTarget
from modelyard.yaml_lines import YamlDocument
from modelyard_launcher.attempts import spent_before
from modelyard_launcher.backends.aws_batch.container import accelerators
from modelyard_launcher.backends.aws_batch.planning import check, check_limits, shipment_of
from modelyard_launcher.backends.aws_batch.shipment import Shipment
from modelyard_launcher.job import Job
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import choose_pool
from modelyard_launcher.records import RunRecord
from modelyard_launcher.spec import Place, moved_document, spec_bytes
from modelyard_launcher.stores import Store
from modelyard_launcher.uploads import Runtime, must_be_there
from modelyard_node.keys import spec_key


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
    key = spec_key(record.run_id, record.spec_sha256 or "")
    content = store.get(key)
    if content is None:
        raise SurroundingsError(
            f"{store.uri}/{key}, which says what the run's nodes are to do, isn't there",
            "wait until it is copied to this region, or submit the job anew from its directory",
        )
    document: dict[str, Any] = json.loads(content)
    must_be_there(store, ((each["archive"], each["size_bytes"]) for each in document["files"]))
    price = choice.hourly_usd
    hourly = None if price is None else round(price * job.num_nodes, 4)
    if document["region"] != target.region or document["limits"]["hourly_usd"] != hourly:
        place = Place(target, choice.pool, hourly, accelerators(job, choice.pool))
        before = spent_before(store, record.run_id, record.attempts)
        content = spec_bytes(moved_document(document, job, place, *before))
    changes = {
        "pool": choice.pool.name,
        "hourly_usd": hourly,
        "target": target.model_dump(mode="json", by_alias=True),
    }
    return Next(shipment, content, changes)


def job_of_record(record: RunRecord) -> LoadedJob:
    """The job of a run, as its record holds it: nobody is told of its end by a record's hidden webhook."""
    told = {**record.job, "notify": None}
    try:
        job = Job.model_validate_json(json.dumps(told))
    except ValidationError as error:
        raise SurroundingsError(
            f"the job of run {record.run_id} was written by another modelyard: {error.errors()[0]['msg']}",
            "submit it with the modelyard that it was first submitted with, or anew from its file",
        ) from error
    return LoadedJob(job, Path(), YamlDocument(told, f"the record of {record.run_id}", {}, {}))
