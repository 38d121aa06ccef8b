"""Fields that other launchers have and a job of ours has not, each with what takes its place.

Names after the documentation of SkyPilot 0.14, dstack 0.22, torchx 0.7 and Azure ML's command jobs (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from modelyard.errors import Problem
from modelyard.validation import given_text
from modelyard.yaml_lines import YamlDocument
from modelyard.yaml_lines.document import FieldPath, field_text
from modelyard_launcher.foreign_values import foreign_values
from modelyard_launcher.job import Job, Notify, Resources, Retry
from modelyard_launcher.job.fields import JobPart

_STORES = "read the stores by MODELYARD_DATASETS, and write to the one of MODELYARD_CHECKPOINTS"
_PORTS = "there is none: the nodes of a job reach each other on every port, and nobody else does"
_QUEUE = "there is none: jobs of a queue start in the order of their submission"
_CHEAPEST = "there is none: without pool, the cheapest that fits is chosen"
_RETRY = "write retry: {attempts: 3} at the top of the job, the first start included"
_PLACE = "there is none: the environment says where its pools are; choose one with pool"
_TAGS = "there is none: resources carry the environment's tags"
_ACCELERATORS = "write resources: {accelerators: H100:8}"
_SPOT = "write resources: {use_spot: true}"
_RUN = "write run, one shell text"

_TOP = {
    # SkyPilot
    "storage_mounts": _STORES,
    "volumes": _STORES,
    "volume_mounts": _STORES,
    "inputs": _STORES,
    "outputs": _STORES,
    "service": "there is none: modelyard runs training jobs and serves no models",
    "pool": "write resources: {pool: NAME}",
    "config": "there is none: what SkyPilot configures there is the environment's",
    "experimental": "there is none",
    "event_callback": "write notify: {command: ...}",
    "priority": _QUEUE,
    "job_recovery": _RETRY,
    # what belongs to resources
    "accelerators": _ACCELERATORS,
    "use_spot": _SPOT,
    "cpus": "write resources: {cpus: 16}",
    "memory": "write resources: {memory: 32}",
    "shm": "write resources: {shm: 16}, in GiB",
    "shm_size": "write resources: {shm: 16}, in GiB",
    "instance_type": "write resources: {pool: NAME}; the environment says which type a pool has",
    "gpus": _ACCELERATORS,
    "ports": _PORTS,
    # what belongs to retry
    "attempts": "write retry: {attempts: 3}",
    "exit_codes": "write retry: {exit_codes: [75]}",
    "max_retries": _RETRY,
    "retry_policy": _RETRY,
    # dstack
    "type": "remove it: every job is a task",
    "nodes": "write num_nodes",
    "env": "write envs, a mapping of names to texts",
    "commands": _RUN,
    "python": "take an image that has it",
    "files": "write file_mounts: {/path/in/container: ./local/path}",
    "repos": "write workdir: ., or clone it in setup where nodes reach the internet",
    "working_dir": "write workdir",
    "registry_auth": "there is none: copy the image to the environment's registry",
    "schedule": "there is none: submit by a scheduler of your own",
    "max_duration": "write timeout",
    "stop_duration": "there is none: a program that is asked to end has the time that the environment gives",
    "max_price": "write max_hourly_cost, for all nodes together",
    "spot_policy": _SPOT,
    "regions": _PLACE,
    "backends": "there is none: where jobs run is said by --backend",
    "instance_types": _PLACE,
    "fleets": "write resources: {pool: NAME}",
    "reservation": "write resources: {pool: NAME}, of a pool with that reservation",
    "tags": _TAGS,
    "labels": _TAGS,
    "user": "there is none: the image says who runs its programs",
    "privileged": "there is none: no job is",
    # torchx
    "roles": "there is one: write its run, image and num_nodes at the top of the job",
    "entrypoint": _RUN,
    "args": _RUN,
    "num_replicas": "write num_nodes",
    "mounts": "write file_mounts, or read the stores by MODELYARD_DATASETS",
    "resource": "write resources",
    # Azure ML
    "command": _RUN,
    "code": "write workdir",
    "compute": "write resources: {pool: NAME}",
    "environment": "write image and envs; which environment is meant is said by --env",
    "environment_variables": "write envs",
    "limits": "write timeout, as timeout: 2h",
    "display_name": "write name",
    "instance_count": "write num_nodes",
    "process_count_per_instance": "write processes_per_node, with distribution: mpi",
    "process_count_per_node": "write processes_per_node, with distribution: mpi",
    # common guesses
    "docker_image": "write image",
    "image_id": "write image",
    "budget": "write max_total_cost, in US dollars for all attempts",
    "max_cost": "write max_total_cost, in US dollars for all attempts",
    "max_run_duration": "write timeout",
    "dependencies": "write depends_on, ids of runs",
    "hyperparameters": "write sweep: {grid: {LR: [0.1, 0.01]}}",
}

_RESOURCES = {
    "instance_type": "write pool: NAME; the environment says which type a pool has",
    "cloud": _PLACE,
    "infra": _PLACE,
    "region": _PLACE,
    "zone": _PLACE,
    "image_id": "write image at the top of the job",
    "max_hourly_cost": "write max_hourly_cost at the top of the job",
    "job_recovery": _RETRY,
    "spot_recovery": _RETRY,
    "priority": _QUEUE,
    "priority_class": _QUEUE,
    "disk_size": "there is none: set root_volume_gib of the pool in the environment",
    "disk_tier": "there is none: set root_volume_gib of the pool in the environment",
    "disk": "there is none: set root_volume_gib of the pool in the environment",
    "network_tier": "there is none: nodes with EFA use it",
    "local_disk": "there is none: nodes use what their type has",
    "ports": _PORTS,
    "any_of": _CHEAPEST,
    "ordered": _CHEAPEST,
    "labels": _TAGS,
    "autostop": "there is none: nodes end with the job",
    "accelerator_args": "there is none",
    "volumes": _STORES,
    "num_nodes": "write num_nodes at the top of the job",
    "gpu": "write accelerators: H100:8",
    "gpus": "write accelerators: H100:8",
    "cpu": "write cpus: 16",
    "memMB": "write memory, in GiB",
    "mem": "write memory: 32, in GiB",
    "shm_size": "write shm: 16, in GiB",
    "spot": "write use_spot: true",
}

_RETRIES = {
    "duration": "write deadline at the top of the job, or retry.attempts",
    "max_restarts_on_errors": "write attempts, the first start included",
    "recover_on_exit_codes": "write exit_codes",
    "strategy": "there is none: `job supervise` goes on after infrastructure failures; see recovery",
    "max_retries": "write attempts, the first start included",
}

_NOTIFY = {
    "url": "write webhook",
    "slack": "write webhook, with the URL that Slack shows",
    "email": "there is none: write a command that sends it",
}

_PARTS: tuple[tuple[FieldPath, type[JobPart], Mapping[str, str]], ...] = (
    ((), Job, _TOP),
    (("resources",), Resources, _RESOURCES),
    (("retry",), Retry, _RETRIES),
    (("notify",), Notify, _NOTIFY),
)


def foreign_problems(document: YamlDocument) -> dict[str, Problem]:
    """A problem for each field, and each value of one, that is another launcher's, by its path."""
    problems = dict(foreign_values(document))
    for around, model, known in _PARTS:
        part = document.data
        for step in around:
            part = cast("Mapping[str, object]", part).get(str(step)) if isinstance(part, Mapping) else None
        if isinstance(part, Mapping):
            problems |= _problems(document, around, cast("Mapping[str, object]", part), model, known)
    return problems


def _problems(
    document: YamlDocument,
    around: FieldPath,
    given: Mapping[str, object],
    model: type[JobPart],
    known: Mapping[str, str],
) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    for name in given:
        if name not in known or name in model.model_fields:
            continue
        path = (*around, name)
        field = field_text(path)
        found[field] = Problem(
            field=field,
            given=given_text(given[name], document.written(path)),
            message=f"a job of modelyard has no field {name} here",
            allowed=", ".join(model.model_fields),
            mend=known[name],
        ).at(document.file, document.line_of(path))
    return found
