"""A job of the local backend whose stores are Azure's blobs: it reads, trains, writes, and goes on from there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from blob_fixtures import ServedBlobs
from patience import GONE_SECONDS

from modelyard_launcher.load import load_job
from modelyard_launcher.stores import open_store

WORKLOADS = Path(__file__).parents[2] / "workloads"


def test_the_cnn_reads_its_data_from_blobs_writes_its_checkpoints_there_and_resumes(
    blob_yard: Any, served_blobs: ServedBlobs, compiled_once: dict[str, str]
) -> None:
    stores = blob_yard.target.stores
    prepare = [sys.executable, str(WORKLOADS / "cnn" / "prepare_dataset.py"), stores.datasets.uri]
    subprocess.run(prepare, check=True, capture_output=True, env={**served_blobs.variables, "HOME": "/"})
    shutil.copytree(
        WORKLOADS / "cnn", blob_yard.project / "cnn", ignore=shutil.ignore_patterns("__pycache__")
    )
    job = blob_yard.project / "cnn" / "job.yaml"
    document = yaml.safe_load(job.read_text())
    document |= {"run": "python train.py --epochs 3", "retry": {"attempts": 2}}
    document["envs"] |= {"MARKER": blob_yard.marker, "OMP_NUM_THREADS": "1", **compiled_once}
    job.write_text(yaml.safe_dump(document))
    backend = blob_yard.backend()
    record = backend.submit(
        backend.plan(load_job(job), blob_yard.resolved()),
        detach=False,
        on_line=lambda *_: None,
        on_event=lambda _: None,
    )
    assert record.state == "succeeded", record.as_dict()
    store = open_store(stores.checkpoints.uri, served_blobs.access)
    found = store.keys("")
    assert f"runs/{record.run_id}/run.json" in found
    assert f"runs/{record.run_id}/result.json" in found
    assert any(key.startswith(f"checkpoints/{record.run_id}/step-") for key in found)
    result = json.loads(store.get(f"runs/{record.run_id}/result.json") or b"")
    again = backend.resubmit(
        record, blob_yard.resolved(), detach=False, on_line=lambda *_: None, on_event=lambda _: None
    )
    assert again.state == "succeeded"
    assert json.loads(store.get(f"runs/{record.run_id}/result.json") or b"")["step"] == result["step"]


def test_programs_find_where_a_sandboxs_blobs_are_and_nothing_else_that_nodes_were_told(
    blob_yard: Any, served_blobs: ServedBlobs
) -> None:
    record, lines = blob_yard.run("env | grep ^MODELYARD_ | cut -d= -f1 | sort")
    assert record.state == "succeeded"
    assert lines == [
        f"[0] MODELYARD_{name}"
        for name in ("ATTEMPT", "BLOB_ENDPOINT", "CHECKPOINTS", "DATASETS", "METRICS", "RUN_ID")
    ]


def test_a_supervisor_in_the_background_reaches_blobs_too(
    blob_yard: Any, served_blobs: ServedBlobs, eventually: Callable[..., Any]
) -> None:
    backend = blob_yard.backend()
    record = backend.submit(
        backend.plan(blob_yard.load("echo done"), blob_yard.resolved()),
        detach=True,
        on_line=lambda *_: None,
        on_event=lambda _: None,
    )
    store = open_store(blob_yard.target.stores.checkpoints.uri, served_blobs.access)
    key = f"runs/{record.run_id}/run.json"
    eventually(lambda: json.loads(store.get(key) or b"{}").get("state") == "succeeded")
    eventually(lambda: not blob_yard.processes(), GONE_SECONDS)


def test_a_plan_says_how_processes_reach_blobs(blob_yard: Any, served_blobs: ServedBlobs) -> None:
    notes = blob_yard.backend().plan(blob_yard.load("echo"), blob_yard.resolved()).notes
    assert notes[-1] == (
        f"and, to reach {served_blobs.access.place} with its false credentials: "
        "ARM_SUBSCRIPTION_ID, MODELYARD_ARM_ENDPOINT, MODELYARD_BLOB_ENDPOINT"
    )
