"""What Azure refuses of a job (REST reference of Jobs, 2025-12-01; "Service limits in Azure Machine
Learning", 2025-02-05; "Manage and increase quotas", 2026-01-27: how long a job of a cluster may run; as of
2026-11).

Refused here, though not known to be by Azure: a job on serverless compute, which isn't played; one on several
nodes without a distribution, of which no page says what it does; and an input or output that the command
names and the job has not.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import client_id
from modelyard_sandbox.azure.manager.ids import is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.ml.blob_places import place_of
from modelyard_sandbox.azure.manager.ml.common import (
    CODE_VERSION,
    COMPUTE,
    ENVIRONMENT_VERSION,
    referred,
)
from modelyard_sandbox.azure.manager.ml.durations import duration
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

WHERE = "properties"
EXPERIMENT_LENGTH = 256
DESCRIPTION_LENGTH = 5_000
TAGS, TAG_NAME_LENGTH, TAG_VALUE_LENGTH = 50, 100, 1_000
LONGEST = {"Dedicated": timedelta(days=21), "LowPriority": timedelta(days=7)}
"""How long a job of a cluster may run, by the cluster's priority."""
SHARED_MEMORY = re.compile(r"\d+[bBkKmMgG]")
DATA_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,254}")
NAMED = re.compile(r"\$\{\{\s*(?P<kind>inputs|outputs|search_space)\.(?P<name>[^}\s]+)\s*\}\}")
"""What of a command is replaced before it runs."""


def check_common(write: Write, properties: Body) -> Resource:
    """Refuse what no job can have; its compute cluster."""
    _check_words(properties)
    for what in ("tags", "properties"):
        _check_tags(properties.get(what, {}), what)
    workspace = write.id.parent
    assert workspace is not None  # noqa: S101  (a job lies in its workspace)
    compute = _compute(write, properties)
    for kind in ("inputs", "outputs"):
        for name, data in properties.get(kind, {}).items():
            _check_data(write, name, data, f"{WHERE}.{kind}.{name}")
    _check_identity(write.store, properties.get("identity", {}), compute)
    return compute


def check_trial(write: Write, trial: Body, properties: Body, compute: Resource, path: str) -> None:
    """Refuse a command that can't run: of a command job, or of a sweep's trials.

    Args:
        write: the request.
        trial: the properties that say what runs.
        properties: the job's, which say with which data.
        compute: where.
        path: of `trial`.
    """
    if not trial["command"].strip():
        raise _invalid(trial["command"], f"{path}.command", "is empty")
    for name, type_ in (("codeId", CODE_VERSION), ("environmentId", ENVIRONMENT_VERSION)):
        if trial.get(name) is not None:
            found = referred(write.store, trial[name], type_, f"{path}.{name}")
            if not write.id.parent or not found.id.is_in(write.id.parent):
                raise _invalid(trial[name], f"{path}.{name}", "is of another workspace")
    for named in NAMED.finditer(trial["command"]):
        held = {**properties, "search_space": properties.get("searchSpace", {})}
        if named["name"] not in held.get(named["kind"], {}):
            raise bad_request(
                "BadRequest",
                f"The command names {named['kind']}.{named['name']}, which the job doesn't have.",
                f"{path}.command",
            )
    _check_resources(trial, compute, path)


def check_timeout(given: str | None, compute: Resource, path: str) -> None:
    """Refuse a time that no job of a cluster may take."""
    if given is None:
        return
    span = duration(given)
    if span is None or span < timedelta(seconds=1):
        raise _invalid(given, path, "is not a duration of at least a second, as PT48H")
    priority: str = compute.properties["properties"]["vmPriority"]
    most = LONGEST[priority]
    if span > most:
        raise _invalid(
            given, path, f"is more than the {most.days} days that a job may run on {priority} nodes"
        )


def _check_words(properties: Body) -> None:
    experiment: str = properties["experimentName"]
    if not 1 <= len(experiment) <= EXPERIMENT_LENGTH:
        raise _invalid(
            experiment, f"{WHERE}.experimentName", f"does not have 1 to {EXPERIMENT_LENGTH} characters"
        )
    if len(properties.get("description", "")) > DESCRIPTION_LENGTH:
        raise _invalid(
            properties["description"][:20],
            f"{WHERE}.description",
            f"has more than {DESCRIPTION_LENGTH} characters",
        )


def _check_tags(tags: Body, what: str) -> None:
    path = f"{WHERE}.{what}"
    if len(tags) > TAGS:
        raise bad_request("BadRequest", f"A job has {len(tags)} {what}; it can have {TAGS} at most.", path)
    for name, value in tags.items():
        if not 1 <= len(name) <= TAG_NAME_LENGTH or len(value) > TAG_VALUE_LENGTH:
            raise bad_request(
                "BadRequest",
                f"The {what} {name[:20]} is not within bounds: a name has 1 to {TAG_NAME_LENGTH} characters, "
                f"a value at most {TAG_VALUE_LENGTH}.",
                f"{path}.{name}",
            )


def _compute(write: Write, properties: Body) -> Resource:
    path = f"{WHERE}.computeId"
    given = properties.get("computeId")
    if not given:
        raise bad_request(
            "BadRequest", "A job needs computeId: the sandbox plays no serverless compute.", path
        )
    compute = referred(write.store, given, COMPUTE, path)
    if not write.id.parent or not compute.id.is_in(write.id.parent):
        raise _invalid(given, path, "is of another workspace")
    state = write.store.work_on(compute.id)
    if state is not None:
        raise bad_request(
            "BadRequest",
            f"The compute {compute.id.name} can't take jobs: its provisioningState is {state}.",
            path,
        )
    return compute


def _check_resources(trial: Body, compute: Resource, path: str) -> None:
    resources: Body = trial["resources"]
    count: int = resources["instanceCount"]
    most: int = compute.properties["properties"]["scaleSettings"]["maxNodeCount"]
    if count > most:
        raise _invalid(
            count,
            f"{path}.resources.instanceCount",
            f"is more than the {most} nodes that the compute {compute.id.name} can have",
        )
    if count > 1 and "distribution" not in trial:
        raise _invalid(
            count,
            f"{path}.resources.instanceCount",
            "needs a distribution: the sandbox doesn't play several nodes without one",
        )
    shared: str = resources["shmSize"]
    if not SHARED_MEMORY.fullmatch(shared):
        raise _invalid(
            shared, f"{path}.resources.shmSize", "is not a number followed by one of b, k, m and g"
        )


def _check_data(write: Write, name: str, data: Body, path: str) -> None:
    if not DATA_NAME.fullmatch(name):
        raise _invalid(
            name, path, "is not a name of letters, digits and underscores that begins with no digit"
        )
    if data.get("jobInputType") == "literal":
        if "value" not in data:
            raise bad_request("BadRequest", f"The input {name} is literal and has no value.", path)
        return
    assert write.id.parent is not None  # noqa: S101  (a job lies in its workspace)
    if not data.get("uri"):
        raise bad_request("BadRequest", f"The input {name} has no uri.", f"{path}.uri")
    place_of(write.store, write.id.parent, data["uri"], f"{path}.uri")


def _check_identity(store: Store, identity: Body, compute: Resource) -> None:
    if identity.get("identityType") != "Managed":
        return
    path = f"{WHERE}.identity"
    clients = clients_of(store, compute)
    if not clients:
        raise bad_request(
            "BadRequest",
            f"The compute {compute.id.name} has no managed identity that the job could run as.",
            path,
        )
    given = identity.get("clientId")
    if given is not None and given.lower() not in clients:
        raise _invalid(given, f"{path}.clientId", f"is no identity of the compute {compute.id.name}")
    if given is None and len(clients) > 1:
        raise bad_request(
            "BadRequest",
            f"The compute {compute.id.name} has {len(clients)} identities: say which, by clientId.",
            f"{path}.clientId",
        )


def clients_of(store: Store, compute: Resource) -> list[str]:
    """The client ids of a cluster's identities: the user's, or its own."""
    identity: Body = compute.body.get("identity", {})
    places = [resource_id(id_) for id_ in identity.get("userAssignedIdentities", {}) if is_resource_id(id_)]
    standing = [found for place in places if (found := store.get(place)) is not None]
    if not standing and "SystemAssigned" in identity.get("type", ""):
        standing = [compute]
    return [client_id(found).lower() for found in standing]


def _invalid(value: Any, path: str, said: str) -> ArmError:
    return bad_request(
        "InvalidPropertyValue", f"The specified value {value} for property {path} {said}.", path
    )
