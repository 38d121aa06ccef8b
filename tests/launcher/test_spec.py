"""What nodes are told, as nodes understand it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from launcher.planning import CPU, target

from modelyard_launcher.job import Job
from modelyard_launcher.load import load_job
from modelyard_launcher.spec import Place, moved_document, spec_bytes, spec_document
from modelyard_launcher.sweeps import variants_file
from modelyard_node import spec as node_spec

RUN = "cnn-20261126-120000-0000"


def job(directory: Path, **fields: Any) -> Job:
    path = directory / "job.yaml"
    path.write_text(yaml.safe_dump({"name": "cnn", "run": "true", **fields}))
    return load_job(path).job


def place() -> Place:
    where = target(CPU)
    return Place(where, where.pools[0], 2.5, 0)


def document(directory: Path, **fields: Any) -> dict[str, Any]:
    made = job(directory, **fields)
    variants = None if made.sweep is None else variants_file(made.sweep)
    return spec_document(made, RUN, place(), [], variants)


def test_nodes_understand_what_they_are_told(tmp_path: Path) -> None:
    told = document(
        tmp_path,
        setup="x",
        envs={"A": "1"},
        num_nodes=2,
        timeout="2h",
        max_total_cost=9,
        deadline="2099-12-01T11:30:00Z",
        retry={"attempts": 3, "exit_codes": [75]},
        distribution="torchrun",
    )
    understood = node_spec._parsed(told)
    assert (understood.job, understood.num_nodes, understood.distribution) == ("cnn", 2, "torchrun")
    assert understood.retry == node_spec.Retry(3, (75,), ("host_failure",))
    assert understood.limits == node_spec.Limits(7_200, 9, "2099-12-01T11:30:00Z", 2.5, 0)
    assert (understood.setup, understood.envs, understood.grace_seconds) == ("x", {"A": "1"}, 100)
    assert told["schema"] == node_spec.SCHEMA


def test_the_same_document_makes_the_same_bytes(tmp_path: Path) -> None:
    told = document(tmp_path, envs={"B": "1", "A": "2"})
    assert spec_bytes(told) == spec_bytes(json.loads(spec_bytes(told)))


def test_a_variant_has_its_share_of_the_budget_and_the_object_of_all(tmp_path: Path) -> None:
    told = document(tmp_path, sweep={"grid": {"LR": [1, 2, 3, 4]}}, max_total_cost=100)
    assert told["limits"]["max_total_cost_usd"] == 25
    assert told["sweep"]["variants"] == f"runs/{RUN}/variants.json"
    assert told["sweep"]["count"] == 4


def test_in_another_region_stores_price_and_what_was_spent_change_and_nothing_else(tmp_path: Path) -> None:
    told = document(tmp_path, envs={"A": "1"}, max_total_cost=9)
    there = target(CPU, stores="s3://there", region="eu-west-1")
    moved = moved_document(told, job(tmp_path), Place(there, there.pools[0], 3.0, 0), 1.23456789, ["001-01"])
    changed = {name for name in told if told[name] != moved[name]}
    assert changed == {"region", "datasets_uri", "checkpoints_uri", "limits"}
    assert (moved["region"], moved["checkpoints_uri"]) == ("eu-west-1", "s3://there-c")
    assert moved["limits"] == {
        **told["limits"],
        "hourly_usd": 3.0,
        "spent_before_usd": 1.234568,
        "spent_before_attempts": ["001-01"],
    }
