"""What nodes are to do: the spec (modelyard.spec/1), which the launcher writes and nodes verify."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from modelyard_node import keys
from modelyard_node.clock import moment
from modelyard_node.place import Place
from modelyard_node.store import Store

SCHEMA = "modelyard.spec/1"
VARIANTS_SCHEMA = "modelyard.variants/1"


class SpecError(Exception):
    """The specification isn't what it should be."""


class Archive(NamedTuple):
    """Files that a node is given."""

    sha256: str
    size_bytes: int
    path: str
    """Where they are unpacked: absolute, or below the node's own directory."""


class Retry(NamedTuple):
    """When another attempt may follow."""

    attempts: int
    exit_codes: tuple[int, ...] | None
    """None: whatever the program exits with."""
    on_events: tuple[str, ...]


class Limits(NamedTuple):
    """What ends a run, however it is getting on."""

    timeout_seconds: float | None
    max_total_cost_usd: float | None
    deadline: str | None
    hourly_usd: float | None
    """Of all nodes."""
    spent_before_usd: float
    """What attempts elsewhere have cost."""
    spent_before_attempts: tuple[str, ...] = ()
    """Those attempts, by their names: copies of what they left may lie here, or come later."""


class Spec(NamedTuple):
    """A job, as a node sees it."""

    job: str
    environment: str
    region: str
    num_nodes: int
    distribution: str
    setup: str | None
    run: str
    envs: dict[str, str]
    datasets_uri: str
    checkpoints_uri: str
    gpus_per_node: int | None
    files: tuple[Archive, ...]
    workdir: str | None
    retry: Retry
    limits: Limits
    grace_seconds: float
    preflight: dict[str, Any] | None
    variables: dict[str, str]
    """Of the variant, if it is one of a sweep."""


def read_spec(store: Store, place: Place, patience: float) -> Spec:
    """The run's specification, with its variant's variables. Raises SpecError and StoreError."""
    key = keys.spec_key(place.run_id, place.spec_sha256)
    document = _verified(store, key, place.spec_sha256, SCHEMA, patience)
    try:
        spec = _parsed(document)
        sweep = document.get("sweep")
        if (sweep is None) != (place.variant is None):
            raise SpecError(
                "the job is a sweep, and this node isn't told its variant"
                if place.variant is None
                else f"this node is variant {place.variant}, and the job is no sweep"
            )
        if sweep is not None:
            variants = _verified(store, sweep["variants"], sweep["sha256"], VARIANTS_SCHEMA, patience)
            spec = spec._replace(variables=_variant(variants["variants"], place.variant or 0))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SpecError(f"the specification can't be understood: {error!r}") from error
    if spec.num_nodes != place.num_nodes:
        raise SpecError(f"the job has {spec.num_nodes} nodes, and {place.num_nodes} were started")
    return spec


def _verified(store: Store, key: str, sha256: str, schema: str, patience: float) -> dict[str, Any]:
    content = store.get(key, patience=patience)
    if content is None:
        raise SpecError(f"{store.uri} has no {key}")
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SpecError(f"{store.uri}/{key} isn't what was submitted: its SHA-256 is {found}, not {sha256}")
    document = json.loads(content)
    if document.get("schema") != schema:
        raise SpecError(f"{store.uri}/{key} is of schema {document.get('schema')}, and {schema} is known")
    return document


def _variant(variants: list[dict[str, str]], index: int) -> dict[str, str]:
    if index >= len(variants):
        raise SpecError(f"this node is variant {index} of {len(variants)}")
    return variants[index]


def _parsed(document: dict[str, Any]) -> Spec:
    retry, limits = document["retry"], document["limits"]
    if limits["deadline"] is not None:
        moment(limits["deadline"])  # raises what can't be understood
    codes = retry["exit_codes"]
    return Spec(
        job=document["job"],
        environment=document["environment"],
        region=document["region"],
        num_nodes=document["num_nodes"],
        distribution=document["distribution"],
        setup=document["setup"],
        run=document["run"],
        envs=dict(document["envs"]),
        datasets_uri=document["datasets_uri"],
        checkpoints_uri=document["checkpoints_uri"],
        gpus_per_node=document["gpus_per_node"],
        files=tuple(Archive(each["archive"], each["size_bytes"], each["path"]) for each in document["files"]),
        workdir=document["workdir"],
        retry=Retry(
            retry["attempts"], None if codes is None else tuple(codes), tuple(retry.get("on_events") or ())
        ),
        limits=Limits(
            limits["timeout_seconds"],
            limits["max_total_cost_usd"],
            limits["deadline"],
            limits["hourly_usd"],
            limits.get("spent_before_usd") or 0,
            tuple(limits.get("spent_before_attempts") or ()),
        ),
        grace_seconds=document["grace_seconds"],
        preflight=document.get("preflight"),
        variables={},
    )
