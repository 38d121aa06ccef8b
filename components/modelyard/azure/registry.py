"""The registry for training images, closed to the internet."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.diagnostics import diagnose
from modelyard.azure.gpu_cluster_args import RETENTION_DAYS, GpuClusterArgs
from modelyard.azure.private_endpoint import PrivateEndpoint
from modelyard.azure.regions import in_region
from modelyard.catalog.azure.regions import region
from modelyard.wiring.outputs import once


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry, and how the network reaches it."""

    id: pulumi.Output[str]
    """Its resource id; known once its replicas are there."""
    login_server: pulumi.Output[str]
    endpoint: PrivateEndpoint


def registry(name: str, args: GpuClusterArgs, parent: pulumi.Resource) -> Registry:
    """A premium registry under a customer's key, without admin user, reached by a private endpoint alone.

    Azure's trusted services pass: an import is made by them. Images can't be exported from it. Its key and
    its zones are chosen once; replacing it would lose the images, so a change of those is left to Azure to
    refuse: give the registry another name, import what is needed, and let the old one go.

    A shared registry isn't made: it gets an endpoint in this network.
    """
    if (shared := args.get("shared_registry")) is not None:
        target = pulumi.Output.from_input(shared["registry_id"])
        endpoint = cluster_endpoint(name, "registry", target, "registry", args, parent)
        return Registry(target, pulumi.Output.from_input(shared["login_server"]), endpoint)
    made = azure_native.containerregistry.Registry(
        f"{name}-registry",
        registry_name=args["registry_name"],
        resource_group_name=args["resource_group_name"],
        location=args["location"],
        sku={"name": "Premium"},
        admin_user_enabled=False,
        anonymous_pull_enabled=False,
        data_endpoint_enabled=True,
        public_network_access="Disabled",
        network_rule_bypass_options="AzureServices",
        network_rule_set={"default_action": "Deny"},
        zone_redundancy=in_region(args["location"], lambda place: _zones(args, place)),
        identity=_identity(args.get("registry_identity_id", "")),
        encryption={
            "status": "enabled",
            "key_vault_properties": {
                "identity": args.get("registry_identity_client_id"),
                "key_identifier": args.get("registry_key_uri"),
            },
        },
        policies={
            "retention_policy": {
                "days": args.get("registry_retention_days", RETENTION_DAYS),
                "status": "enabled",
            },
            "export_policy": {"status": "disabled"},
        },
        tags=args.get("tags"),
        opts=pulumi.ResourceOptions(parent=parent, protect=args.get("protect") or None),
    )
    diagnose(f"{name}-registry", made.id, args["log_workspace_id"], parent=parent)
    # The endpoint takes an address for each region that there is by then.
    replicas = _replicas(name, made, args, parent)
    target = once(made.id, *(replica.id for replica in replicas))
    endpoint = cluster_endpoint(name, "registry", target, "registry", args, parent)
    return Registry(target, made.login_server, endpoint)


def cluster_endpoint(
    name: str,
    called: str,
    target_id: pulumi.Input[str],
    group_id: str,
    args: GpuClusterArgs,
    parent: pulumi.Resource,
) -> PrivateEndpoint:
    """A private endpoint of the cluster, called after its environment and what it leads to, with its zones
    from among all that the cluster is given.
    """
    return PrivateEndpoint(
        f"{name}-{called}",
        {
            "resource_group_name": args["resource_group_name"],
            "location": args["location"],
            "endpoint_name": f"{args['environment']}-{called}",
            "subnet_id": args["endpoint_subnet_id"],
            "target_id": target_id,
            "group_id": group_id,
            "zone_ids": args["dns_zone_ids"],
            "tags": args.get("tags", {}),
        },
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _identity(identity_id: pulumi.Input[str]) -> Any:
    """Unlike other services, a registry has its identities as the keys of a mapping."""
    identities = pulumi.Output.from_input(identity_id).apply(lambda known: {known: {}})
    return {"type": "UserAssigned", "user_assigned_identities": identities}


def _zones(args: GpuClusterArgs, place: str) -> str:
    """Whether images of a region are kept in several zones: where that is asked, and it has some."""
    return "Enabled" if args.get("zone_redundant", False) and region(place).availability_zones else "Disabled"


def _replicas(
    name: str,
    made: azure_native.containerregistry.Registry,
    args: GpuClusterArgs,
    parent: pulumi.Resource,
) -> list[azure_native.containerregistry.Replication]:
    """A replica in each further region, one after another: a registry takes one change at a time."""
    replicas: list[azure_native.containerregistry.Replication] = []
    for location in args.get("replica_locations", []):
        replicas.append(
            azure_native.containerregistry.Replication(
                f"{name}-registry-{location}",
                replication_name=location,
                location=location,
                registry_name=made.name,
                resource_group_name=args["resource_group_name"],
                region_endpoint_enabled=True,
                zone_redundancy=_zones(args, location),
                tags=args.get("tags"),
                opts=pulumi.ResourceOptions(parent=parent, depends_on=replicas[-1:]),
            )
        )
    return replicas
