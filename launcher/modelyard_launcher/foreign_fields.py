"""Fields that other launchers have and a job of ours has not, each with what takes its place.

Names after the documentation of SkyPilot 0.14, dstack 0.22 and torchx 0.7 (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from modelyard.errors import Problem
from modelyard.validation import given_text
from modelyard.yaml_lines import YamlDocument
from modelyard_launcher.job import Job, Resources

_TOP = {
    "storage_mounts": "read the stores by MODELYARD_DATASETS and MODELYARD_CHECKPOINTS",
    "volumes": "read the stores by MODELYARD_DATASETS and MODELYARD_CHECKPOINTS",
    "service": "there is none: modelyard runs training jobs and serves no models",
    "pool": "write resources: {pool: NAME}",
    "accelerators": "write resources: {accelerators: H100:8}",
    "use_spot": "write resources: {use_spot: true}",
    "cpus": "write resources: {cpus: 16}",
    "memory": "write resources: {memory: 32}",
    "priority": "there is none: jobs of a queue start in the order of their submission",
    "config": "there is none: what SkyPilot configures there is the environment's",
    "experimental": "there is none",
    "inputs": "read the stores by MODELYARD_DATASETS and MODELYARD_CHECKPOINTS",
    "outputs": "write to the store that MODELYARD_CHECKPOINTS names",
    "event_callback": "write notify: {command: ...}",
    "ports": "there is none: the nodes of a job reach each other on every port, and nobody else does",
    "schedule": "there is none: submit by a scheduler of your own",
    "type": "remove it: every job is a task",
    "nodes": "write num_nodes",
    "env": "write envs, a mapping of names to texts",
    "environment": "write envs; which environment is meant is said by --env",
    "commands": "write run, one shell text",
    "command": "write run, one shell text",
    "entrypoint": "write run, one shell text",
    "gpus": "write resources: {accelerators: H100:8}",
    "max_duration": "write timeout",
    "max_price": "write max_hourly_cost, for all nodes together",
    "spot_policy": "write resources: {use_spot: true}",
    "max_retries": "write retry: {attempts: 3}, the first start included",
    "docker_image": "write image",
    "image_id": "write image",
    "working_dir": "write workdir",
}

_PLACE = "there is none: the environment says where its pools are; choose one with pool"

_RESOURCES = {
    "instance_type": "write pool: NAME; the environment says which type a pool has",
    "cloud": _PLACE,
    "infra": _PLACE,
    "region": _PLACE,
    "zone": _PLACE,
    "image_id": "write image at the top of the job",
    "max_hourly_cost": "write max_hourly_cost at the top of the job",
    "job_recovery": "write retry: {attempts: 3} at the top of the job",
    "spot_recovery": "write retry: {attempts: 3} at the top of the job",
    "priority": "there is none: jobs of a queue start in the order of their submission",
    "disk_size": "there is none: set root_volume_gib of the pool in the environment",
    "disk_tier": "there is none: set root_volume_gib of the pool in the environment",
    "network_tier": "there is none: nodes with EFA use it",
    "local_disk": "there is none: nodes use what their type has",
    "ports": "there is none: the nodes of a job reach each other on every port, and nobody else does",
    "any_of": "there is none: without pool, the cheapest that fits is chosen",
    "ordered": "there is none: without pool, the cheapest that fits is chosen",
    "labels": "there is none: resources carry the environment's tags",
    "autostop": "there is none: nodes end with the job",
    "accelerator_args": "there is none",
    "gpu": "write accelerators: H100:8",
    "gpus": "write accelerators: H100:8",
    "cpu": "write cpus: 16",
    "memMB": "write memory, in GiB",
    "shm_size": "write shm, in GiB",
    "spot": "write use_spot: true",
}


def foreign_problems(document: YamlDocument) -> dict[str, Problem]:
    """A problem for each field that is another launcher's, by its path."""
    fields, resource_fields = tuple(Job.model_fields), tuple(Resources.model_fields)
    data = cast("Mapping[str, object]", document.data)
    problems = dict(_problems(document, (), data, _TOP, fields))
    resources = data.get("resources")
    if isinstance(resources, Mapping):
        part = cast("Mapping[str, object]", resources)
        problems |= _problems(document, ("resources",), part, _RESOURCES, resource_fields)
    return problems


def _problems(
    document: YamlDocument,
    around: tuple[str, ...],
    given: Mapping[str, object],
    known: Mapping[str, str],
    fields: tuple[str, ...],
) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    for name in given:
        if name not in known:
            continue
        path = (*around, name)
        shown = given_text(given[name], document.written(path))
        field = ".".join(path)
        found[field] = Problem(
            field=field,
            given=shown,
            message=f"a job of modelyard has no field {name} here",
            allowed=", ".join(fields),
            mend=known[name],
        ).at(document.file, document.line_of(path))
    return found
