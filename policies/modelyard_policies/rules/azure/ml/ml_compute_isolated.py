"""Azure Machine Learning's nodes stand in a network of one's own, take no local logins, and stop when idle.

A network is a subnet, or that which the workspace manages. Clusters and instances are judged; computes that
are attached, such as Kubernetes, are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.types import ML_COMPUTE, ML_WORKSPACE
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class IdleNodes(Options):
    """How many nodes may stand idle."""

    rule: ClassVar[str] = "ml-compute-isolated"
    idle_nodes: float = option(number(0), 0.0, "Most nodes that a cluster may keep up without a job")


RULE = Rule(
    id="ml-compute-isolated",
    code="CO15",
    title="Machine Learning computes are isolated, take no local logins and scale to zero",
    severity=Severity.HIGH,
    resources=(ML_COMPUTE,),
    reads=(ML_WORKSPACE,),
    options=IdleNodes,
    why=(
        "By default nodes have public addresses and an SSH port open to the internet, behind nothing but a "
        "key or a password; and nodes that stay up idle are paid by the hour."
    ),
    mend=(
        "Set properties.subnet.id or the workspace's managedNetwork.isolationMode, enableNodePublicIp false, "
        "disableLocalAuth true, remoteLoginPortPublicAccess (sshPublicAccess) Disabled, and "
        "scaleSettings.minNodeCount 0, or the option idle_nodes to what may stay up."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_142", "CKV_AZURE_150"],
        "azure_policy": ["e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f", "7804b5c7-01dc-4723-969b-ae300cc07ff1"],
        "mcsb": ["IM-1", "NS-2"],
    },
    snippet="""\
azure.machinelearningservices.Compute(
    "gpus",
    resource_group_name=group.name,
    workspace_name=ml_workspace.name,
    properties={
        "compute_type": "AmlCompute",
        "disable_local_auth": True,
        "properties": {
            "vm_size": "Standard_ND96isr_H100_v5",
            "subnet": {"id": network_subnet.id},
            "enable_node_public_ip": False,
            "remote_login_port_public_access": "Disabled",
            "scale_settings": {"min_node_count": 0, "max_node_count": 16},
        },
    },
)
""",
)

CLUSTER = "amlcompute"
INSTANCE = "computeinstance"
MANAGED = ("allowinternetoutbound", "allowonlyapprovedoutbound")


@RULE.applies
def is_made_here(compute: Resource, graph: GraphView) -> bool:
    """A cluster or an instance of the workspace's own."""
    return _kind(compute) in (CLUSTER, INSTANCE)


@RULE.check
def the_compute_is_isolated(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge network, addresses, logins, and what stays up."""
    checks = (_network, _addresses, _local_logins, _ssh, _idle)
    yield from each(checks, lambda check: check(compute, graph))


def _network(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    settings = _settings(compute)
    inside = any_of(
        lambda: bool(settings.block("subnet").keys()),
        lambda: graph.any_target(
            compute, "workspaceName", ML_WORKSPACE, lambda workspace: _is_managed(workspace, graph)
        ),
    )
    if not inside:
        yield settings.failure("subnet", "is unset, and the workspace manages no network")


def _addresses(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    # Nodes have public addresses by default (Azure Machine Learning, "Secure a training environment with
    # virtual networks", 2024).
    settings = _settings(compute)
    if settings.text("enableNodePublicIp", "true").strip().lower() not in ("false", "0"):
        yield settings.failure("enableNodePublicIp", f"is {settings.shown('enableNodePublicIp')}")


def _local_logins(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    # Azure's own policy e96a9a5f takes what is unset for allowed as well (2026-04).
    properties = compute.block("properties")
    if not properties.is_true("disableLocalAuth"):
        yield properties.failure("disableLocalAuth", f"is {properties.shown('disableLocalAuth')}")


def _ssh(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """Without a setting the port is closed for what is in a network, which is judged by itself."""
    place, key = _settings(compute), "remoteLoginPortPublicAccess"
    if _kind(compute) == INSTANCE:
        place, key = place.block("sshSettings"), "sshPublicAccess"
    if place.text(key).strip().lower() == "enabled":
        yield place.failure(key, "opens the SSH port of the nodes")


def _idle(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """A cluster scales to zero unless it says otherwise; an instance is one node."""
    scale = _settings(compute).block("scaleSettings")
    if all_of(
        lambda: _kind(compute) == CLUSTER,
        lambda: (scale.number("minNodeCount") or 0) > graph.options(IdleNodes).idle_nodes,
    ):
        yield scale.failure(
            "minNodeCount", f"is {scale.shown('minNodeCount')}, so nodes stay up without a job"
        )


def _is_managed(workspace: Resource, graph: GraphView) -> bool:
    """Whether the workspace manages a network, or its hub does."""
    return any_of(
        lambda: _manages(workspace),
        lambda: graph.any_target(workspace, "hubResourceId", ML_WORKSPACE, _manages),
    )


def _manages(workspace: Resource) -> bool:
    return workspace.block("managedNetwork").text("isolationMode").strip().lower() in MANAGED


def _settings(compute: Resource) -> Block:
    return compute.block("properties").block("properties")


def _kind(compute: Resource) -> str:
    return compute.block("properties").text("computeType").strip().lower()
