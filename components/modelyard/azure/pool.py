"""A compute cluster of Azure Machine Learning, for one pool of nodes."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.pool_args import IDLE_MINUTES, PoolArgs
from modelyard.planning.azure.clusters import compute_name, idle_duration

FIXED = (
    "identity",
    "location",
    "tags",
    "properties.computeLocation",
    "properties.disableLocalAuth",
    "properties.properties.enableNodePublicIp",
    "properties.properties.osType",
    "properties.properties.remoteLoginPortPublicAccess",
    "properties.properties.subnet",
    "properties.properties.vmPriority",
    "properties.properties.vmSize",
)
"""What Azure doesn't change in a cluster: all but how far it scales (ClusterUpdateProperties of
machinelearningservices 2025-12-01). The provider would try."""


class PoolWiring(TypedDict):
    """What a pool shares with the others of its cluster."""

    resource_group_name: pulumi.Input[str]
    location: pulumi.Input[str]
    workspace_name: pulumi.Input[str]
    node_subnet_id: pulumi.Input[str]
    identity_id: pulumi.Input[str]
    tags: Mapping[str, pulumi.Input[str]]
    needs: Sequence[pulumi.Resource]
    """What has to be there before: a workspace that is closed takes no cluster without public addresses
    before it has a private endpoint (hashicorp/terraform-provider-azurerm#21377)."""


def pool_compute_name(pool: PoolArgs) -> str:
    """What the pool's compute is called at Azure."""
    return compute_name(
        pool["name"],
        pool["size"],
        low_priority=pool.get("low_priority", False),
        generation=pool.get("generation", 1),
    )


def compute_cluster(
    name: str, pool: PoolArgs, wiring: PoolWiring, parent: pulumi.Resource
) -> azure_native.machinelearningservices.Compute:
    """A cluster in the subnet, without public addresses and logins of its own, that scales between bounds.

    Changed bounds are changed in place. Any other change replaces the cluster, and jobs that run there end;
    the old one goes first, since its nodes count against the same quota.
    """
    idle = pulumi.Output.from_input(pool.get("idle_minutes", IDLE_MINUTES)).apply(idle_duration)
    return azure_native.machinelearningservices.Compute(
        name,
        compute_name=pool_compute_name(pool),
        workspace_name=wiring["workspace_name"],
        resource_group_name=wiring["resource_group_name"],
        location=wiring["location"],
        identity={"type": "UserAssigned", "user_assigned_identities": [wiring["identity_id"]]},
        properties={
            "compute_type": "AmlCompute",
            "compute_location": wiring["location"],
            "disable_local_auth": True,
            "properties": {
                "vm_size": pool["size"],
                "vm_priority": "LowPriority" if pool.get("low_priority", False) else "Dedicated",
                "os_type": "Linux",
                "subnet": {"id": wiring["node_subnet_id"]},
                "enable_node_public_ip": False,
                "remote_login_port_public_access": "Disabled",
                "scale_settings": {
                    "min_node_count": pool.get("min_nodes", 0),
                    "max_node_count": pool["max_nodes"],
                    "node_idle_time_before_scale_down": idle,
                },
            },
        },
        tags={**wiring["tags"], "pool": pool["name"]},
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=list(wiring["needs"]),
            replace_on_changes=list(FIXED),
            delete_before_replace=True,
        ),
    )
