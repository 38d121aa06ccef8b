"""Where a cluster's nodes are: in a subnet of its region, and how they are reached without public addresses
("Secure an Azure Machine Learning training environment with virtual networks", 2024-04-08; the words of the
refusal without an endpoint as in Azure/data-product-analytics#70; 2026-11).
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ml.common import referred
from modelyard_sandbox.azure.manager.ml.workspaces import connections
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

SUBNET = "Microsoft.Network/virtualNetworks/subnets"
WHERE = "properties.properties"


def check(store: Store, workspace: Resource, location: str, cluster: Body) -> None:
    """Refuse a cluster whose nodes can't be where they are to be.

    Args:
        store: what stands.
        workspace: the cluster's.
        location: the cluster's region.
        cluster: its inner properties.

    Raises:
        ArmError: so it is.
    """
    private = bool(connections(store, workspace.id))
    managed: str = workspace.properties.get("managedNetwork", {}).get("isolationMode", "Disabled")
    subnet: str | None = cluster.get("subnet", {}).get("id")
    if subnet is not None:
        _check_subnet(store, workspace, location, subnet, managed)
    if private and location != workspace.location:
        raise bad_request(
            "BadRequest",
            f"A compute of a workspace with a private endpoint must be in the workspace's region, "
            f"{workspace.location}.",
            "properties.computeLocation",
        )
    if cluster["enableNodePublicIp"] or managed != "Disabled":
        return
    if not private:
        raise bad_request(
            "UserError",
            "Provided EnableNodePublicIp 'False' requires workspace private endpoint.",
            f"{WHERE}.enableNodePublicIp",
        )
    if subnet is None:
        raise bad_request(
            "UserError",
            "Provided EnableNodePublicIp 'False' requires a subnet.",
            f"{WHERE}.enableNodePublicIp",
        )


def _check_subnet(store: Store, workspace: Resource, location: str, subnet: str, managed: str) -> None:
    path = f"{WHERE}.subnet.id"
    found = referred(store, subnet, SUBNET, path)
    network = store.get(found.id.parent) if found.id.parent else None
    if managed != "Disabled":
        raise bad_request(
            "BadRequest", "A workspace with a managed network takes no subnet for its computes.", path
        )
    if found.id.subscription.key != workspace.id.subscription.key:
        raise bad_request("BadRequest", "The subnet must be in the workspace's subscription.", path)
    if network is not None and network.location != location:
        raise bad_request(
            "BadRequest",
            f"The subnet {subnet} is in {network.location}: it must be in the compute's region, {location}.",
            path,
        )
    if found.properties.get("delegations"):
        raise bad_request(
            "BadRequest", f"The subnet {subnet} is delegated: a compute cluster's must not be.", path
        )
