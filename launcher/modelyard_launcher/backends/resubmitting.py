"""What every backend does to submit a run once more: the same job, from what lies in its store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modelyard.errors import SurroundingsError
from modelyard.yaml_lines import YamlDocument
from modelyard_launcher.attempts import spent_before
from modelyard_launcher.backends import Watched
from modelyard_launcher.clouds import AnyTarget
from modelyard_launcher.job import Job
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import PoolChoice, accelerators_of_a_node
from modelyard_launcher.records import RunRecord
from modelyard_launcher.spec import Place, moved_document, spec_bytes
from modelyard_launcher.stores import Store
from modelyard_launcher.uploads import must_be_there
from modelyard_node.keys import spec_key


def must_have_ended(backend: Watched, record: RunRecord, region: str) -> None:
    """Raise SurroundingsError if a run still goes on in a region; elsewhere that may be out of sight.

    One that is lost doesn't: its service knows nothing of it any more.
    """
    there = record.submissions[-1].region == region if record.submissions else False
    goes_on = there and not record.finished and record.state != "submitting"
    if goes_on and backend.describe(record).state != "lost":
        raise SurroundingsError(
            f"run {record.run_id} still goes on, as far as is known",
            "look at `modelyard job status`; cancel it first, or leave it to whoever watches over it",
        )


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


def spec_of_record(
    record: RunRecord, job: Job, target: AnyTarget, choice: PoolChoice, store: Store
) -> tuple[bytes, Mapping[str, object]]:
    """What a run's nodes are to do on a target, and what that changes of its record.

    Its files have to be in the store: in another region, as far as they were copied there.

    Args:
        record: the run.
        job: its job.
        target: where it goes on.
        choice: the pool there.
        store: where its files lie.

    Raises:
        SurroundingsError: something of it isn't in the store.
    """
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
        place = Place(target, choice.pool, hourly, accelerators_of_a_node(job, choice.pool))
        before = spent_before(store, record.run_id, record.attempts)
        content = spec_bytes(moved_document(document, job, place, *before))
    changes = {
        "pool": choice.pool.name,
        "hourly_usd": hourly,
        "target": target.model_dump(mode="json", by_alias=True),
    }
    return content, changes
